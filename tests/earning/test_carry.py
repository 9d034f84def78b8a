"""What is left of a full amount counts with the next purchase: points are a function of all that is kept."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from earning.commands import Limit, Line, Multiplier, ProductPoints, RecordPurchase, ReturnLine, RuleScope, Selection, Thousandths
from earning.domain.account import Account
from earning.domain.limits import Limits, Room, Use
from earning.domain.rule_set import RuleSet
from earning.domain.rule_versions import InForce, RuleVersion
from earning.domain.rules import EarningRule
from earning.domain.selling import Sold, TakenBack, sale_of
from earning.events import PointsClawedBack, SpendCounted
from earning.limits import used_now, used_together
from loyalty.domain.errors import DomainError
from loyalty.domain.period import business_day
from tests.earning.given import NOON, ZONE, Shop, line, per, purchase_order, rules

CARRYING = per(40_000, whole_steps=True, carry=True)


def bought(shop: Shop, *amounts: int) -> list[int]:
    """Points of purchases A-0, A-1, …"""
    lots = [shop.record(purchase_order(line(amount, 1), document_number=f"A-{n}")).lot for n, amount in enumerate(amounts)]
    return [lot.points if lot else 0 for lot in lots]


def test_what_is_left_of_a_full_amount_counts_with_the_next_purchase() -> None:
    assert bought(Shop(rules(CARRYING)), 30_000, 30_000, 30_000, 30_000) == [0, 1, 1, 1]
    assert bought(Shop(rules(replace(CARRYING, carry=False))), 30_000, 30_000, 30_000, 30_000) == [0, 0, 0, 0]


def test_a_purchase_that_brought_nothing_takes_the_point_it_helped_to_bring() -> None:
    shop = Shop(rules(CARRYING))
    bought(shop, 30_000, 30_000)
    taken = shop.take_back("A-0")
    assert (taken.points, shop.account.balance) == (1, 0)
    (clawed,) = (event for event in shop.account.pending if isinstance(event, PointsClawedBack))
    assert clawed.purchase_id == shop.document("A-1").id


def test_the_purchase_s_own_points_go_first_then_the_latest() -> None:
    shop = Shop(rules(CARRYING))
    bought(shop, 50_000, 30_000, 40_000)
    assert shop.account.balance == 3
    assert shop.take_back("A-0").points == 2
    kept = [shop.account.lots[shop.document(f"A-{n}").id].kept for n in range(3)]
    assert kept == [0, 1, 0]


def test_it_is_kept_what_counted_and_what_does_now() -> None:
    shop = Shop(rules(CARRYING))
    bought(shop, 30_000, 30_000)
    shop.take_back("A-1", ReturnLine(line=1, quantity=Thousandths(500)))
    told = [(event.amount, event.points, event.total) for event in shop.account.pending if isinstance(event, SpendCounted)]
    assert told == [(30_000, 0, 30_000), (30_000, 1, 60_000), (15_000, 1, 45_000)]


def test_a_multiplier_looks_at_full_amounts_of_the_purchase_alone() -> None:
    shop = Shop(rules(CARRYING, Multiplier(factor=Decimal(3))))
    assert bought(shop, 30_000, 50_000) == [0, 2 + 2]
    shop.take_back("A-0")
    assert shop.account.balance == 1 + 2
    shop.take_back("A-1", by="R-2")
    assert shop.account.balance == 0


def test_what_had_no_room_leaves_its_group_to_a_rule_that_carries_and_a_return_takes_that() -> None:
    once = RuleScope(limits=(Limit(of="times", most=1),), group="tet", priority=5)
    everything = rules((per(1000), once), (CARRYING, RuleScope(group="tet")))
    shop = Shop(everything)
    for number, used in enumerate((0, 1, 1)):
        decided = purchase_order(60_000, document_number=f"A-{number}")
        limits = everything.limits(sale_of(decided, UUID(int=9), "active", everything))
        shop.rules = everything.within(Room(Limits(limits), {row.id: used for rows in limits.values() for _, row in rows}))
        shop.record(decided)
    shop.rules = everything
    assert [shop.account.lots[shop.document(f"A-{number}").id].points for number in range(3)] == [60, 1, 2]
    for number in range(3):
        shop.take_back(f"A-{number}", by=f"R-{number}")
    assert shop.account.balance == 0


def test_a_purchase_that_is_claimed_counts_with_the_others() -> None:
    shop = Shop(rules(CARRYING))
    shop.record(purchase_order(line(30_000, 2), document_number="A-9", customer_id=None))
    shop.take_back("A-9", ReturnLine(line=1, quantity=Thousandths(1000)), customer_id=None)
    bought(shop, 30_000)
    assert shop.claim("A-9").lot is not None
    assert shop.account.balance == 1


def test_versions_that_give_the_same_count_together_and_others_begin_anew() -> None:
    def versions(later: int) -> RuleSet:
        rule_id, noon = uuid4(), NOON
        first = RuleVersion(rule_id=rule_id, version=1, terms=CARRYING, periods=(InForce(None, noon),))
        return RuleSet([first, RuleVersion(rule_id=rule_id, version=2, terms=replace(CARRYING, per=later), periods=(InForce(noon),))])

    for later, points in ((40_000, 1), (50_000, 0)):
        shop = Shop(versions(later))
        shop.record(purchase_order(30_000, document_number="A-0", purchased_at=NOON.replace(hour=4)))
        shop.record(purchase_order(30_000, document_number="A-1"))
        assert shop.account.balance == points


def test_what_was_taken_over_and_what_is_left_is_explained() -> None:
    shop = Shop(rules(CARRYING))
    bought(shop, 30_000, 30_000, 5_000)
    told = []
    for number in ("A-0", "A-1", "A-2"):
        decided = shop.document(number).decided
        assert decided is not None
        (one,) = shop.rules.explain(decided)
        assert one.counted is not None
        told.append((one.outcome, one.points, one.counted.taken_over, one.counted.left))
    assert told == [("carried", 0, 0, 30_000), ("gave", 1, 30_000, 20_000), ("carried", 0, 20_000, 25_000)]


def test_only_full_amounts_leave_something() -> None:
    with pytest.raises(DomainError) as refused:
        EarningRule(uuid4()).create("Sao", per(40_000, carry=True), "points")
    assert refused.value.code == "earning.rule_carries_nothing"


class LimitedShop(Shop):
    """A shop whose rules have limits: `used` is what is noted of each."""

    def __init__(self, rule_set: RuleSet) -> None:
        super().__init__(rule_set)
        self.used: Counter[Use] = Counter()

    def record(self, order: RecordPurchase, standing: str | None = "active") -> Sold:
        unlimited = self.rules
        rows = unlimited.limits(sale_of(order, UUID(int=9), standing, unlimited))
        self.rules = unlimited.within(Room(Limits(rows), {use.id: amount for use, amount in self.used.items()}))
        clock, self.clock = self.clock, order.purchased_at + timedelta(hours=2)
        sold, self.rules = super().record(order, standing), unlimited
        self.clock = clock
        self.used += used_now(self.rules, self.document(order.document_number), self.accounts, self.wallets)
        return sold

    def take_back(self, number: str, *lines: ReturnLine, by: str = "R-1", **changes: Any) -> TakenBack:
        purchase = self.document(number)
        self.used.subtract(used_together(self.rules, purchase, self.accounts, self.wallets))
        taken = super().take_back(number, *lines, by=by, **changes)
        self.used.update(used_together(self.rules, purchase, self.accounts, self.wallets))
        return taken

    def kept_by_day(self) -> dict[date, list[int]]:
        """The points that purchases have, by the day on which they were made."""
        found: dict[date, list[int]] = {}
        for lot in self.account.lots.values():
            if lot.kept:
                found.setdefault(business_day(lot.earned.earned_at, ZoneInfo(ZONE)), []).append(lot.kept)
        return found


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


carrying = st.builds(
    per,
    st.integers(1, 50_000),
    st.decimals("0.1", "9", places=1).map(str),
    rounding=st.sampled_from(["floor", "ceil", "half_up"]),
    whole_steps=st.just(True),
    carry=st.just(True),
)
beside = st.lists(
    st.one_of(
        st.builds(per, st.integers(1000, 50_000)),
        st.builds(Multiplier, factor=st.decimals("1", "4", places=1)),
        st.builds(ProductPoints, points=st.decimals("1", "9", places=0), only=st.just(Selection(skus=("a",)))),
    ),
    max_size=2,
)
ample = st.sampled_from([(), (Limit(of="times", most=99),), (Limit(of="points", most=10**9), Limit(of="times", most=99, whose="all"))])
least = st.builds(RuleScope, minimum=st.one_of(st.none(), st.integers(0, 60_000)), limits=ample)
"""Limits that cut nothing change nothing."""
goods = st.builds(Line, total=st.integers(0, 120_000), quantity=st.integers(1, 3000).map(Thousandths), sku=st.sampled_from(["a", "b"]))
baskets = st.lists(st.lists(goods, min_size=1, max_size=2), min_size=1, max_size=4)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(baskets, carrying, least, beside, st.data())
def test_any_order_and_partition_of_returns_of_several_purchases_equals_having_bought_what_was_kept(
    bought: list[list[Line]], terms: object, scope: RuleScope, more: list[object], data: st.DataObject
) -> None:
    rule_set = rules((terms, scope), *more)  # type: ignore[arg-type]
    shop = LimitedShop(rule_set)
    for number, basket in enumerate(bought):
        shop.record(purchase_order(*basket, document_number=f"A-{number}"))
    pieces = [(n, place, part) for n, basket in enumerate(bought) for place, sold in enumerate(basket, 1) for part in _parts(data, sold)]
    for number, (n, place, part) in enumerate(data.draw(st.permutations(pieces))):
        shop.take_back(f"A-{n}", ReturnLine(line=place, quantity=Thousandths(part)), by=f"R-{number}")
    left = LimitedShop(rule_set)
    for number in range(len(bought)):
        if kept := _kept(shop, f"A-{number}"):
            left.record(purchase_order(*kept, document_number=f"A-{number}"))
    assert shop.account.balance == left.account.balance
    assert all(lot.kept >= 0 for lot in shop.account.lots.values())
    replayed = Account.replay(shop.account.id, shop.account.pending)
    assert replayed.balance == shop.account.balance
    for key, carried in replayed.carried.items():
        assert carried.due == rule_set.carrying[key].worth(carried.total)


def _parts(data: st.DataObject, sold: Line) -> list[int]:
    back = data.draw(st.integers(0, sold.measure))
    first = data.draw(st.integers(0, back))
    return [part for part in (first, back - first) if part]


def _kept(shop: Shop, number: str) -> list[Line]:
    document = shop.document(number)
    assert document.sale is not None
    parts = zip(document.sale.lines, document.values(), document.kept, strict=True)
    return [replace(sold, total=value, quantity=Thousandths(kept)) for sold, value, kept in parts if kept]
