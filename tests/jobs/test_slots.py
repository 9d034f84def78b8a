"""Work by the clock is done once for each tenant and slot, whoever asks for it, and is caught up after an outage."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from celery import current_app
from celery.schedules import crontab
from django.db import connections

from loyalty.jobs import slots
from loyalty.jobs.periodic import PERIODIC, run_slot
from loyalty.jobs.slots import LEASE, Run, TakenOver, claim, newest_slot
from tests.earning.counter import in_parallel
from tests.jobs.kinds import TICKED, tick

pytestmark = pytest.mark.usefixtures("own_log_of_module")
HOUR = timedelta(hours=1)
SLOT = datetime(2026, 3, 1, 10, 5, tzinfo=UTC)
CLAIMED_OTHERWISE = {
    "messages.send_all": "each message is claimed by itself",
    "webhooks.send_all": "each endpoint's deliveries are claimed",
    "customers.refresh_segments_nightly": "each day of a tenant is a cause that long work is begun for once",
    "customers.forget_words": "the same order, as long as a row says that it is needed",
    "customers.expunge_search": "one order for all tenants of an engine, which finds nothing the second time",
}


@pytest.fixture
def again(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, float]]:
    """When the toy comes again."""
    asked: list[dict[str, float]] = []
    monkeypatch.setattr(tick, "apply_async", lambda **when: asked.append(when))
    monkeypatch.setitem(current_app.conf.beat_schedule, "tick", {"task": "toy.tick", "schedule": crontab(minute=0, hour=0)})
    TICKED.clear()
    return asked


def killed(tenant: Any, job: str) -> None:
    """Nothing was heard of the run for longer than its lease."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("update jobs_slot set leased_until = now() - interval '1 s' where tenant_id = %s and job = %s", [tenant.id, job])


@pytest.mark.parametrize(
    ("schedule", "now", "slot"),
    [
        (crontab(minute=5), "2026-03-01T10:05:00", "2026-03-01T10:05:00"),
        (crontab(minute=5), "2026-03-01T11:04:29", "2026-03-01T10:05:00"),
        (crontab(minute=5), "2026-03-01T11:04:30", "2026-03-01T11:05:00"),
        (crontab(hour=3, minute=10), "2026-03-01T02:00:00", "2026-02-28T03:10:00"),
        (crontab(hour=3, minute=10, day_of_week="sun"), "2026-03-04T12:00:00", "2026-03-01T03:10:00"),
        (crontab(hour=0, minute=0, day_of_month=1, month_of_year=1), "2026-03-04T12:00:00", "2026-01-01T00:00:00"),
    ],
)
def test_a_slot_is_the_last_time_that_was_due_and_a_clock_that_is_a_little_slow_misses_none(schedule: crontab, now: str, slot: str) -> None:
    assert newest_slot(schedule, datetime.fromisoformat(now).replace(tzinfo=UTC)) == datetime.fromisoformat(slot).replace(tzinfo=UTC)


def test_two_beats_run_it_once_for_each_tenant_and_look_again_whether_the_other_died(
    tenant: Any, other_tenant: Any, again: list[dict[str, float]]
) -> None:
    done = in_parallel(2, lambda n: tick())
    assert sorted(TICKED) == [tenant.id, other_tenant.id]
    assert sum(done) == 2
    assert again
    assert all(when == {"countdown": LEASE.total_seconds()} for when in again)
    again.clear()
    assert (tick(), again) == (0, []), "done is done"


def test_of_twenty_that_claim_a_slot_at_once_one_has_it(tenant: Any) -> None:
    found = in_parallel(20, lambda n: claim(tenant.id, "toy", SLOT, SLOT))
    assert (sum(isinstance(one, Run) for one in found), found.count("at_work")) == (1, 19)


def test_after_an_outage_the_newest_slot_is_run_once_and_what_was_left_is_not_made_up(tenant: Any) -> None:
    ran: list[datetime] = []

    def work(run: Run) -> int:
        ran.append(run.now)
        return 1

    for hour in (0, 5, 2, 3, 4, 5, 6):
        run_slot("toy.outage", SLOT + hour * HOUR, SLOT + hour * HOUR, lambda run: work(run) if run.tenant_id == tenant.id else 0)
    assert ran == [SLOT, SLOT + 5 * HOUR, SLOT + 6 * HOUR]


def test_a_run_that_died_is_taken_over_and_has_no_more_say(tenant: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "RENEWED_AFTER_SECONDS", 0.0)
    first = claim(tenant.id, "toy.died", SLOT, SLOT)
    assert isinstance(first, Run)
    assert claim(tenant.id, "toy.died", SLOT + HOUR, SLOT) == "at_work", "nor does the next slot begin beside it"
    killed(tenant, "toy.died")
    first.go_on()
    assert claim(tenant.id, "toy.died", SLOT, SLOT) == "at_work", "it lives after all"
    killed(tenant, "toy.died")
    second = claim(tenant.id, "toy.died", SLOT, SLOT)
    assert isinstance(second, Run)
    with pytest.raises(TakenOver):
        first.go_on()
    first.finish()
    first.release()
    assert claim(tenant.id, "toy.died", SLOT, SLOT) == "at_work"
    second.finish()
    assert claim(tenant.id, "toy.died", SLOT, SLOT) == "done"


def test_what_fails_for_one_tenant_holds_up_no_other_and_may_be_tried_again(tenant: Any, other_tenant: Any) -> None:
    tried: list[int] = []

    def work(run: Run) -> int:
        tried.append(run.tenant_id)
        if tried.count(tenant.id) == 1 and run.tenant_id == tenant.id:
            raise ValueError("broken")
        return run.tenant_id == tenant.id

    assert run_slot("toy.fails", SLOT, SLOT, work) == (0, False)
    assert {tenant.id, other_tenant.id} <= set(tried)
    assert run_slot("toy.fails", SLOT, SLOT, work) == (1, False)
    assert (tried.count(tenant.id), tried.count(other_tenant.id)) == (2, 1)


def test_a_late_order_of_an_older_slot_does_not_call_a_newer_one_done_that_failed(tenant: Any) -> None:
    failed = claim(tenant.id, "toy.late", SLOT + HOUR, SLOT + HOUR)
    assert isinstance(failed, Run)
    failed.release()
    assert claim(tenant.id, "toy.late", SLOT, SLOT) == "at_work", "who asks late looks again, for the newest slot"
    again = claim(tenant.id, "toy.late", SLOT + HOUR, SLOT + HOUR)
    assert isinstance(again, Run)
    failed.finish()
    assert claim(tenant.id, "toy.late", SLOT + HOUR, SLOT) == "at_work", "only who has the slot says that it is done"
    again.finish()
    assert claim(tenant.id, "toy.late", SLOT + HOUR, SLOT) == "done"


def test_everything_that_the_beat_orders_is_done_once_a_slot() -> None:
    current_app.loader.import_default_modules()
    ordered = {entry["task"] for entry in current_app.conf.beat_schedule.values()}
    assert ordered - PERIODIC == set(CLAIMED_OTHERWISE)
    assert ordered <= set(current_app.tasks)
