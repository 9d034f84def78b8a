"""`manage.py count_past_purchases TENANT`: count towards levels what earlier purchases should count and do not yet."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.translation import gettext

from earning.past import COUNTED, FAILED, KIND, count_past
from loyalty.jobs.work import begin, progress
from loyalty.tenancy.models import Tenant


class Command(BaseCommand):
    help = (
        "Counts towards levels what earlier purchases should count and do not yet: after customers were left out, or when the work "
        "that a level set began was lost. Twice changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("tenant", help="Code of the tenant.")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(code=options["tenant"]).first()
        if tenant is None:
            raise CommandError(f"There is no tenant {options['tenant']}.")
        with translation.override(tenant.default_language):
            run_id = begin(tenant.pk, KIND, gettext("Earlier purchases towards levels"), "system")
        with progress(tenant.pk, run_id) as work:
            count_past(work)
        self.stdout.write(f"{work.summary.get(COUNTED, 0)} purchases counted, {work.summary.get(FAILED, 0)} customers left out.")
