"""Rules beside each other, in figures that were worked out on paper from what was promised, not from what the code gives."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from earning.commands import LabelFactor, LevelFactor, Limit, Line, Multiplier, ProductPoints, ReturnLine, RuleScope, Selection, Thousandths
from earning.domain.seen import CustomerSeen
from loyalty.domain.period import LimitPeriod
from tests.earning.given import Shop, line, per, purchase_order, rules, sale
from tests.earning.limited_shop import LimitedShop

WARSAW = "Europe/Warsaw"
THOUSAND = per(1_000)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def bought(shop: Shop, *lines: Line | int, **more: Any) -> int:
    """Sell, and say what it gave."""
    number = f"D-{len(shop.documents)}"
    shop.record(purchase_order(*lines, document_number=number, **more))
    lot = shop.account.lots.get(shop.document(number).id)
    return lot.points if lot else 0


@pytest.mark.parametrize(
    ("period", "first", "last", "after"),
    [
        ("day", "2026-10-24T22:00", "2026-10-25T22:59", "2026-10-25T23:00"),
        ("day", "2026-03-28T23:00", "2026-03-29T21:59", "2026-03-29T22:00"),
        ("week", "2026-03-22T23:00", "2026-03-29T21:59", "2026-03-29T22:00"),
        ("week", "2026-10-18T22:00", "2026-10-25T22:59", "2026-10-25T23:00"),
        ("month", "2026-02-28T23:00", "2026-03-31T21:59", "2026-03-31T22:00"),
        ("quarter", "2025-12-31T23:00", "2026-03-31T21:59", "2026-03-31T22:00"),
        ("half_year", "2025-12-31T23:00", "2026-06-30T21:59", "2026-06-30T22:00"),
        ("half_year", "2026-06-30T22:00", "2026-12-31T22:59", "2026-12-31T23:00"),
        ("year", "2025-12-31T23:00", "2026-12-31T22:59", "2026-12-31T23:00"),
    ],
)
def test_a_limit_begins_anew_at_local_midnight_over_both_changes_of_the_clock(
    period: LimitPeriod, first: str, last: str, after: str
) -> None:
    """7 and 7 points with room for 10 in each period: all, what fits, and all again from the next period's first moment on."""
    for of, most, expected in (("points", 10, [7, 3, 7]), ("times", 1, [7, 0, 7])):
        limit = Limit(of=of, most=most, period=period)  # type: ignore[arg-type]
        shop = LimitedShop(rules((THOUSAND, RuleScope(limits=(limit,), zone=WARSAW))))
        assert [bought(shop, 7_000, purchased_at=at(when), zone=WARSAW) for when in (first, last, after)] == expected


def test_a_budget_of_points_is_used_up_once_and_what_comes_back_can_be_given_again() -> None:
    """A budget of 10: 7 and 3 are given, then nothing; goods worth 4 of the first come back, and 4 can be given again."""
    budget = RuleScope(limits=(Limit(of="points", most=10, period="ever", whose="all"),))
    shop = LimitedShop(rules((THOUSAND, budget)))
    assert [bought(shop, amount) for amount in (7_000, 7_000, 7_000)] == [7, 3, 0]
    shop.take_back("D-0", ReturnLine(line=1, amount=4_000))
    assert (shop.account.balance, bought(shop, 9_000), shop.account.balance) == (6, 4, 10)


def test_two_limits_of_one_rule_are_both_kept() -> None:
    """At most 2 times a week and 10 points a month: 6, then the 4 that fit, then none though a new week has begun; 6 in the next month."""
    limits = (Limit(of="times", most=2, period="week"), Limit(of="points", most=10, period="month"))
    shop = LimitedShop(rules((THOUSAND, RuleScope(limits=limits, zone=WARSAW))))
    days = ("2026-03-02T12:00", "2026-03-03T12:00", "2026-03-04T12:00", "2026-03-09T12:00", "2026-04-01T12:00")
    assert [bought(shop, 6_000, purchased_at=at(when), zone=WARSAW) for when in days] == [6, 4, 0, 0, 6]


def test_of_an_exclusive_group_the_next_rule_counts_once_the_goods_of_the_first_came_back() -> None:
    """5 per 1,000 on X come first: 50,000 of it give 250, and Y nothing beside. Without X it is 1 per 1,000 on 50,000 of Y."""
    group = RuleScope(group="one of these")
    first = per(1_000, "5", only=Selection(skus=("X",)))
    product = ProductPoints(points=Decimal(1000))
    shop = Shop(rules((first, replace(group, priority=1)), (THOUSAND, group), (product, group)))
    assert bought(shop, line(50_000, 1, sku="X"), line(50_000, 1, sku="Y")) == 250
    shop.take_back("D-0", ReturnLine(line=1, quantity=Thousandths(1000)))
    assert shop.account.balance == 50


