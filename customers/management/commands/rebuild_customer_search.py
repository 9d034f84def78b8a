"""`manage.py rebuild_customer_search`: make the search index of customers anew, in every engine, while it is in use."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from customers.documents import rebuild_search
from loyalty.search import SearchUnavailable
from loyalty.tenancy.models import Tenant


class Command(BaseCommand):
    help = "Makes the search index of customers anew and swaps it in. Needed after its description changed."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = rebuild_search(Tenant.objects.values_list("id", flat=True), self._progress)
        except SearchUnavailable as failure:
            raise CommandError(f"{failure}. The old index is still in use; try again.") from failure
        self.stdout.write(f"\r{done:,} customers can be searched.")

    def _progress(self, done: int) -> None:
        self.stdout.write(f"\r{done:,} …", ending="")
