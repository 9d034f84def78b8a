"""`migrate`, always as the owner, with the grants that the serving roles need."""

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
