"""`manage.py share_import RUN`: take part in an import that another process has begun. That process starts it, nobody else needs to."""

from __future__ import annotations

import signal
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import override

from loyalty.imports.sharing import take_share
from loyalty.observability import context


class Command(BaseCommand):
    help = "Takes part in an import. Started by the process that has the import."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("run", type=UUID)
        parser.add_argument("--tenant-id", type=int, required=True)
        parser.add_argument("--parent", type=int, required=True, help="The process that has the run.")
        parser.add_argument("--language", required=True, help="Of the report.")

    def handle(self, *args: Any, **options: Any) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends it to all: who has the run says what becomes of it
        tenant_id, run_id = options["tenant_id"], options["run"]
        with override(options["language"]), context(job=str(run_id), tenant=tenant_id):
            take_share(tenant_id, run_id, options["parent"])
