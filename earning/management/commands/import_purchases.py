"""`manage.py import_purchases FILE`: move past purchases in from a CSV file."""

from __future__ import annotations

from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError, CommandParser

from earning.imports import FIELDS, Importer, PurchaseColumns, PurchaseImport
from loyalty.domain.errors import DomainError
from loyalty.imports import CsvFile
from loyalty.jobs.models import JobRun
from loyalty.jobs.work import Work, begin, progress
from loyalty.messages.refusals import message
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from pos.queries import place_with_code

KIND = "earning.import_purchases"


def pair(text: str) -> tuple[str, str]:
    field, equals, column = text.partition("=")
    if field not in FIELDS or not equals:
        raise ArgumentTypeError(f"{text!r}: write FIELD=COLUMN, with a field of {', '.join(FIELDS)}")
    return field, column


class ShownWork:
    """Says on the terminal how far a run is, each time it tells the database."""

    def __init__(self, work: Work, command: BaseCommand) -> None:
        self.command, self.tell_database = command, work.tell
        work.tell = self.tell  # type: ignore[method-assign]
        self.work = work

    def tell(self) -> None:
        with reading(self.work.tenant_id):
            run = JobRun.objects.get(pk=self.work.run_id)
        left = f", {run.remaining} left" if run.remaining else ""
        self.command.stdout.write(f"\r{self.work.done:,} of {run.total or 0:,} rows, {run.rate or 0:,}/s{left}   ", ending="")
        self.command.stdout.flush()
        self.tell_database()


class Command(BaseCommand):
    help = "Imports purchases and returns from a CSV file (plain or gzip). The same file twice changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--tenant", required=True, help="Code of the tenant.")
        parser.add_argument("--pos", required=True, help="Code of the point of sale where the purchases were made.")
        parser.add_argument("--map", nargs="+", type=pair, default=[], metavar="FIELD=COLUMN", help=f"Fields: {', '.join(FIELDS)}.")
        parser.add_argument("--customer-kind", default="external_id", choices=["external_id", "phone", "email", "card", "code"])
        parser.add_argument("--create-customers", action="store_true", help="An unknown external id becomes a new customer.")
        parser.add_argument("--time-format", default="", help="As of strptime, such as %%d/%%m/%%Y %%H:%%M; without it ISO 8601.")
        parser.add_argument("--decimal-comma", action="store_true")
        parser.add_argument("--encoding", default=None)
        parser.add_argument("--limit", type=int, default=None, help="Only the first rows.")
        parser.add_argument("--resume", type=UUID, default=None, metavar="RUN", help="Go on with a run that was broken off.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            summary = self._import(options)
        except DomainError as problem:
            raise CommandError(f"{problem.field}: {message(problem)}" if problem.field else message(problem)) from problem
        self.stdout.write("")
        for name, count in summary.items():
            self.stdout.write(f"{name:12} {count:,}")

    def _import(self, options: dict[str, Any]) -> dict[str, int]:
        tenant = Tenant.objects.filter(code=options["tenant"]).first()
        if tenant is None:
            raise CommandError(f"No tenant has the code {options['tenant']}.")
        file = CsvFile(options["file"], options["encoding"])
        with reading(tenant.id):
            place = place_with_code(options["pos"])
        mapping = dict(options["map"]) or {name: name for name in file.header() if name in FIELDS}
        columns = PurchaseColumns.of(
            file.header(),
            mapping,
            zone=ZoneInfo(place.zone),
            currency=place.currency,
            time_format=options["time_format"],
            decimal_comma=options["decimal_comma"],
        )
        job = PurchaseImport(place, columns, options["customer_kind"], "system", options["create_customers"])
        run_id = options["resume"] or begin(tenant.id, KIND, f"{options['file'].name} → {place.pos_name}", "system")
        self.stdout.write(f"Run {run_id}")
        with progress(tenant.id, run_id) as work:
            ShownWork(work, self)
            Importer(job, work).run(file, options["limit"])
        return work.summary
