"""Work by the clock: once for each tenant and slot of its schedule, however many beats and workers there are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from celery import current_app, shared_task
from celery.schedules import crontab
from django.utils import timezone

from loyalty.jobs.slots import LEASE, Run, TakenOver, claim, newest_slot
from loyalty.observability import context
from loyalty.tenancy.current import database_is_away
from loyalty.tenancy.models import Tenant

PeriodicWork = Callable[[Run], int]
"""What is done for one tenant; answers with a number that is logged, of facts or of rows. Run twice, it comes to the same."""
log = structlog.get_logger(__name__)
PERIODIC: set[str] = set()
"""The names of all tasks of this kind."""


def periodic(name: str) -> Callable[[PeriodicWork], Any]:
    """Make `work(run)` a task for the beat, which runs it for all tenants: `@periodic("earning.note_time")`.

    Its schedule stands in `loyalty.celery`. A slot that somebody else is at work on is looked at again later: they may be dead.
    """

    def made(work: PeriodicWork) -> Any:
        def run() -> int:
            now = timezone.now()
            done, waits = run_slot(name, newest_slot(_schedule_of(name), now), now, work)
            if waits:
                task.apply_async(countdown=LEASE.total_seconds())
            return done

        PERIODIC.add(name)
        task = shared_task(name=name)(run)
        return task

    return made


def run_slot(job: str, slot_at: datetime, now: datetime, work: PeriodicWork) -> tuple[int, bool]:
    """Do the work of a slot for each tenant for whom nobody else does or did: the sum of the answers, and whether somebody is at work."""
    done, waits = 0, False
    for tenant in Tenant.objects.all():
        run = claim(tenant.pk, job, slot_at, now)
        if isinstance(run, Run):
            done += _carried_out(run, work)
        waits |= run == "at_work"
    return done, waits


def _carried_out(run: Run, work: PeriodicWork) -> int:
    """One tenant's failure is logged, and holds up no other; without a database there is none to go on with."""
    with context(tenant=run.tenant_id):
        try:
            done = work(run)
        except TakenOver:
            log.warning("periodic work was taken over", job=run.job)
            return 0
        except Exception as failure:
            if database_is_away(failure):
                raise
            log.exception("periodic work failed", job=run.job)
            run.release()
            return 0
    run.finish()
    return done


def _schedule_of(name: str) -> crontab:
    entries: dict[str, dict[str, Any]] = current_app.conf.beat_schedule
    schedule: crontab = next(entry["schedule"] for entry in entries.values() if entry["task"] == name)
    return schedule
