"""Levels that are lost at their instant: seen by the job, by returns, and by purchases that are recorded late."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from earning import queries
from earning.commands import (
    GiveLevel,
    LevelFactor,
    Multiplier,
)
from earning.timekeeping import settle_levels
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.rebuild import checksum, rebuild
from loyalty.tenancy import reading
from tests.earning.counter import MINUTE, Counter, in_parallel, rows
from tests.earning.levels_counted import GONE, SOLD_AT, active, bought_in_january, facts, losing
from tests.earning.levels_given import DAY, steps


@pytest.mark.usefixtures("own_log")
@pytest.mark.parametrize("looked_at", [2, 500])
def test_a_level_has_gone_at_its_instant_however_late_and_often_the_job_looks(
    counter: Counter, looked_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("earning.timekeeping.LOOKED_AT", looked_at)
    active(counter, losing())
    customers = [counter.customer() for _ in range(3)]
    for customer in customers:
        bought_in_january(counter, customer, 1_000_000)
    with reading(counter.tenant.id):
        (card,) = queries.customer_levels(customers[0], GONE - MINUTE)
        assert (card.level and card.level.code, card.loses_at, card.after and card.after.code) == ("l2", GONE, "l0")
        (card,) = queries.customer_levels(customers[0], GONE)
        assert (card.level and card.level.code, card.since, card.loses_at) == ("l0", GONE, None)
        assert queries.levels_of(customers) == {customer: (steps(20).levels[0],) for customer in customers}
    tenant = counter.tenant.id
    assert [settle_levels(tenant, GONE + at * MINUTE) for at in (-11 * 1440, -10080, -1)] == [0, 3, 0]
    late = sum(found or 0 for found in in_parallel(4, lambda n: settle_levels(tenant, GONE + 90 * 1440 * MINUTE)))
    assert (late, settle_levels(tenant, GONE)) == (3, 0)
    assert rows("earning_customer_level", counter.tenant, "level, since, fallen") == [("l0", GONE, True)] * 3
    live = {table: checksum(table) for table in PROJECTIONS["earning.customer_levels"].tables}
    assert rebuild(PROJECTIONS["earning.customer_levels"], batch=1, swap=False).checksums == live


@pytest.mark.parametrize(("days", "soft"), [(90, False), (0, True)])
def test_goods_that_come_back_leave_the_level_below_as_it_was(counter: Counter, days: int, soft: bool) -> None:
    said = losing(one_step=soft, period="quarter")
    active(counter, replace(said, levels=tuple(replace(one, minimum_days=days if one.code == "l1" else 0) for one in said.levels)))
    customer = counter.customer()
    bought_in_january(counter, customer, 1_000_000 if soft else 200_000)
    at = GONE + DAY if soft else SOLD_AT + 20 * DAY
    sale = counter.order(customer, 1_000_000, purchased_at=at)
    sold = counter.do(sale, channel="import", at=at)
    counter.do(counter.return_order(sale, sold.purchase_id), channel="import", at=at + DAY)
    end = datetime(2026, 3, 31, 17, tzinfo=UTC) if soft else datetime(2026, 4, 10, 17, tzinfo=UTC)
    with reading(counter.tenant.id):
        (card,) = queries.customer_levels(customer, at + DAY)
    assert (card.level and card.level.code, card.since, card.loses_at) == ("l1", GONE if soft else SOLD_AT, end)
    for at, code in ((end - MINUTE, "l1"), (end, "l0")):
        settle_levels(counter.tenant.id, at)
        assert rows("earning_customer_level", counter.tenant, "level") == [(code,)]


def test_a_purchase_after_the_end_sees_that_the_level_has_gone(counter: Counter) -> None:
    active(counter, losing())
    counter.rule(Multiplier(by_level=(LevelFactor(level="l1", factor=Decimal(2)),)))
    customer = counter.customer()
    bought_in_january(counter, customer, 200_000)
    order = counter.order(customer, 100_000)
    with reading(counter.tenant.id):
        assert queries.preview(order).points == 10
    assert counter.do(order).points == 10
    told = [type(fact).__name__ for fact in facts(counter, customer)]
    assert told == ["ProgressCounted", "LevelReached", "LevelLost", "ProgressCounted"]


def test_a_purchase_that_is_recorded_late_sees_the_level_of_its_time(counter: Counter) -> None:
    """Before the level was reached, while it was had, and after it had gone; the preview sees the same."""
    active(counter, losing())
    counter.rule(Multiplier(by_level=(LevelFactor(level="l1", factor=Decimal(2)),)))
    for at, points in ((SOLD_AT - DAY, 10), (SOLD_AT + DAY, 20), (GONE - MINUTE, 20), (GONE, 10)):
        customer = counter.customer()
        bought_in_january(counter, customer, 200_000)
        order = counter.order(customer, 100_000, purchased_at=at)
        with reading(counter.tenant.id):
            assert queries.preview(order, "import").points == points
        assert counter.do(order, channel="import").points == points


def test_a_level_that_was_given_is_seen_by_what_was_bought_while_it_was_had(counter: Counter) -> None:
    active(counter, steps(1000))
    counter.rule(Multiplier(by_level=(LevelFactor(level="l1", factor=Decimal(2)),)))
    customer = counter.customer()
    counter.do(GiveLevel(customer_id=customer, level="l1", ends_at=SOLD_AT + 9 * DAY, reason="A prize"), at=SOLD_AT)
    for at, points in ((SOLD_AT - MINUTE, 1), (SOLD_AT, 2), (SOLD_AT + 9 * DAY - MINUTE, 2), (SOLD_AT + 9 * DAY, 1)):
        assert counter.do(counter.order(customer, 10_000, purchased_at=at), channel="import").points == points
