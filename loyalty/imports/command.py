"""What the commands of `manage.py` that import files have in common."""

from __future__ import annotations

import shlex
import time
from argparse import ArgumentTypeError
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext, override

from loyalty.domain.errors import DomainError
from loyalty.house import formats
from loyalty.imports.columns import LeftOut, guessed, left_out
from loyalty.imports.csv_file import CsvFile
from loyalty.imports.importer import Importer
from loyalty.imports.times import example, written_as
from loyalty.jobs.models import SILENT, JobRun, ReportLine
from loyalty.jobs.work import EVERY_SECONDS, AlreadyRunning, Work, begin, let_go_on, progress
from loyalty.messages.refusals import message
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant

ACTOR = "system"


class ImportCommand(BaseCommand):
    """Reads a file from disk, shows how far it is, and can go on with a run that was broken off.

    A subclass says what it imports: `kind` of the job, the `fields` that columns hold, and which importer takes them in.
    """

    kind: ClassVar[str]
    fields: ClassVar[Mapping[str, Sequence[str]]]
    times: ClassVar[Sequence[str]] = ()
    """Those of the fields that hold days or times."""

    # -- for contexts -----------------------------------------------------------------------------

    def importer(self, work: Work, params: Mapping[str, Any]) -> Importer[Any]:
        """What takes the file in, made from the parameters of the run."""
        raise NotImplementedError

    def params(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Parameters of a new run beside the mapping and the forms of times and numbers. Runs in the tenant's transaction."""
        raise NotImplementedError

    # -- the command ------------------------------------------------------------------------------

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", help="CSV, plain or gzip; not needed to go on with a run that was read.")
        parser.add_argument("--tenant", default="", help="Code of the tenant; not needed where there is only one.")
        parser.add_argument(
            "--map", nargs="+", type=self._pair, default=[], metavar="FIELD=COLUMN",
            help=f"Which column holds a field, where its name does not tell. Fields: {', '.join(self.fields)}.",
        )  # fmt: skip
        parser.add_argument(
            "--ignore", nargs="+", default=[], metavar="COLUMN", help="Columns to leave out although they look like a field.",
        )  # fmt: skip
        parser.add_argument("--time-format", default="", help="As of strptime, such as %%d/%%m/%%Y %%H:%%M; without it found by itself.")
        parser.add_argument("--decimal-comma", action="store_true", help="Numbers are written as in 1.234,50.")
        parser.add_argument("--encoding", default="", help="Only where it is not UTF-8 or UTF-16, such as cp1258.")
        parser.add_argument(
            "--language", choices=[*dict(settings.LANGUAGES)], default="",
            help="Of what is said and reported; without it that of the tenant.",
        )  # fmt: skip
        parser.add_argument("--limit", type=int, default=None, help="Only the first rows.")
        parser.add_argument("--resume", type=UUID, default=None, metavar="RUN", help="Go on with a run that was stopped or broken off.")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = self._tenant(options["tenant"])
        with override(options["language"] or tenant.default_language):
            self._carry_out(tenant, options)

    def _carry_out(self, tenant: Tenant, options: Mapping[str, Any]) -> None:
        try:
            file = CsvFile(options["file"], options["encoding"] or None) if options["file"] else None
            run_id = self._run(tenant, file, options)
            self.stdout.write(gettext("Run %(run)s") % {"run": run_id})
            work = self._work(tenant.id, run_id, file)
        except DomainError as problem:
            named = problem.params.get("fields") or problem.field  # as --map takes them
            raise CommandError(f"{named}: {message(problem)}" if named else message(problem)) from problem
        if work.cancelled:
            how = f"--tenant {tenant.code} --resume {run_id}"
            raise CommandError(gettext("Stopped. Go on with: %(options)s") % {"options": how})

    def _work(self, tenant_id: int, run_id: UUID, file: CsvFile | None) -> Work:
        try:
            with progress(tenant_id, run_id) as work:
                work.listener = _Shown(self)
                self.importer(work, work.params).run(file, work.params["limit"])
        except AlreadyRunning as running:
            raise CommandError(gettext("This run is done, or another process works on it.")) from running
        self.stdout.write("")
        with reading(tenant_id):
            run = JobRun.objects.get(tenant_id=tenant_id, pk=run_id)
            told = ReportLine.objects.filter(tenant_id=tenant_id, run_id=run_id).exists()
        for label, count in run.counts:
            self.stdout.write(f"{capfirst(label)}: {formats.number(count, get_language() or formats.FALLBACK)}")
        if told:
            where = {"where": reverse("admin:jobs_jobrun_change", args=[run_id])}
            self.stdout.write(gettext("Which rows, and why: in the administration under Long-running work, %(where)s") % where)
        return work

    def _tenant(self, code: str) -> Tenant:
        found = list(Tenant.objects.filter(code=code) if code else Tenant.objects.all()[:2])
        if len(found) == 1:
            return found[0]
        codes = ", ".join(Tenant.objects.order_by("code").values_list("code", flat=True))
        raise CommandError(f"Name the tenant by --tenant, one of: {codes or 'none is made yet, see create_tenant'}.")

    def _run(self, tenant: Tenant, file: CsvFile | None, options: Mapping[str, Any]) -> UUID:
        if options["resume"]:
            self._take_up(tenant.id, options["resume"])
            return options["resume"]  # type: ignore[no-any-return]
        if file is None:
            raise CommandError(gettext("Name the file."))
        header = file.header()
        mapping = guessed(header, self.fields) | dict(options["map"])
        with reading(tenant.id):
            params = self.params(options) | {name: options[name] for name in ("decimal_comma", "encoding", "limit")}
        params["time_format"] = options["time_format"] or written_as(file, [mapping[field] for field in self.times if field in mapping])
        named = ", ".join(f"{field}={column}" for field, column in mapping.items())
        self.stdout.write(gettext("Columns: %(columns)s") % {"columns": named})
        self._tell_left_out(left_out(header, mapping, self.fields), {name.casefold() for name in options["ignore"]})
        if params["time_format"]:
            self.stdout.write(gettext("Dates and times are read as %(example)s") % {"example": example(params["time_format"])})
        return begin(tenant.id, self.kind, file.source.name, ACTOR, mapping=mapping, **params)

    def _tell_left_out(self, columns: Sequence[LeftOut], ignored: set[str]) -> None:
        """Say what is not used. Raises DomainError `imports.looks_like` for what may be meant for a field that has no column."""
        for one in columns:
            if one.is_free and one.column.casefold() not in ignored:
                raise DomainError("imports.looks_like", column=one.column, like=one.looks_like, quoted=shlex.quote(one.column))
        if columns:
            self.stdout.write(gettext("Columns that are not used: %(columns)s") % {"columns": ", ".join(one.column for one in columns)})

    def _take_up(self, tenant_id: int, run_id: UUID) -> None:
        """Wait until a run that seems to be at work is silent for so long that it must be dead."""
        with reading(tenant_id):
            found = JobRun.objects.filter(tenant_id=tenant_id, kind=self.kind, pk=run_id).first()
        if found is None:
            raise CommandError(gettext("There is no such run of this tenant."))
        told = False
        while not let_go_on(tenant_id, run_id):
            with reading(tenant_id):
                found.refresh_from_db()
            if found.state != JobRun.State.RUNNING:
                raise CommandError(gettext("This run is done."))
            if not told:
                silent = gettext("It was at work a moment ago. Waiting until it has been silent for %(time)s …")
                self.stdout.write(silent % {"time": formats.duration(SILENT, get_language() or formats.FALLBACK)})
                told = True
            time.sleep(1)

    def _pair(self, text: str) -> tuple[str, str]:
        field, equals, column = text.partition("=")
        if field not in self.fields or not equals:
            raise ArgumentTypeError(f"{text!r}: write FIELD=COLUMN, with a field of {', '.join(self.fields)}")
        return field, column


class _Shown:
    """Says on the terminal how far a run is, at most twice a second."""

    def __init__(self, command: BaseCommand) -> None:
        self.command, self.said = command, 0.0

    def __call__(self, run: JobRun) -> None:
        if time.monotonic() - self.said < EVERY_SECONDS:
            return
        self.said = time.monotonic()
        line = run.how_far
        self.command.stdout.write(
            f"\r{line}   " if self.command.stdout.isatty() else line, ending="" if self.command.stdout.isatty() else None
        )
        self.command.stdout.flush()
