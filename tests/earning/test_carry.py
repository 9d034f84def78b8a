"""What is left of a full amount counts with the next purchase: points are a function of all that is kept."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from earning.commands import Limit, Line, Multiplier, ProductPoints, ReturnLine, RuleScope, Selection, Thousandths
from earning.domain.account import Account
from earning.domain.limits import Limits, Room
from earning.domain.rule_set import RuleSet
from earning.domain.rule_versions import InForce, RuleVersion
from earning.domain.rules import EarningRule
from earning.domain.selling import sale_of
from earning.events import PointsClawedBack, SpendCounted
from loyalty.domain.errors import DomainError
from tests.earning.given import NOON, Shop, line, per, purchase_order, rules
from tests.earning.limited_shop import LimitedShop

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


def test_what_multiplies_full_amounts_is_rounded_by_itself_so_that_less_that_is_kept_is_worth_what_less_bought_would_be() -> None:
    """Half a point for each full 6 ₫: 208 ₫ are 17, 198 ₫ are 16.5, of which a tenth more is a whole point both times."""
    rule_set = rules(per(6, "0.5", whole_steps=True, carry=True), Multiplier(factor=Decimal("1.1")))
    returned, bought = LimitedShop(rule_set), LimitedShop(rule_set)
    returned.record(purchase_order(line(208, 208)))
    returned.take_back("A-1", ReturnLine(line=1, quantity=Thousandths(10_000)))
    bought.record(purchase_order(line(198, 198)))
    assert returned.account.balance == bought.account.balance == 16 + 1


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