def test_priority_and_stopping_are_of_one_kind_each() -> None:
    """100,000: 100 points per amount, doubled by the multiplier that comes first and stops the one by three: 200. Of two rules for
    products the first gives 10 and stops the other one. Together 210.
    """
    stops = RuleScope(stops=True, priority=5)
    double, triple = Multiplier(factor=Decimal(2)), Multiplier(factor=Decimal(3))
    ten, five = (ProductPoints(points=Decimal(points), each="line") for points in (10, 5))
    shop = Shop(rules(triple, (double, stops), five, (ten, stops), THOUSAND))
    assert bought(shop, line(100_000, 1)) == 210


def test_the_best_of_some_and_all_of_the_others_multiply_one_line_each_rule_once() -> None:
    """A is red: the best of 2 by colour and 1.5; B is blue and large: 3 by size. Gold doubles both, and B counts half for another rule.
    A: 100 x 2 x 2 = 400, B: 60 x 3 x 2 x 0.5 = 180; delivery counts nothing.
    """
    by_label = (LabelFactor(label="color", value="red", factor=Decimal(2)), LabelFactor(label="size", value="L", factor=Decimal(3)))
    told = (
        per(1_000, delivery=False),
        Multiplier(by_label=by_label, combine="best"),
        Multiplier(factor=Decimal("1.5"), only=Selection(skus=("A",)), combine="best"),
        Multiplier(by_level=(LevelFactor(level="gold", factor=Decimal(2)), LevelFactor(level="silver", factor=Decimal("1.2")))),
        Multiplier(factor=Decimal("0.5"), only=Selection(skus=("B",))),
    )
    lines = (
        line(100_000, 1, sku="A", labels={"color": "red"}),
        line(60_000, 1, sku="B", labels={"color": "blue", "size": "L"}),
        line(10_000, kind="delivery"),
    )
    for levels, expected in ((("gold",), 580), (("silver",), 348), ((), 290), (("gold", "silver"), 580)):
        seen = replace(sale(*lines), seen=CustomerSeen(levels=levels))
        assert sum(c.points for c in rules(*told).worth(seen)) == expected


@pytest.mark.parametrize(
    ("amount", "floor", "half_up", "ceil"),
    [(39_999, 0, 0, 0), (40_000, 2, 3, 3), (79_999, 2, 3, 3), (100_000, 5, 5, 5), (130_000, 7, 8, 8)],
)
def test_full_amounts_are_counted_before_they_are_rounded(amount: int, floor: int, half_up: int, ceil: int) -> None:
    """2.5 points for each full 40,000: one is 2.5, two are 5, three are 7.5."""
    given = [sum(c.points for c in rules(per(40_000, "2.5", whole_steps=True, rounding=how)).worth(sale(amount))) for how in HOW]
    assert given == [floor, half_up, ceil]


HOW: tuple[Any, ...] = ("floor", "half_up", "ceil")


@pytest.mark.parametrize(("amount", "expected"), [(1_499, [1, 1, 2]), (1_500, [1, 2, 2]), (1_000, [1, 1, 1]), (1, [0, 0, 1])])
def test_points_in_proportion_are_rounded_down_to_the_nearest_or_up(amount: int, expected: list[int]) -> None:
    assert [sum(c.points for c in rules(per(1_000, rounding=how)).worth(sale(amount))) for how in HOW] == expected


@pytest.mark.parametrize(
    ("more", "expected"),
    [({}, 105), ({"delivery": False}, 75), ({"rewards": "gross"}, 125), ({"rewards": "gross", "delivery": False}, 95)],
)
def test_the_base_with_and_without_rewards_and_delivery(more: dict[str, Any], expected: int) -> None:
    """Goods 90, a fee of 5, delivery 30, and 20 taken off by a reward."""
    lines = (line(90_000, 1), line(5_000, kind="fee"), line(30_000, kind="delivery"), line(-20_000, kind="discount"))
    assert sum(c.points for c in rules(per(1_000, **more)).worth(sale(*lines))) == expected


def test_a_smallest_basket_must_still_be_kept_after_returns() -> None:
    """From 200,000 on: three lines of 100,000 give 300; with one back 200, with two back the basket is too small for any."""
    shop = Shop(rules((THOUSAND, RuleScope(minimum=200_000))))
    assert bought(shop, *(line(100_000, 1) for _ in range(3))) == 300
    for number, left in ((1, 200), (3, 0)):
        shop.take_back("D-0", ReturnLine(line=number, quantity=Thousandths(1000)), by=f"R-{number}")
        assert shop.account.balance == left


def test_what_is_left_of_full_amounts_counts_on_over_purchases_and_returns() -> None:
    """1 for each full 40,000 of all that is kept: 30 → 0, 60 → 1, 110 → 2; the first comes back: 80 → 2, half of the last: 55 → 1."""
    shop = Shop(rules(per(40_000, whole_steps=True, carry=True)))
    assert [bought(shop, amount) for amount in (30_000, 30_000, 50_000)] == [0, 1, 1]
    shop.take_back("D-0", by="R-1")
    assert shop.account.balance == 2
    shop.take_back("D-2", ReturnLine(line=1, amount=25_000), by="R-2")
    assert shop.account.balance == 1
    assert (bought(shop, 24_999), bought(shop, 1)) == (0, 1), "80,000 are full again with the last unit"
