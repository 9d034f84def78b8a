"""What long work is done with: progress, report, and the wish to stop. Every word of it is committed at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from time import monotonic
from typing import Any
from uuid import UUID

import orjson
import structlog
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from loyalty.domain.errors import DomainError
from loyalty.jobs.models import SILENT, JobRun
from loyalty.messages.kept import Kept, kept, said
from loyalty.messages.refusals import message
from loyalty.observability import context
from loyalty.tenancy import reading

EVERY_SECONDS = 0.5
REPORT_DAYS = 90
LINES_AT_ONCE = 10_000
LINES = """insert into jobs_reportline (tenant_id, run_id, number, outcome, code, detail, problems)
select %s, %s, number, outcome, code, detail, problems
from jsonb_to_recordset(%s::jsonb) l(number bigint, outcome text, code text, detail text, problems jsonb)
on conflict (tenant_id, run_id, number, outcome, code) do nothing"""
OLD_LINES = f"""delete from jobs_reportline where ctid = any (array(
    select l.ctid from jobs_jobrun r join jobs_reportline l on l.tenant_id = r.tenant_id and l.run_id = r.id
     where r.tenant_id = %s and coalesce(r.finished_at, r.heard_at, r.created_at) < now() - interval '{REPORT_DAYS} days'
     limit {LINES_AT_ONCE}))"""
NO_LABELS: Mapping[str, Any] = {}
log = structlog.get_logger(__name__)


class Cancelled(Exception):
    """Somebody asked to stop."""


class AlreadyRunning(Exception):
    """Another process works on this run, or it is finished."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the report: the row's number, `outcome` ("refused", "skipped", …), a stable `code` and words for people.

    `problems` are refusals that are said in the language of whoever reads the report.
    """

    number: int
    outcome: str
    code: str = ""
    detail: str = ""
    problems: tuple[Kept, ...] = ()

    @classmethod
    def of(cls, number: int, outcome: str, refusal: DomainError, labels: Mapping[str, Any] = NO_LABELS, about: str = "") -> Line:
        """What is wrong with a row: all that came with the refusal, each with its field as `labels` call it, or with what it is `about`."""
        problems = tuple(kept(one, about) for one in refusal.all)
        return cls(number, outcome, refusal.code, said(problems, labels), problems)


def begin(tenant_id: int, kind: str, title: str, actor: str, **params: Any) -> UUID:
    """A new run that waits to be worked on; answers with its id. `params` are JSON, and shown to administrators."""
    with reading(tenant_id):
        return JobRun.objects.create(tenant_id=tenant_id, kind=kind, title=str(title)[:200], actor=actor, params=params).pk


def ask_to_stop(tenant_id: int, run_id: UUID) -> bool:
    """Ask a run to stop: it does so after its present batch. One that has not begun, or was killed, is stopped here."""
    with reading(tenant_id):
        runs = JobRun.objects.filter(tenant_id=tenant_id, pk=run_id)
        unheard = Q(state=JobRun.State.WAITING) | Q(state=JobRun.State.RUNNING, heard_at__lt=timezone.now() - SILENT)
        stopped = runs.filter(unheard).update(state=JobRun.State.CANCELLED, cancel_requested=True, finished_at=timezone.now())
        return bool(stopped or runs.filter(state=JobRun.State.RUNNING).update(cancel_requested=True))


def let_go_on(tenant_id: int, run_id: UUID) -> bool:
    """Let a run that was stopped, failed or was killed wait for somebody to go on with it; False when it is none of these."""
    with reading(tenant_id):
        killed = Q(state=JobRun.State.RUNNING, heard_at__lt=timezone.now() - SILENT)
        ended = Q(state__in=[JobRun.State.CANCELLED, JobRun.State.FAILED, JobRun.State.WAITING])
        runs = JobRun.objects.filter(ended | killed, tenant_id=tenant_id, pk=run_id)
        return bool(runs.update(state=JobRun.State.WAITING, cancel_requested=False, finished_at=None, error=""))


def at_work(tenant_id: int, run_id: UUID) -> bool:
    """Whether a run is being worked on, by its own word: its process may have been killed."""
    with reading(tenant_id):
        return JobRun.objects.filter(tenant_id=tenant_id, pk=run_id, state=JobRun.State.RUNNING).exists()


def forget_old_reports(tenant_id: int) -> int:
    """Delete the lines of reports that are older than 90 days, some at a time; answers with their number. The run itself stays."""
    forgotten = 0
    while True:
        with reading(tenant_id), connection.cursor() as cursor:
            cursor.execute(OLD_LINES, [tenant_id])
            some: int = cursor.rowcount
        forgotten += some
        if some < LINES_AT_ONCE:
            return forgotten


class Work:
    """A run that is being worked on. Use it outside of other transactions: each word is a transaction of its own."""

    def __init__(self, tenant_id: int, run_id: UUID, done: int, params: dict[str, Any], actor: str = "system") -> None:
        self.tenant_id, self.run_id, self.done, self.params, self.actor = tenant_id, run_id, done, params, actor
        self.summary: dict[str, int] = {}
        """Counts for the end: `work.summary["recorded"] = 312`."""
        self.cancelled = False
        self.listener: Callable[[JobRun], None] | None = None
        """Told how far it is whenever the database is: a terminal."""
        self._told = monotonic()
        self._known: tuple[int, dict[str, int]] = (done, {})

    @classmethod
    def of(cls, run: JobRun) -> Work:
        """What is known of a run goes on being counted."""
        work = cls(run.tenant_id, run.pk, run.done, run.params, run.actor)
        work.summary, work._known = dict(run.summary), (run.done, dict(run.summary))
        return work

    def expect(self, total: int | None) -> None:
        """How many rows there will be; how fast they are done is measured from here on."""
        self._tell(total=total, started_at=timezone.now(), started_done=self.done)

    def advance(self, rows: int) -> None:
        """So many more rows are done. Told at most twice a second. Raises Cancelled when somebody asked to stop."""
        self.done += rows
        if monotonic() - self._told >= EVERY_SECONDS:
            self.tell()

    def finish(self, rows: int, forget: Callable[[], object]) -> None:
        """So many more rows are done for good: `forget` (deleting them where they waited) and the new counts are one transaction.

        Raises Cancelled after it when somebody asked to stop.
        """
        self.done += rows
        with reading(self.tenant_id):
            forget()
            stop = self._tell()
        if stop:
            raise Cancelled

    def tell(self) -> None:
        """Say now how far it is, or only that it is alive. Raises Cancelled."""
        if self._tell():
            raise Cancelled

    def count(self, name: str, by: int = 1) -> None:
        """Add to a count of the summary."""
        self.summary[name] = self.summary.get(name, 0) + by

    def report(self, lines: Iterable[Line]) -> None:
        """Keep lines of the report; a line that is there already stays as it is."""
        rows = [asdict(line) for line in lines]
        if not rows:
            return
        with reading(self.tenant_id), connection.cursor() as cursor:
            cursor.execute(LINES, [self.tenant_id, self.run_id, orjson.dumps(rows).decode()])

    def _tell(self, **values: Any) -> bool:
        """Write, and answer whether somebody asked to stop."""
        self._told = monotonic()
        with reading(self.tenant_id):
            run = self.counted()
            for name, value in values.items():
                setattr(run, name, value)
            run.save(update_fields=["heard_at", "done", "summary", *values])
            if self.listener is not None:
                self.listener(run)
            return run.cancel_requested

    def counted(self) -> JobRun:
        """The run, locked, as it is to be saved: with what was counted here, and what other processes of it counted meanwhile."""
        run = JobRun.objects.select_for_update().get(tenant_id=self.tenant_id, pk=self.run_id)
        done, summary = self._known
        self.done += run.done - done
        for name, number in run.summary.items():
            if more := number - summary.get(name, 0):
                self.count(name, more)
        self._known = (self.done, dict(self.summary))
        run.done, run.summary, run.heard_at = self.done, self.summary, timezone.now()
        return run


@contextmanager
def progress(tenant_id: int, run_id: UUID) -> Iterator[Work]:
    """Work on a run, new or one whose process was killed: `work.done` says where to go on.

    Ends it as done, stopped (Cancelled ends here) or failed (the exception goes on). Raises AlreadyRunning.
    """
    work = _take(tenant_id, run_id)
    with context(job=str(run_id), tenant=tenant_id):
        try:
            yield work
        except Cancelled:
            work.cancelled = True
            _finish(work, JobRun.State.CANCELLED)
        except BaseException as failure:
            _finish(work, JobRun.State.FAILED, _said(failure))
            raise
        else:
            _finish(work, JobRun.State.DONE)


def _take(tenant_id: int, run_id: UUID) -> Work:
    now: datetime = timezone.now()
    free = Q(state=JobRun.State.WAITING) | Q(state=JobRun.State.RUNNING, heard_at__lt=now - SILENT)
    with reading(tenant_id):
        run = JobRun.objects.select_for_update().filter(free, tenant_id=tenant_id, pk=run_id).first()
        if run is None:
            raise AlreadyRunning(str(run_id))
        run.state, run.started_at, run.started_done, run.heard_at = JobRun.State.RUNNING, now, run.done, now
        run.save(update_fields=["state", "started_at", "started_done", "heard_at"])
    return Work.of(run)


def joined(tenant_id: int, run_id: UUID) -> Work:
    """Work on a run together with the process that has it, which alone ends it. Raises AlreadyRunning when none is at work on it."""
    with reading(tenant_id):
        run = JobRun.objects.filter(tenant_id=tenant_id, pk=run_id, state=JobRun.State.RUNNING).first()
    if run is None:
        raise AlreadyRunning(str(run_id))
    return Work.of(run)


def _finish(work: Work, state: JobRun.State, error: str = "") -> None:
    with reading(work.tenant_id):
        run = work.counted()
        run.state, run.error, run.finished_at = state, error, run.heard_at
        run.save(update_fields=["state", "done", "summary", "error", "heard_at", "finished_at"])
    log.info("job finished", state=state, done=work.done, error=error)


def _said(failure: BaseException) -> str:
    """A refusal in words; of anything else only its kind, because messages may hold what a person gave."""
    return message(failure) if isinstance(failure, DomainError) else type(failure).__name__
