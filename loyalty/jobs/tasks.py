"""Celery tasks of a tenant: they name it, log with it, and may be run twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from celery import Task, shared_task

from loyalty.jobs.models import JobRun
from loyalty.jobs.work import AlreadyRunning, Work, begin, let_go_on, progress
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


KINDS: dict[str, Any] = {}
"""The task of each kind of long work."""


def go_on(run: JobRun) -> bool:
    """Set a run going that waits, was stopped, failed or was killed; False when it is at work or done, or of no kind known here."""
    task = KINDS.get(run.kind)
    if task is None or not let_go_on(run.tenant_id, run.pk):
        return False
    task.delay(run.tenant_id, str(run.pk))
    return True


def job_task(kind: str) -> Callable[[Callable[..., None]], Any]:
    """Make `function(work, **params)` a kind of long work: `.start(tenant_id=…, title=…, actor=…, **params)` sets it going.

    A worker that is killed leaves the run to the next one, which goes on at `work.done`; a second delivery does nothing.
    """

    def made(function: Callable[..., None]) -> Any:
        @shared_task(base=TenantTask, name=kind, bind=False)
        def run(tenant_id: int, run_id: str) -> None:
            try:
                with progress(tenant_id, UUID(run_id)) as work:
                    function(work, **work.params)
            except AlreadyRunning:
                return

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
        KINDS[kind] = run
        return run

    return made


__all__ = ["TenantTask", "Work", "go_on", "job_task"]
