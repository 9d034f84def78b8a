"""Purchases that count after all, told in few facts: to the levels, losses and times that one fact for each of them would come to."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earning.domain.levels.catching_up import catch_up
from earning.domain.levels.counting import Count, PastPurchase
from earning.domain.levels.downgrading import Downgrade
from earning.domain.levels.measures import Measure
from earning.domain.levels.merging import recount
from earning.domain.levels.tally import LONG_AGO, Tally
from earning.events import LevelLost, LevelReached, PastCounted
from earning.projections.customer_levels import LevelsOfCustomers
from loyalty.domain.event import Metadata, Recorded
from loyalty.domain.period import Period
from tests.earning.given import CUSTOMER, TENANT
from tests.earning.levels_given import DAY, SET, Climber, in_force, terms
from tests.earning.test_downgrades import SAIGON
from tests.earning.test_levels_by_hand import CALENDAR, MEMBERSHIP, MONTH, THREE, YEAR_BACK, climber, utc

START, CHANGED = utc(2025, 1, 1), utc(2025, 9, 1)
EVER = Measure(kind="points")
POLICIES: Sequence[dict[str, Any]] = (
    {"when": "never"},
    {"when": "at_once"},
    {"when": "at_once", "reset": "progress"},
    {"when": "at_once", "reset": "points", "one_step": True, "period": "quarter"},
    {"when": "after_days", "days": 40},
    {"when": "period_end", "period": "quarter"},
    {"when": "period_end", "period": "membership_year"},
)
VISITS = Measure(kind="visits", window="rolling_months", months=1)

NOBODY = Metadata(command_id=SET, correlation_id=SET, causation_id=None, actor="system", channel="process", occurred_at=START)


def past(n: int, at: datetime, points: int) -> PastPurchase:
    count = Count(set_id=SET, version=1, points=points, amount=points, purchases=int(points > 0))
    return PastPurchase(purchase_id=UUID(int=1000 + n), purchased_at=at, counts=(count,))


def one_by_one(it: Climber, bought: Sequence[PastPurchase]) -> None:
    """A fact for each: what was done before there were as many as ten thousand."""
    at = max((tally.settled for tally in it.levels.tallies.values()), default=LONG_AGO)
    for one in sorted(bought, key=lambda one: (one.purchased_at, one.purchase_id)):
        at = max(at, one.purchased_at)
        it.levels.settle(it.book, it.zone, at)
        it.levels.record(PastCounted(customer_id=CUSTOMER, purchases=(one,), counted_at=at))
        for version in it.book.in_force(at):
            it.levels.climb(CUSTOMER, version, it.zone, at, one.purchase_id)


def moves(it: Climber) -> list[Any]:
    return [event for event in it.levels.pending if isinstance(event, LevelReached | LevelLost)]


@settings(max_examples=150, deadline=None)
@given(
    measure=st.sampled_from((EVER, MONTH, YEAR_BACK, CALENDAR, MEMBERSHIP, VISITS)),
    policy=st.sampled_from(POLICIES),
    other=st.sampled_from((None, *POLICIES)),
    before=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 120)), max_size=4),
    bought=st.lists(st.tuples(st.integers(-20, 800), st.sampled_from((0, 1, 5, 30, 90, 210))), max_size=30),
)
def test_told_together_they_come_to_what_they_come_to_one_by_one(
    measure: Measure,
    policy: dict[str, Any],
    other: dict[str, Any] | None,
    before: list[tuple[int, int]],
    bought: list[tuple[int, int]],
) -> None:
    said = [terms(*THREE, measures=(measure,), downgrade=Downgrade(**one)) for one in (policy, other) if one is not None]
    periods = (Period(None, CHANGED), Period(CHANGED, None)) if other is not None else (Period(),)
    it = Climber(*(in_force(one, n + 1, period) for n, (one, period) in enumerate(zip(said, periods, strict=True))), zone=SAIGON)
    for day, points in sorted(before):
        it.buy(points, at=START + day * DAY)
    again = deepcopy(it)
    purchases = [past(n, START + day * DAY, points) for n, (day, points) in enumerate(bought)]
    one_by_one(again, purchases)
    catch_up(CUSTOMER, it.levels, purchases, it.book, it.zone)
    for one in (it, again):
        one.levels.settle(one.book, one.zone, START + 1500 * DAY)
    assert moves(it) == moves(again)
    mine, theirs = (one.levels.tally(SET) for one in (it, again))
    assert (mine.counts, mine.steps, mine.resets, mine.points_ended) == (theirs.counts, theirs.steps, theirs.resets, theirs.points_ended)
    assert mine.settled == theirs.settled


@pytest.mark.parametrize("measure", [EVER, MONTH, CALENDAR])
def test_ten_thousand_purchases_are_told_in_few_facts(measure: Measure) -> None:
    """Three a day; whoever has them on top of all levels stays there."""
    lan = climber(measure, when="at_once")
    bought = [past(n, START + n * timedelta(hours=8), 3) for n in range(10_000)]
    catch_up(CUSTOMER, lan.levels, bought, lan.book, lan.zone)
    assert len(lan.levels.tally(SET).counts) == 10_000
    assert len(lan.levels.pending) < 500
    gone = [past(n, one.purchased_at, 0) for n, one in enumerate(bought)]
    recount(CUSTOMER, lan.levels, gone, lan.book, lan.zone, bought[-1].purchased_at)
    assert lan.levels.tally(SET).total(EVER, START, SAIGON) == 0
    told = [event for event in lan.levels.pending if isinstance(event, PastCounted)]
    assert max(len(event.purchases) for event in told) == 500
    facts: list[Recorded[Any]] = [Recorded(1, TENANT, SET, 1, SET, "earning.past_counted", e, NOBODY, START) for e in told]
    assert len([*LevelsOfCustomers().statements(facts)]) == len(told), "each is written at once"


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("measure", [EVER, MONTH, CALENDAR, MEMBERSHIP])
def test_two_thousand_purchases_that_count_nothing_are_told_in_few_facts(measure: Measure, policy: dict[str, Any]) -> None:
    """One a day before the first that counts; only where years begin with that one, each of them is told alone until then."""
    lan = climber(measure, **policy)
    bought = [past(n, START + n * timedelta(hours=8), 3 if n >= 2_000 else 0) for n in range(2_050)]
    catch_up(CUSTOMER, lan.levels, bought, lan.book, lan.zone)
    by_membership = measure is MEMBERSHIP or policy.get("period") == "membership_year"
    told = [event for event in lan.levels.pending if isinstance(event, PastCounted)]
    assert len(told) > 2_000 if by_membership else len(told) < 100
    assert lan.level == "l1"


def test_the_first_purchase_that_counts_is_known_without_a_look_at_all_that_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    tally, looked = Tally(), 0
    for n in range(2_000):
        tally.take(UUID(int=n), past(n, START, 0 if n < 1_990 else 5).counts[0], START + n * timedelta(hours=1), START)

    def is_something(count: Count) -> bool:
        nonlocal looked
        looked += 1
        return bool(count.points)

    monkeypatch.setattr(Count, "is_something", property(is_something))
    at = START + 90 * DAY
    assert tally.joined == START + 1_990 * timedelta(hours=1)
    assert (tally.total(MONTH, at, SAIGON), tally.first_end(MONTH, SAIGON, lambda at: False)) == (50, None)
    assert looked <= 2


def test_the_first_purchase_that_counts_is_another_one_once_it_came_back_and_again_once_it_counts() -> None:
    tally = Tally()

    def count(n: int, points: int) -> datetime | None:
        tally.take(UUID(int=n), past(n, START, points).counts[0], START + n * DAY, START)
        return tally.joined

    assert [count(3, 5), count(2, 0), count(1, 5), count(1, 0), count(2, 1), count(3, 0), count(2, 0), count(3, 1)] == [
        START + 3 * DAY, START + 3 * DAY, START + DAY, START + 3 * DAY, START + 2 * DAY, START + 2 * DAY, None, START + 3 * DAY,
    ]  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(
    taken=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 9), st.integers(20, 70), st.integers(-5, 45)), min_size=1, max_size=30),
)
def test_what_counts_in_a_window_is_the_sum_of_it_whatever_was_asked_and_changed_before(taken: list[tuple[int, int, int, int]]) -> None:
    """A purchase is made on the day of its number; it counts so many points, and asked is what counts from a day until another."""
    tally, kept = Tally(), {}
    monthly = Measure(kind="amount", window="rolling_months", months=1)
    for n, points, day, until in taken:
        tally.take(UUID(int=n), past(n, START, points).counts[0], START + n * DAY, START)
        kept[n] = points
        at, last = START + day * DAY, START + until * DAY
        since = tally.counts_since(monthly, at, SAIGON)
        assert since is not None
        assert tally.total(monthly, at, SAIGON, last) == sum(p for n, p in kept.items() if since <= START + n * DAY <= last)
        assert tally.total(monthly, at, SAIGON) == sum(p for n, p in kept.items() if since <= START + n * DAY)
        assert tally.joined == min((START + n * DAY for n, p in kept.items() if p), default=None)
