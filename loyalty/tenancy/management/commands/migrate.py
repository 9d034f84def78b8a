"""`migrate`, always as the owner, with the grants that the serving roles need; starter roles get the rights that are new."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connections

GRANTS = """
grant usage on schema public to loyalty_app, loyalty_projector;
alter default privileges in schema public grant select, insert, update, delete on tables to loyalty_app, loyalty_projector;
alter default privileges in schema public grant usage, select on sequences to loyalty_app, loyalty_projector;
alter default privileges in schema public grant execute on functions to loyalty_app, loyalty_projector;
"""


class Command(DjangoMigrate):
    """As Django's, on the alias `owner`; default privileges are the owner's own and set before the first table."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["database"] not in connections:
            raise CommandError("Set DATABASE_OWNER_URL: migrations run as loyalty_owner, which never serves.")
        with connections[options["database"]].cursor() as cursor:
            cursor.execute(GRANTS)
        super().handle(*args, **options)
        if not (options["app_label"] or options["plan"] or options["check_unapplied"]):
            self._renew_roles(options)

    def _renew_roles(self, options: dict[str, Any]) -> None:
        from loyalty.staff.starters import renew_starter_roles

        for one in renew_starter_roles(options["database"]):
            what = "was edited and stays as it is; new is" if one.edited else "may now"
            if options["verbosity"]:
                self.stdout.write(f"{one.tenant}: {one.role} {what} {', '.join(one.new)}.")
