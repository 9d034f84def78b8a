"""Celery tasks of a tenant: they name it, log with it, and may be run twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from celery import Task, shared_task

from loyalty.jobs.models import SILENT, JobRun
from loyalty.jobs.periodic import periodic
from loyalty.jobs.slots import Run
from loyalty.jobs.work import AlreadyRunning, Work, at_work, begin, forget_old_reports, let_go_on, progress
from loyalty.observability import context
from loyalty.tenancy import reading


class TenantTask(Task):
    """Base of a task whose first argument is the tenant's id: `@shared_task(base=TenantTask, name="…")`.

    With `reads = True` it runs in one transaction of the tenant; without, commands open their own.
    """

    abstract = True
    acks_late = True
    reads = False

    def __call__(self, tenant_id: int, *args: Any, **kwargs: Any) -> Any:
        with context(tenant=tenant_id):
            if not self.reads:
                return super().__call__(tenant_id, *args, **kwargs)
            with reading(tenant_id):
                return super().__call__(tenant_id, *args, **kwargs)


KINDS: dict[str, tuple[Any, Callable[[JobRun], bool]]] = {}
"""The task of each kind of long work, and whether a run of it can be taken up again."""


def may_go_on(run: JobRun) -> bool:
    """Whether a run that was stopped, failed or was killed can be taken up again."""
    ended = run.state in {JobRun.State.CANCELLED, JobRun.State.FAILED} or run.is_silent
    return ended and run.kind in KINDS and KINDS[run.kind][1](run)


def go_on(run: JobRun) -> bool:
    """Set a run going that waits, was stopped, failed or was killed; False when it is at work or done, or of no kind known here."""
    if run.kind not in KINDS or not let_go_on(run.tenant_id, run.pk):
        return False
    KINDS[run.kind][0].delay(run.tenant_id, str(run.pk))
    return True


def job_task(kind: str, *, may_go_on: Callable[[JobRun], bool] = lambda run: True) -> Callable[[Callable[..., None]], Any]:
    """Make `function(work, **params)` a kind of long work: `.start(tenant_id=…, title=…, actor=…, **params)` sets it going.

    A worker that is killed leaves the run to the next one, which goes on at `work.done`. What is delivered while the run is
    at work comes again later, until it has ended: whoever is at work may be dead already.
    `may_go_on` says whether a run that was stopped or failed can be taken up.
    """

    def made(function: Callable[..., None]) -> Any:
        @shared_task(base=TenantTask, name=kind, bind=False)
        def run(tenant_id: int, run_id: str) -> None:
            try:
                with progress(tenant_id, UUID(run_id)) as work:
                    function(work, **work.params)
            except AlreadyRunning:
                if at_work(tenant_id, UUID(run_id)):
                    run.apply_async((tenant_id, run_id), countdown=SILENT.total_seconds())

        def start(*, tenant_id: int, title: str, actor: str, **params: Any) -> UUID:
            run_id = begin(tenant_id, kind, title, actor, **params)
            run.delay(tenant_id, str(run_id))
            return run_id

        def here(*, tenant_id: int, title: str, actor: str, **params: Any) -> UUID:
            """In this process, for a command line."""
            run_id = begin(tenant_id, kind, title, actor, **params)
            run(tenant_id, str(run_id))
            return run_id

        run.start, run.here, run.work = start, here, function
        KINDS[kind] = run, may_go_on
        return run

    return made


@periodic("jobs.forget_old_reports")
def forget_old_reports_of_all(run: Run) -> int:
    """Delete what reports say of rows that nobody asks for any more; answers with the number of lines."""
    return forget_old_reports(run.tenant_id)


__all__ = ["TenantTask", "Work", "go_on", "job_task", "may_go_on"]
