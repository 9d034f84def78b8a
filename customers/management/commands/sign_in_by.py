"""`manage.py sign_in_by TENANT phone email --countries VN PL`: how customers of a programme sign in, and where codes go."""

from __future__ import annotations

from typing import Any

import phonenumbers
from django.core.management.base import BaseCommand, CommandError, CommandParser

from customers.domain.challenge import KINDS
from loyalty.tenancy.middleware import forget_hosts
from loyalty.tenancy.models import Tenant


class Command(BaseCommand):
    help = "Say how customers of a programme sign in, and to mobile phones of which countries codes are sent."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("tenant", help="code of the tenant, such as sen-vang")
        parser.add_argument("ways", nargs="+", choices=KINDS, help="phone, email or both")
        parser.add_argument("--countries", nargs="*", default=[], help="ISO 3166 codes (default: the country of the time zone)")

    def handle(self, *args: Any, **options: Any) -> None:
        countries = [country.upper() for country in options["countries"]]
        if unknown := set(countries) - phonenumbers.SUPPORTED_REGIONS:
            raise CommandError(f"No country has the code {', '.join(sorted(unknown))}. Use two letters, such as VN.")
        found = Tenant.objects.filter(code=options["tenant"])
        if not found.update(sign_in_by=sorted(set(options["ways"])), code_countries=countries):
            raise CommandError(f"There is no tenant {options['tenant']}.")
        forget_hosts()
        self.stdout.write(f"Customers of {options['tenant']} sign in by {' and '.join(options['ways'])}.")
