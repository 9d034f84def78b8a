"""`manage.py create_tenant CODE NAME …`: a tenant, its starter roles and an owner to begin with."""

from __future__ import annotations

import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from loyalty.domain.errors import DomainError


class Command(BaseCommand):
    help = "Make a tenant with starter roles and print the account of its owner."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="short name for addresses and commands, such as pho-xua")
        parser.add_argument("name", help="what people call the programme")
        parser.add_argument("--currency", default="VND", help="ISO 4217 code (default: %(default)s)")
        parser.add_argument("--zone", default="Asia/Ho_Chi_Minh", help="IANA time zone (default: %(default)s)")
        parser.add_argument("--language", default="vi", help="vi, en or pl (default: %(default)s)")
        parser.add_argument("--host", action="append", default=[], help="host name of its pages; may be repeated")
        parser.add_argument("--admin", default="", help="email of the owner (default: admin@CODE.example)")

    def handle(self, *args: Any, **options: Any) -> None:
        from loyalty.messages.refusals import message
        from loyalty.staff.permissions import OWNER
        from loyalty.staff.tenants import add_user, create_tenant

        code, email, password = options["code"], options["admin"] or f"admin@{options['code']}.example", secrets.token_urlsafe(12)
        try:
            tenant = create_tenant(
                code,
                options["name"],
                currency=options["currency"],
                zone=options["zone"],
                language=options["language"],
                hosts=tuple(options["host"]),
            )
        except DomainError as refusal:
            raise CommandError(message(refusal)) from refusal
        add_user(tenant.id, email, password, role_code=OWNER)
        self.stdout.write(f"Tenant {tenant.id} «{tenant.name}» is made.")
        self.stdout.write(f"Owner: {email}\nPassword, shown only now: {password}")
