"""What purchases count towards levels, and how customers reach and lose them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earning.domain.levels.counting import Count, count
from earning.domain.levels.customer import CustomerLevels
from earning.domain.levels.measures import Measure
from earning.domain.levels.terms import LevelTerms
from earning.domain.levels.windows import window_start
from earning.domain.selling import sale_of
from earning.events import LevelReached
from loyalty.domain.period import Period, local_midnight
from tests.earning.given import NOON, line, purchase_order, rules
from tests.earning.levels_given import DAY, SET, ZONED, Climber, in_force, level, steps, terms

BASKET = (
    line(100_000, 2, sku="CF-1", category="Coffee"), line(60_000, 1, sku="GC-1", category="Gift cards"), line(30_000, kind="delivery"),
    line(10_000, kind="fee"), line(-20_000, kind="discount"),
)  # fmt: skip
ALL = [one.measure for one in BASKET]


def counted(kept: list[int], measure: Measure | None = None, currency: str = "VND", points: int = 7) -> Count:
    sale = sale_of(purchase_order(*BASKET), UUID(int=9), "active", rules())
    said = terms(measures=(measure or Measure(kind="amount"),), currency=currency)
    return count(SET, 1, said, sale, kept, points)


@pytest.mark.parametrize(
    ("measure", "amount"),
    [
        (None, 140_000),
        (Measure(kind="amount", with_delivery=True), 170_000),
        (Measure(kind="amount", excluded_skus=("gc-1",)), 80_000),
        (Measure(kind="amount", excluded_categories=("GIFT CARDS", "Coffee")), 0),
    ],
)  # fmt: skip
def test_an_amount_counts_goods_less_discounts_and_delivery_only_where_it_is_said(measure: Measure | None, amount: int) -> None:
    assert counted(ALL, measure) == Count(set_id=SET, version=1, points=7, amount=amount, purchases=int(amount > 0))


def test_only_what_is_kept_counts() -> None:
    assert counted([1000, 0, 0, 0, 0]).amount == 50_000
    assert counted([0] * 5, points=0) == Count(set_id=SET, version=1, points=0, amount=0, purchases=0)


def test_another_currency_counts_a_purchase_but_no_amount() -> None:
    assert counted(ALL, currency="PLN") == Count(set_id=SET, version=1, points=7, amount=0, purchases=1)


def test_a_threshold_is_reached_at_once_and_not_one_point_before() -> None:
    climber = Climber(in_force(steps(200, 999)))
    assert (climber.level, climber.moves) == ("l0", [])
    climber.buy(199)
    assert climber.level == "l0"
    climber.buy(1)
    assert climber.level == "l1"
    climber.buy(799)
    assert (climber.level, climber.moves) == ("l2", [("", "l0"), ("l0", "l1"), ("l1", "l2")])
    climber.buy(5)
    assert len(climber.moves) == 3


def test_one_large_purchase_goes_up_several_levels_in_one_step() -> None:
    climber = Climber(in_force(steps(200, 999)))
    climber.buy(1000)
    assert climber.moves == [("", "l2")]


def test_a_level_reached_only_through_returned_goods_is_lost_at_once() -> None:
    climber = Climber(in_force(steps(200, 999)))
    first = climber.buy(150)
    climber.buy(60)
    assert climber.level == "l1"
    assert climber.bring_back(first, left=140) == "l1"
    assert climber.bring_back(first, left=139) == "l0"
    climber.buy(1)
    assert climber.level == "l1"


def test_a_level_reached_last_year_stays_when_something_of_this_year_comes_back() -> None:
    said = terms(level("l0", 0), level("l1", 100), measures=(Measure(kind="points", window="calendar_year"),))
    climber = Climber(in_force(said))
    climber.buy(100)
    later = climber.buy(50, at=NOON + 365 * DAY)
    assert climber.bring_back(later) == "l1"


def test_what_is_earned_now_keeps_a_level_whose_goods_of_then_came_back() -> None:
    said = terms(level("l0", 0), level("l1", 100), measures=(Measure(kind="points", window="calendar_year"),))
    climber = Climber(in_force(said))
    then = climber.buy(100)
    climber.buy(100, at=NOON + 365 * DAY)
    assert climber.bring_back(then, at=NOON + 366 * DAY) == "l1"


def test_a_fall_ends_at_the_level_that_was_reached_by_what_is_kept() -> None:
    said = terms(level("l0", 0), level("l1", 100), level("l2", 200), measures=(Measure(kind="points", window="calendar_year"),))
    climber = Climber(in_force(said))
    climber.buy(100)
    big = climber.buy(100, at=NOON + DAY)
    assert climber.bring_back(big, at=NOON + 365 * DAY) == "l1"


def test_later_terms_do_not_take_a_level_that_was_reached_before() -> None:
    climber = Climber(in_force(steps(100), 1, Period(None, NOON + DAY)), in_force(steps(500), 2, Period(NOON + DAY)))
    climber.buy(100)
    small = climber.buy(10, at=NOON + 2 * DAY)
    assert climber.bring_back(small) == "l1"


def test_nothing_is_counted_twice_and_a_set_out_of_force_moves_nobody() -> None:
    climber = Climber(in_force(steps(100), 1, Period(None, NOON + DAY)))
    bought = climber.buy(50)
    climber._count(bought, 50, 0, NOON, None)
    assert len(climber.levels.pending) == 2
    climber._count(bought, 0, 0, NOON + 2 * DAY, uuid4())
    assert climber.levels.tally(SET).total(Measure(kind="points"), NOON, ZONED) == 0
    assert climber.moves == [("", "l0")]


VISITS = Measure(kind="visits", window="rolling_months", months=1)


def test_several_purchases_of_one_day_are_one_visit_and_what_came_back_whole_is_none() -> None:
    it = Climber(in_force(terms(level("l0", 0), level("l1", 3), measures=(VISITS,))))
    morning = local_midnight(date(2026, 3, 2), ZONED)
    for at in (morning, morning + DAY - timedelta(microseconds=1)):
        it.buy(1, at=at)
    second = it.buy(1, at=morning + DAY)
    assert it.levels.tally(SET).total(VISITS, morning + DAY, ZONED) == 2
    it.buy(1, at=morning + 2 * DAY)
    assert (it.level, it.bring_back(second)) == ("l1", "l0")


def test_a_purchase_of_nothing_but_what_is_left_out_is_none() -> None:
    for kind in ("purchases", "visits"):
        said = terms(measures=(Measure(kind=kind, excluded_skus=("GC-1",)),))
        for sku, purchases in (("gc-1", 0), ("CF-1", 1)):
            sale = sale_of(purchase_order(line(60_000, 1, sku=sku)), UUID(int=9), "active", rules())
            assert count(SET, 1, said, sale, [1000], 0).purchases == purchases


def both(match: Any) -> LevelTerms:
    return terms(level("l1", 100, 50_000), measures=(Measure(kind="points"), Measure(kind="amount")), match=match)


def test_all_thresholds_or_any_of_them() -> None:
    strict, loose = Climber(in_force(both("all"))), Climber(in_force(both("any")))
    for climber in (strict, loose):
        climber.buy(100, amount=10_000)
    assert (strict.level, loose.level) == ("", "l1")
    strict.buy(0, amount=40_000)
    assert strict.level == "l1"


WARSAW = ZoneInfo("Europe/Warsaw")


SINCE_EVER = Measure(kind="points")
YEAR, MEMBERSHIP = Measure(kind="points", window="calendar_year"), Measure(kind="points", window="membership_year")
ONE_MONTH, TWELVE = (Measure(kind="points", window="rolling_months", months=months) for months in (1, 12))


@pytest.mark.parametrize(
    ("measure", "at", "start"),
    [
        (SINCE_EVER, datetime(2026, 3, 29, 12, tzinfo=UTC), None),
        (YEAR, datetime(2026, 12, 31, 22, 59, tzinfo=UTC), datetime(2025, 12, 31, 23, tzinfo=UTC)),
        (YEAR, datetime(2026, 12, 31, 23, tzinfo=UTC), datetime(2026, 12, 31, 23, tzinfo=UTC)),
        (TWELVE, datetime(2027, 3, 29, 12, tzinfo=UTC), datetime(2026, 3, 28, 23, tzinfo=UTC)),
        (ONE_MONTH, datetime(2026, 3, 31, 12, tzinfo=UTC), datetime(2026, 2, 27, 23, tzinfo=UTC)),
        (MEMBERSHIP, datetime(2026, 2, 27, 22, 59, tzinfo=UTC), datetime(2025, 2, 27, 23, tzinfo=UTC)),
        (MEMBERSHIP, datetime(2026, 2, 27, 23, tzinfo=UTC), datetime(2026, 2, 27, 23, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_windows_begin_at_local_midnights(measure: Measure, at: datetime, start: datetime | None) -> None:
    assert window_start(measure, at, WARSAW, joined=datetime(2024, 2, 29, 12, tzinfo=UTC)) == start


POINTS_AND_KEPT = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=5)


@settings(deadline=None, max_examples=50)
@given(POINTS_AND_KEPT)
def test_any_order_of_returns_leaves_the_level_of_what_was_kept(told: list[tuple[int, int]]) -> None:
    points, kept = [one for one, _ in told], [min(one, left) for one, left in told]
    levels = set()
    for order in list(permutations(range(len(points))))[:6]:
        climber = Climber(in_force(steps(50, 100, 150)))
        bought = [climber.buy(one, at=NOON + n * DAY) for n, one in enumerate(points)]
        for n in order:
            climber.bring_back(bought[n], left=kept[n], at=NOON + 100 * DAY)
        levels.add(climber.level)
    total = sum(kept)
    assert levels == {f"l{sum(total >= threshold for threshold in (50, 100, 150))}"}


@given(st.lists(st.tuples(st.integers(0, 120), st.integers(0, 900), st.booleans()), min_size=1, max_size=12))
def test_the_state_is_the_fold_of_its_events(deeds: list[tuple[int, int, bool]]) -> None:
    said = terms(level("l0", 0), level("l1", 100), level("l2", 150), measures=(Measure(kind="points", window="rolling_months", months=6),))
    climber = Climber(in_force(said))
    for points, days, back in deeds:
        bought = climber.buy(points, at=NOON + timedelta(days=days))
        if back:
            climber.bring_back(bought)
    again = CustomerLevels.replay(climber.levels.id, climber.levels.pending)
    assert again.tally(SET).level == climber.levels.tally(SET).level
    measure = Measure(kind="points")
    assert again.tally(SET).total(measure, NOON, ZONED) == climber.levels.tally(SET).total(measure, NOON, ZONED)


def test_who_reached_what_by_which_purchase_is_told() -> None:
    climber = Climber(in_force(steps(100), 3))
    bought = climber.buy(100, at=NOON, now=NOON + timedelta(minutes=5))
    told = climber.levels.pending[-1]
    assert isinstance(told, LevelReached)
    assert (told.set_id, told.version, told.level, told.purchase_id) == (SET, 3, "l1", bought)
    assert told.reached_at == NOON + timedelta(minutes=5)
    assert uuid4() not in climber.levels.tally(SET).counts
