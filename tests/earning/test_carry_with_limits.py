"""Rules that carry what is left of full amounts, with limits: what they cut is lost, and no return brings it back."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from earning.commands import Limit, Line, Multiplier, RecordPurchase, ReturnLine, RuleScope, Thousandths
from earning.domain.account import Account
from earning.domain.selling import Sold
from tests.earning.given import NOON, ZONE, line, per, purchase_order, rules
from tests.earning.limited_shop import LimitedShop

CARRYING = per(40_000, whole_steps=True, carry=True)


def daily(of: Literal["times", "points"], most: int) -> RuleScope:
    return RuleScope(limits=(Limit(of=of, most=most, period="day"),), zone=ZONE)


def on_day(number: int, *lines: Line | int, **changes: Any) -> RecordPurchase:
    return purchase_order(*lines, purchased_at=NOON - timedelta(days=9 - number), **changes)


def test_what_a_limit_cut_is_lost_and_no_return_brings_it() -> None:
    shop = LimitedShop(rules((CARRYING, daily("points", 1))))
    assert points_of(shop.record(on_day(1, line(410_000, 1), document_number="A-0"))) == 1
    assert points_of(shop.record(on_day(2, line(30_000, 1), document_number="A-1"))) == 1
    assert shop.take_back("A-1").points == 1
    assert points_of(shop.record(on_day(3, line(20_000, 1), document_number="A-2"))) == 0
    assert points_of(shop.record(on_day(4, line(10_000, 1), document_number="A-3"))) == 1
    assert [shop.take_back(f"A-{n}", by=f"R-{n}").points for n in (0, 2, 3)] == [2, 0, 0]
    assert not +shop.used


def test_a_multiplier_multiplies_what_a_limit_left() -> None:
    shop = LimitedShop(rules((CARRYING, daily("points", 1)), Multiplier(factor=Decimal(3))))
    assert points_of(shop.record(on_day(1, line(200_000, 1), document_number="A-0"))) == 1 + 2
    assert points_of(shop.record(on_day(1, line(200_000, 1), document_number="A-1"))) == 0


@pytest.mark.parametrize("total", [40_000, 60_000, 100_000, 200_000])
def test_what_fits_of_full_amounts_is_the_purchases_own_first_so_that_more_bought_is_never_worth_less(total: int) -> None:
    shop = LimitedShop(rules((CARRYING, daily("points", 1)), Multiplier(factor=Decimal(2))))
    shop.record(on_day(1, line(20_000, 1), document_number="A-0"))
    assert points_of(shop.record(on_day(2, line(total, 1), document_number="A-1"))) == 1 + 1


def test_what_a_limit_cut_goes_before_points_do() -> None:
    shop = LimitedShop(rules((CARRYING, daily("points", 3))))
    shop.record(on_day(1, line(400_000, 10), document_number="A-0"))
    half = ReturnLine(line=1, quantity=Thousandths(5000))
    assert (shop.take_back("A-0", half).points, shop.account.balance) == (0, 3)
    assert (shop.take_back("A-0", replace(half, quantity=Thousandths(3000)), by="R-2").points, shop.account.balance) == (1, 2)


def test_goods_that_found_no_room_count_and_keep_the_turn_of_their_rule() -> None:
    group = RuleScope(limits=(Limit(of="times", most=1),), group="tet", priority=5)
    shop = LimitedShop(rules((CARRYING, group), (per(1000), RuleScope(group="tet"))))
    assert [points_of(shop.record(purchase_order(line(60_000, 1), document_number=f"A-{n}"))) for n in range(2)] == [1, 0]
    (carried,) = shop.account.carried.values()
    assert (carried.total, carried.due, shop.account.balance) == (120_000, 3, 1)
    decided = shop.document("A-1").decided
    assert decided is not None
    told = next(one for one in shop.rules.explain(decided) if one.counted)
    assert (told.outcome, told.counted and told.counted.left) == ("limit_reached", 0)


def points_of(sold: Sold) -> int:
    return sold.lot.points if sold.lot else 0


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 200_000)), min_size=1, max_size=6), st.data())
def test_in_any_order_limits_hold_room_is_given_back_and_no_more_is_clawed_back_than_was_earned(
    bought: list[tuple[int, int]], data: st.DataObject
) -> None:
    limit: Literal["times", "points"] = data.draw(st.sampled_from(("times", "points")))
    most = data.draw(st.integers(1, 4))
    rounding = data.draw(st.sampled_from(["floor", "ceil", "half_up"]))
    terms = per(30_000, data.draw(st.sampled_from(["1", "2.5"])), rounding=rounding, whole_steps=True, carry=True)
    shop = LimitedShop(rules((terms, daily(limit, most))))
    todo = data.draw(st.permutations([("buy", n) for n in range(len(bought))] + [("bring", n) for n in range(len(bought))]))
    there: set[int] = set()
    for what, n in todo:
        if what == "buy":
            shop.record(on_day(bought[n][0], line(bought[n][1], 2), document_number=f"A-{n}"))
            there.add(n)
        elif n in there:
            half = data.draw(st.booleans())
            shop.take_back(f"A-{n}", *([ReturnLine(line=1, quantity=Thousandths(1000))] if half else []), by=f"R-{n}")
        by_day = shop.kept_by_day()
        used = sorted(sum(points) if limit == "points" else len(points) for points in by_day.values())
        assert sorted((+shop.used).values()) == used
        assert all(amount <= most for amount in used)
        assert shop.account.balance == sum(map(sum, by_day.values())) >= 0
        for carried in shop.account.carried.values():
            assert carried.due == terms.worth(carried.total)
    for n in there:
        if any(shop.document(f"A-{n}").kept):
            shop.take_back(f"A-{n}", by=f"Z-{n}")
    assert (shop.account.balance, +shop.used) == (0, Counter())
    assert Account.replay(shop.account.id, shop.account.pending).balance == 0
