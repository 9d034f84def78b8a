"""Discounts that say on which lines they lie: they come back with these, and what is kept is as if it alone had been bought."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earning.commands import Line, Multiplier, ReturnLine, RuleScope, Selection, Thousandths
from earning.domain.basket import Basket
from earning.domain.discounts import lying
from earning.domain.exchange import exchange
from earning.domain.levels.counting import count
from earning.domain.levels.measures import Measure
from loyalty.domain.errors import Conflict, DomainError
from tests.earning.given import Shop, line, per, purchase_order, rules, sale
from tests.earning.levels_given import level
from tests.earning.levels_given import terms as level_terms
from tests.earning.test_returns_by_chance import partitions

ONE_PER_10 = rules(per(10))


def off(*shares: int, **more: Any) -> Line:
    """A discount of which so much lies on each of the first lines."""
    return Line(kind="discount", total=-sum(shares), line_shares=shares, **more)


@st.composite
def baskets(draw: st.DrawFn) -> tuple[Line, ...]:
    """Goods and a delivery, and discounts that lie on them, one after the other."""
    quantities = st.one_of(st.none(), st.integers(1, 5000).map(Thousandths))
    goods = [
        Line(kind=kind, total=draw(st.integers(0, 2_000)), quantity=draw(quantities), sku=draw(st.sampled_from("abc")))
        for kind in (*["goods"] * draw(st.integers(1, 4)), "delivery")
    ]
    left, discounts = [one.total for one in goods], []
    for _ in range(draw(st.integers(1, 3))):
        shares = [draw(st.integers(0, rest)) for rest in left]
        left = [rest - share for rest, share in zip(left, shares, strict=True)]
        discounts.append(off(*shares))
    return (*goods, *discounts)


def pieces_of_goods(parts: list[list[ReturnLine]], basket: tuple[Line, ...]) -> list[list[ReturnLine]]:
    """The same returns without the discounts, which nobody names."""
    named = [[one for one in part if basket[one.line - 1].kind != "discount"] for part in parts]
    return [part for part in named if part]


def kept_alone(basket: tuple[Line, ...], kept: list[int], number: str = "B-1") -> Any:
    """What is kept, as a purchase of its own: each line at what it costs, each discount at what of it lies on these."""
    lies, lines = lying(basket, kept), []
    for place, (one, rest) in enumerate(zip(basket, kept, strict=True)):
        shares = lies.get(place, ())
        total = -sum(shares) if place in lies else one.value(rest)
        lines.append(replace(one, total=total, line_shares=shares, quantity=Thousandths(rest) if one.quantity and rest else None))
    return purchase_order(*lines, document_number=number)


@given(st.data(), baskets())
def test_whatever_comes_back_in_whatever_order_what_is_kept_is_paid_and_the_rest_is_paid_back(
    data: st.DataObject, basket: tuple[Line, ...]
) -> None:
    shop = Shop(
        rules((per(7), RuleScope(minimum=100)), per(13, only=Selection(skus=("a",))), Multiplier(factor=2, only=Selection(skus=("b",))))
    )
    shop.record(purchase_order(*basket))
    document, total = shop.document("A-1"), sum(one.total for one in basket)
    back = [shop.take_back("A-1", *part, by=f"R-{n}") for n, part in enumerate(pieces_of_goods(data.draw(partitions(basket)), basket))]
    amounts, kept = [one.goods.amount for one in back], document.kept
    assert min(amounts, default=0) >= 0
    assert sum(amounts) + sum(document.values()) == total
    lies = lying(basket, kept)
    for place, shares in lies.items():
        assert kept[place] == sum(shares)
        for number, share in enumerate(basket[place].line_shares):
            exact = Fraction(share * basket[number].value(kept[number]), max(1, basket[number].total))
            assert abs(shares[number] - exact) <= Fraction(3, 2), "rounded once for each of three discounts on one line"
    if not any(kept):
        assert (sum(amounts), shop.account.balance) == (total, 0)
        return
    alone = Shop(shop.rules)
    alone.record(kept_alone(basket, kept))
    assert shop.account.balance == alone.account.balance


@given(st.data(), baskets())
def test_the_order_of_returns_changes_nothing(data: st.DataObject, basket: tuple[Line, ...]) -> None:
    parts = pieces_of_goods(data.draw(partitions(basket)), basket)
    ends = []
    for order in (parts, [*reversed(parts)], [[piece] for part in parts for piece in part]):
        shop = Shop(ONE_PER_10)
        shop.record(purchase_order(*basket))
        for n, part in enumerate(order):
            shop.take_back("A-1", *part, by=f"R-{n}")
        document = shop.document("A-1")
        ends.append((document.kept, document.values(), shop.account.balance, sum(one.amount for one in document.returns.values())))
    assert ends[0] == ends[1] == ends[2]


def test_half_of_the_goods_is_paid_back_with_half_of_what_was_taken_off() -> None:
    shop = Shop(ONE_PER_10)
    shop.record(purchase_order(line(600, 2), line(400, 1), off(120, 80), off(48, 32)))
    taken = shop.take_back("A-1", ReturnLine(line=1, quantity=Thousandths(1000)))
    assert [(one.line, one.amount) for one in taken.goods.lines] == [(1, 300), (3, -60), (4, -24)]
    assert (taken.goods.amount, taken.goods.amount_kept, taken.points, shop.account.balance) == (216, 504, 22, 50)
    last = shop.take_back("A-1", by="R-2")
    assert (last.goods.amount, last.goods.nothing_left, shop.account.balance) == (504, True, 0)


def test_nobody_names_a_discount_that_comes_by_itself() -> None:
    shop = Shop(ONE_PER_10)
    shop.record(purchase_order(line(600, 2), off(120)))
    with pytest.raises(DomainError, match=r"^earning.discount_follows_goods") as refusal:
        shop.take_back("A-1", ReturnLine(line=1, quantity=Thousandths(1000)), ReturnLine(line=2, amount=60))
    assert (refusal.value.field, refusal.value.params) == ("lines.1.line", {"line": 2})


def test_the_same_return_told_again_is_the_same() -> None:
    shop, one = Shop(ONE_PER_10), ReturnLine(line=1, quantity=Thousandths(1000))
    shop.record(purchase_order(line(600, 2), off(120)))
    first = shop.take_back("A-1", one)
    again = shop.take_back("A-1", one)
    assert (again.new, again.goods) == (False, first.goods)
    with pytest.raises(Conflict, match=r"^earning.document_differs"):
        shop.take_back("A-1", ReturnLine(line=1, quantity=Thousandths(2000)))


def test_what_lies_on_a_delivery_takes_nothing_off_the_goods() -> None:
    shop = Shop(rules(per(10, delivery=False)))
    shop.record(purchase_order(line(100), line(20, kind="delivery"), off(0, 20)))
    assert shop.account.balance == 10
    gross = Shop(rules(per(10, rewards="gross")))
    gross.record(purchase_order(line(100), off(30)))
    assert gross.account.balance == 10
    some = Shop(rules(per(10, only=Selection(skus=("a",)))))
    some.record(purchase_order(line(100, sku="a"), line(100, sku="b"), off(30, 50)))
    assert some.account.balance == 7


def test_levels_count_goods_less_what_lies_on_them() -> None:
    sold = sale(line(100, sku="a"), line(50, sku="x"), line(20, kind="delivery"), off(10, 40, 20))
    terms = level_terms(level("a", 1), measures=(Measure(kind="amount", excluded_skus=("x",)),))
    assert count(UUID(int=1), 1, terms, sale=sold, kept=[100, 50, 20, 70], points=0).amount == 90
    assert count(UUID(int=1), 1, terms, sale=sold, kept=[50, 50, 20, 65], points=0).amount == 45


def test_in_another_currency_it_lies_on_the_same_lines() -> None:
    lines = (line(1_001, 3), line(999, 2), off(333, 111), off(668, 0))
    worths = exchange(lines, "PLN", 6_543, "VND").lines  # type: ignore[arg-type]
    net = Basket(lines, None, worths).net
    assert net.amounts[2:] == (0, 0)
    assert 0 <= net.amounts[0] <= 1 >= abs(net.total - sum(worths))
    assert Basket(lines, [1_000, 2_000, 445, 445], worths).net.amounts[1] == net.amounts[1]


@pytest.mark.parametrize(
    ("lines", "code", "field"),
    [
        ((line(100), off(60), off(41), line(9)), "share_too_large", "lines.2.line_shares.0"),
        ((line(100), line(50), off(0, 51)), "share_too_large", "lines.2.line_shares.1"),
        ((line(100), replace(off(60), total=-59)), "shares_differ", "lines.1.line_shares"),
        ((line(100), off(70, 0, -10)), "shares_differ", "lines.1.line_shares"),
        ((line(100), off(50, 0, 0)), "shares_differ", "lines.1.line_shares"),
        ((line(100), off(50, 10)), "share_too_large", "lines.1.line_shares.1"),
        ((line(100), off(50, quantity=Thousandths(1000))), "shares_by_amount", "lines.1.quantity"),
        ((line(100), line(20, line_shares=(20,))), "shares_of_discounts", "lines.1.line_shares"),
    ],
)
def test_a_discount_lies_on_lines_that_have_room_for_it(lines: tuple[Line, ...], code: str, field: str) -> None:
    with pytest.raises(DomainError, match=rf"^earning.{code}") as refusal:
        Shop(ONE_PER_10).record(purchase_order(*lines))
    assert refusal.value.field == field


def test_rules_see_what_they_saw_where_discounts_do_not_say_it() -> None:
    some = Shop(rules(per(10, only=Selection(skus=("a",)))))
    some.record(purchase_order(line(100, sku="a"), line(-30, kind="discount")))
    assert some.account.balance == 10
