"""`manage.py issue_token TENANT --user EMAIL`: a token of the REST API, from the command line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import ProgrammingError


class Command(BaseCommand):
    help = "Issue an API token and print it: for a member of staff, or for a program with a role of its own. It is shown only now."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("tenant", help="code of the tenant, such as pho-xua")
        holder = parser.add_mutually_exclusive_group(required=True)
        holder.add_argument("--user", metavar="EMAIL", help="the token acts for this member of staff")
        holder.add_argument("--role", metavar="CODE", help="the token is a program's, with this role")
        parser.add_argument("--name", default="command line", help="what the list of tokens calls it (default: %(default)s)")

    def handle(self, *args: Any, **options: Any) -> None:
        from loyalty.staff.models import ApiToken, Role, User, normal_email
        from loyalty.tenancy import reading
        from loyalty.tenancy.models import Tenant

        try:
            tenant = Tenant.objects.filter(code=options["tenant"]).first()
        except ProgrammingError:
            raise CommandError("The database has no tables yet: `make demo` or `manage.py migrate` makes them.") from None
        if tenant is None:
            raise CommandError(f"There is no tenant with the code {options['tenant']}.")
        with reading(tenant.id):
            user = User.objects.filter(email=normal_email(options["user"]), is_active=True).first() if options["user"] else None
            role = Role.objects.filter(code=options["role"]).first() if options["role"] else None
            if user is None and role is None:
                raise CommandError(f"The tenant {tenant.code} has no {_sought(options, Role.objects.values_list('code', flat=True))}.")
            text = ApiToken.issue(tenant_id=tenant.id, name=options["name"], user=user, role=role)[1]
        self.stdout.write(text)


def _sought(options: dict[str, Any], roles: Iterable[str]) -> str:
    if options["user"]:
        return f"active member of staff {options['user']}"
    return f"role {options['role']}. Its roles are: {', '.join(sorted(roles))}"
