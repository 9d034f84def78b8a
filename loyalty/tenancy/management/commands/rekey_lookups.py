from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from loyalty.rekeying import rekey_lookups
from loyalty.tenancy.models import Tenant


class Command(BaseCommand):
    help = (
        "Puts what finds people under the newest of LOYALTY_LOOKUP_KEYS, while all of them find; it goes on where it was stopped. "
        "Earlier keys stay in the environment for those who were erased under them: they are barred by nothing else."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for tenant in Tenant.objects.order_by("pk"):
            for name, rows in rekey_lookups(tenant.pk):
                self.stdout.write(f"{tenant.code}: {name}, {rows} rows.")
        self.stdout.write("Everything is under the newest key.")
