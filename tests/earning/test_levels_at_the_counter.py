"""Levels on real Postgres: reached in the transaction of the purchase, lost in that of the return; at once and by many at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from earning import queries
from earning.commands import (
    AdjustPoints,
    ChangeLevelSet,
    ClaimPurchase,
    ConfirmHold,
    DeactivateLevelSet,
    HoldPoints,
    LevelFactor,
    Multiplier,
    ReturnLine,
    SpendPoints,
    Thousandths,
    TransferPoints,
    VoidPurchase,
)
from earning.domain.levels.measures import Measure
from earning.domain.levels.terms import Benefits
from earning.events import LevelReached
from loyalty.domain.errors import DomainError
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.rebuild import checksum, rebuild
from loyalty.tenancy import reading
from tests.earning.counter import MINUTE, Counter, in_parallel, rows
from tests.earning.given import line
from tests.earning.levels_counted import active, card_of, facts, level_now
from tests.earning.levels_given import DAY, level, steps, terms


def test_a_level_is_reached_with_the_purchase_and_lost_with_the_return(counter: Counter) -> None:
    active(counter)
    customer = counter.customer()
    assert level_now(counter, customer) == "l0"
    order = counter.order(customer, line(150_000, 3, sku="CF-1"), line(100_000, 1))
    sold = counter.do(order)
    assert level_now(counter, customer) == "l1"
    counter.take_back(order, sold.purchase_id, ReturnLine(line=1, quantity=Thousandths(1000)))
    assert level_now(counter, customer) == "l1"
    counter.take_back(order, sold.purchase_id, ReturnLine(line=1, quantity=Thousandths(1000)))
    assert level_now(counter, customer) == "l0"
    told = [type(fact).__name__ for fact in facts(counter, customer)]
    assert told == ["ProgressCounted", "LevelReached", "ProgressCounted", "ProgressCounted", "LevelLost"]


@pytest.mark.rounds
def test_20_parallel_purchases_count_all_and_go_up_exactly_once(counter: Counter) -> None:
    active(counter, steps(20))
    customer = counter.customer()
    for _ in range(5):
        counter.sell(customer, 10_000)
    answers = in_parallel(20, lambda n: counter.sell(customer, 10_000))
    assert [a for a in answers if isinstance(a, DomainError)] == []
    reached = [fact for fact in facts(counter, customer) if isinstance(fact, LevelReached)]
    assert [fact.level for fact in reached] == ["l0", "l1"]
    with reading(counter.tenant.id):
        assert queries.customer_levels(customer)[0].reaching[0].total == 25


def test_purchases_before_a_set_is_active_open_no_stream_of_levels(counter: Counter) -> None:
    customer = counter.customer()
    counter.sell(customer, 500_000)
    assert facts(counter, customer) == []
    set_id = active(counter)
    counter.sell(customer, 10_000)
    assert level_now(counter, customer) == "l0"
    counter.do(DeactivateLevelSet(set_id=set_id))
    counter.sell(customer, 900_000, purchased_at=datetime.now(UTC))
    with reading(counter.tenant.id):
        assert queries.customer_levels(customer) == []
    assert len(facts(counter, customer)) == 2


def test_spending_points_never_costs_a_level(counter: Counter) -> None:
    active(counter)
    customer = counter.customer()
    counter.sell(customer, 200_000)
    counter.do(SpendPoints(customer_id=customer, points=5))
    counter.do(TransferPoints(customer_id=customer, recipient_id=counter.customer(), points=5))
    counter.do(AdjustPoints(customer_id=customer, points=-5, reason="A mistake"))
    held = counter.do(HoldPoints(customer_id=customer, points=5, ends_at=datetime.now(UTC) + DAY))
    counter.do(ConfirmHold(customer_id=customer, hold_id=held.id))
    assert level_now(counter, customer) == "l1"
    assert [type(fact).__name__ for fact in facts(counter, customer)] == ["ProgressCounted", "LevelReached"]


def test_a_claimed_and_a_voided_purchase_count_and_count_no_more(counter: Counter) -> None:
    active(counter)
    customer = counter.customer()
    nobodys = counter.sell(None, 200_000)
    counter.do(ClaimPurchase(purchase_id=nobodys.purchase_id, customer_id=customer))
    assert level_now(counter, customer) == "l1"
    mine = counter.sell(customer, 800_000)
    assert level_now(counter, customer) == "l2"
    here = {"merchant_id": counter.merchant_id, "zone": counter.tenant.time_zone}
    counter.do(VoidPurchase(purchase_id=mine.purchase_id, customer_id=customer, reason="Twice", **here))
    assert level_now(counter, customer) == "l1"


def test_what_is_missing_to_the_next_level_is_told(counter: Counter) -> None:
    measures = (Measure(kind="amount", excluded_skus=("GC-1",)), Measure(kind="purchases", window="calendar_year"))
    active(counter, terms(level("base", 0, None), level("vip", 1_000_000, 3), measures=measures))
    customer = counter.customer()
    counter.sell(customer, line(300_000, 1, sku="CF-1"), line(200_000, 1, sku="GC-1"))
    with reading(counter.tenant.id):
        (card,) = queries.customer_levels(customer)
        assert queries.levels_of([customer])[customer][0].code == "base"
    assert card.next_level is not None
    assert (card.level and card.level.code, card.next_level.code) == ("base", "vip")
    assert [(one.total, one.missing) for one in card.reaching] == [(300_000, 700_000), (1, 2)]


def test_visits_are_told_as_they_are_counted(counter: Counter) -> None:
    active(counter, terms(level("l0", 0), level("l1", 3), measures=(Measure(kind="visits"),)))
    customer, at = counter.customer(), datetime(2026, 1, 10, 16, 59, tzinfo=UTC)
    for minutes in (-60, 0, 1):
        counter.do(counter.order(customer, 10_000, purchased_at=at + minutes * MINUTE), channel="import")
    with reading(counter.tenant.id):
        (card,) = queries.customer_levels(customer)
        assert (card.reaching[0].total, card.reaching[0].missing) == (2, 1)
        assert queries.said_levels(customer)[0].missing == "L1: 1 visit"


@pytest.mark.usefixtures("own_log")
def test_live_and_rebuilt_are_the_same(counter: Counter) -> None:
    active(counter)
    for points in (10, 30, 120):
        order = counter.order(counter.customer(), points * 10_000)
        sold = counter.do(order)
        if points == 30:
            counter.take_back(order, sold.purchase_id)
    for name in ("earning.level_sets", "earning.customer_levels"):
        live = {table: checksum(table) for table in PROJECTIONS[name].tables}
        for batch in (1, 1000):
            assert rebuild(PROJECTIONS[name], batch=batch, swap=False).checksums == live
    assert sorted(level for (level,) in rows("earning_customer_level", counter.tenant, "level")) == ["l0", "l0", "l2"]


def test_a_purchase_sees_the_level_before_it_and_its_return_sees_the_same(counter: Counter) -> None:
    active(counter)
    counter.rule(Multiplier(by_level=(LevelFactor(level="l1", factor=Decimal(2)),)))
    customer = counter.customer()
    assert counter.sell(customer, 200_000).points == 20
    order = counter.order(customer, 100_000)
    with reading(counter.tenant.id):
        assert queries.preview(order).points == 20
    sold = counter.do(order)
    assert sold.points == 20
    reset = counter.order(customer, 10_000)
    counter.do(reset)
    assert counter.take_back(order, sold.purchase_id).points == 20
    assert rows("earning_account", counter.tenant, "balance") == [(20 + 2,)]


def test_points_of_a_level_count_as_often_as_it_promises_and_the_explanation_says_so(counter: Counter) -> None:
    twice = level("l1", 20, benefits=Benefits(multiplier=Decimal(2)))
    active(counter, terms(level("l0", 0), twice))
    customer = counter.customer()
    assert counter.sell(customer, 200_000).points == 20
    counter.rule(Multiplier(factor=Decimal("1.5")))
    order = counter.order(customer, line(100_000, 2, sku="CF-1"))
    with reading(counter.tenant.id):
        assert queries.preview(order).points == 30
    sold = counter.do(order)
    assert sold.points == 30
    with reading(counter.tenant.id):
        found = queries.explanation(sold.purchase_id)
        told = [(one.name, one.explained.points) for one in found.rules]
        (movement,) = queries.purchase(sold.purchase_id).movements
    assert found.points == {"points": 30}
    assert told == [("1 per 10,000", 10), ("1 per 10,000", 5), ("Level L1", 15)]
    assert {reason.name: reason.of_level for reason in movement.reasons}["Level L1"]
    assert counter.take_back(order, sold.purchase_id, ReturnLine(line=1, quantity=Thousandths(1000))).points == 15


def test_a_preview_tells_the_level_that_recording_then_gives(counter: Counter) -> None:
    active(counter)
    customer = counter.customer()
    counter.sell(customer, 190_000)
    order = counter.order(customer, 10_000)
    with reading(counter.tenant.id):
        foreseen = queries.preview(order)
        assert queries.said_levels(customer)[0].missing == "L1: 1 point"
    assert foreseen.levels == ("l1",)
    assert counter.do(order).levels == foreseen.levels
    with reading(counter.tenant.id):
        assert queries.preview(order).levels == ("l1",)
        assert queries.level_names(("l1", "none"), datetime.now(UTC)) == ["L1"]


def test_a_return_multiplies_no_more_than_the_sale_did(counter: Counter) -> None:
    """The level got its multiplier for a time before the sale, after it was recorded."""
    set_id = active(counter)
    customer = counter.customer()
    counter.sell(customer, 200_000)
    order = counter.order(customer, line(100_000, 2, sku="CF-1"), purchased_at=datetime.now(UTC) + MINUTE)
    sold = counter.do(order)
    twice = terms(level("l0", 0), level("l1", 20, benefits=Benefits(multiplier=Decimal(2))))
    counter.do(ChangeLevelSet(set_id=set_id, terms=twice))
    assert counter.take_back(order, sold.purchase_id, ReturnLine(line=1, quantity=Thousandths(1000))).points == 5


def test_what_came_back_whole_begins_no_membership_year(counter: Counter) -> None:
    yearly = replace(steps(20), measures=(Measure(kind="points", window="membership_year"),))
    active(counter, yearly)
    customer = counter.customer()
    first = counter.order(customer, 100_000, purchased_at=datetime(2025, 1, 10, 5, tzinfo=UTC))
    bought = counter.do(first, channel="import")
    counter.do(counter.order(customer, 150_000, purchased_at=datetime(2025, 3, 15, 5, tzinfo=UTC)), channel="import")
    counter.do(counter.return_order(first, bought.purchase_id), channel="import")
    at = datetime(2026, 2, 1, tzinfo=UTC)
    assert [one.total for one in card_of(counter, customer, at).reaching] == [15], "the year since 15 March, not since 10 January"
