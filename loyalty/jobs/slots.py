"""One run for each slot of a schedule: who comes first claims it, in one statement. The others find it claimed, or done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, Literal
from uuid import UUID

from celery.schedules import crontab
from django.db import connection

from loyalty.domain.identity import new_id
from loyalty.tenancy import reading

LEASE = timedelta(minutes=10)
"""A run that says nothing for so long was killed: the slot may be claimed again."""
RENEWED_AFTER_SECONDS = 60.0
SKEW, MINUTE = timedelta(seconds=30), timedelta(minutes=1)
"""So far the clocks of two machines may differ: an order that comes a little early is of the slot that begins."""
CLAIM = """insert into jobs_slot as s (tenant_id, job, slot_at, run_id, leased_until) values (%s, %s, %s, %s, now() + %s)
    on conflict (tenant_id, job) do update set slot_at = excluded.slot_at, run_id = excluded.run_id,
        leased_until = excluded.leased_until, finished_at = null
    where (s.finished_at is null and s.leased_until <= now() and s.slot_at <= excluded.slot_at)
        or (s.finished_at is not null and s.slot_at < excluded.slot_at)
    returning 1"""
AT_WORK = "select 1 from jobs_slot where tenant_id = %s and job = %s and finished_at is null"
MINE = "where tenant_id = %s and job = %s and run_id = %s"
RENEW = f"update jobs_slot set leased_until = now() + %s {MINE} and finished_at is null"
FINISH = f"update jobs_slot set finished_at = now() {MINE}"
RELEASE = f"update jobs_slot set leased_until = now() {MINE} and finished_at is null"


class TakenOver(Exception):
    """Another process took the slot, because nothing was heard of this one for too long."""


def newest_slot(schedule: crontab, now: datetime) -> datetime:
    """The last time until `now`, in UTC, at which the schedule was due."""
    at = (now + SKEW).replace(second=0, microsecond=0)
    while not _is_due(schedule, at):
        at -= MINUTE
    return at


def _is_due(schedule: crontab, at: datetime) -> bool:
    if at.minute not in schedule.minute or at.hour not in schedule.hour:
        return False
    in_month = at.day in schedule.day_of_month and at.month in schedule.month_of_year
    return in_month and at.isoweekday() % 7 in schedule.day_of_week


@dataclass(slots=True)
class Run:
    """The one run of a job for a tenant and a slot; `now` is the time that all of it is done as of."""

    tenant_id: int
    job: str
    now: datetime
    id: UUID
    renewed: float

    def go_on(self) -> None:
        """Say that it is alive; at most once a minute it costs a round trip. Raises TakenOver when nobody had heard of it for too long."""
        if monotonic() - self.renewed < RENEWED_AFTER_SECONDS:
            return
        self.renewed = monotonic()
        if not _wrote(self.tenant_id, RENEW, LEASE, *self._mine):
            raise TakenOver(self.job)

    def finish(self) -> None:
        """The slot is done: nobody runs it again."""
        _wrote(self.tenant_id, FINISH, *self._mine)

    def release(self) -> None:
        """It failed: whoever comes next may try again."""
        _wrote(self.tenant_id, RELEASE, *self._mine)

    @property
    def _mine(self) -> tuple[int, str, UUID]:
        return self.tenant_id, self.job, self.id


def claim(tenant_id: int, job: str, slot_at: datetime, now: datetime) -> Run | Literal["at_work", "done"]:
    """The run of a slot, for whoever comes first, or once the one before was killed or failed; else how the slot stands.

    Slots of an outage are not made up one by one: the newest does what they left. While a run is at work, no other begins, of any slot.
    A late order of an older slot does not take what a newer one left undone: it would do less, and call that done.
    """
    run = Run(tenant_id, job, now, new_id(), monotonic())
    if _wrote(tenant_id, CLAIM, tenant_id, job, slot_at, run.id, LEASE):
        return run
    return "at_work" if _wrote(tenant_id, AT_WORK, tenant_id, job) else "done"


def _wrote(tenant_id: int, sql: str, *params: Any) -> bool:
    with reading(tenant_id), connection.cursor() as cursor:
        cursor.execute(sql, params)
        return bool(cursor.rowcount)
