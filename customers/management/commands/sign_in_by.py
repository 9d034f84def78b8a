"""`manage.py sign_in_by TENANT phone email --countries VN PL`: how customers of a programme sign in, and where codes go."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from customers.commands import ChangeDoors
from customers.domain.challenge import KINDS
from customers.targets import doors_of, known_countries
from loyalty.bus import dispatch
from loyalty.domain.errors import DomainError
from loyalty.messages.refusals import message
from loyalty.tenancy.models import Tenant


class Command(BaseCommand):
    help = "Say how customers of a programme sign in, and to mobile phones of which countries codes are sent."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("tenant", help="code of the tenant, such as sen-vang")
        parser.add_argument("ways", nargs="+", choices=KINDS, help="phone, email or both")
        parser.add_argument("--countries", nargs="*", default=[], help="ISO 3166 codes (default: the country of the time zone)")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(code=options["tenant"]).first()
        if tenant is None:
            raise CommandError(f"There is no tenant {options['tenant']}.")
        with translation.override("en"):
            try:
                dispatch(self._order(tenant, options), tenant_id=tenant.pk, actor="system", channel="process")
            except DomainError as refusal:
                raise CommandError(message(refusal)) from None
        self.stdout.write(f"Customers of {options['tenant']} sign in by {' and '.join(options['ways'])}.")

    @staticmethod
    def _order(tenant: Tenant, options: dict[str, Any]) -> ChangeDoors:
        """What else is settled stays."""
        known = doors_of(tenant)
        return ChangeDoors(
            doors=(*options["ways"], *(door for door in known.doors if door == "invitation")),
            countries=known_countries(options["countries"]),
            dormant_months=known.dormant_months,
            fact_above=known.fact_above,
            messages_by=known.messages_by,
            passwords=known.passwords,
        )
