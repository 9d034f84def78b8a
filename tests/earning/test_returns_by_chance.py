"""Whatever comes back, in whatever order and parts: as if only what is kept had been bought."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from earning.commands import Line, Multiplier, PointsPerAmount, ProductPoints, ReturnLine, RuleScope, Selection, Thousandths
from earning.domain.account import Account
from earning.domain.purchase import Purchase
from earning.domain.rule_set import RuleSet
from loyalty.domain.errors import DomainError
from tests.earning.given import Shop, per, purchase_order, rules

terms = st.builds(
    per,
    st.integers(1, 100_000),
    st.decimals("0.01", "50", places=2).map(str),
    rounding=st.sampled_from(["floor", "ceil", "half_up"]),
    whole_steps=st.booleans(),
)
skus = st.sampled_from(["a", "b", "c"])
some = st.builds(lambda named: Selection(skus=tuple(named)), st.lists(skus, max_size=2))
never = st.builds(lambda named: Selection(skus=tuple(named)), st.lists(skus, max_size=1))
filtered = st.builds(lambda plain, only, out: replace(plain, only=only, never=out, rewards="gross"), terms, some, never)
"""A discount of the whole document that counts where its goods do not would make less bought earn more; a return gives nothing."""
products = st.builds(
    ProductPoints,
    points=st.decimals("0.1", "200", places=1),
    each=st.sampled_from(["line", "unit"]),
    rounding=st.sampled_from(["floor", "ceil", "half_up"]),
    only=some,
)
multipliers = st.builds(Multiplier, factor=st.decimals("1", "5", places=1), combine=st.sampled_from(["compound", "best"]), only=some)
growing = st.builds(RuleScope, priority=st.integers(0, 2), minimum=st.one_of(st.none(), st.integers(0, 3_000_000)))
"""Scopes under which more bought never earns less."""
any_kind = st.one_of(terms, filtered, products)
rule_sets = st.lists(st.tuples(any_kind, growing), max_size=4).flatmap(
    lambda found: st.lists(multipliers, max_size=2).map(lambda factors: rules(*found, *factors))
)
goods = st.builds(
    Line,
    kind=st.sampled_from(["goods", "goods", "delivery", "fee"]),
    total=st.integers(0, 2_000_000),
    quantity=st.one_of(st.none(), st.integers(1, 5000).map(Thousandths)),
    sku=skus,
)
discounts = st.builds(Line, kind=st.just("discount"), total=st.integers(-50_000, 0), quantity=st.just(Thousandths(1000)))
baskets = st.tuples(st.lists(goods, min_size=1, max_size=4), st.lists(discounts, max_size=1)).map(lambda parts: (*parts[0], *parts[1]))


def kept_purchase(shop: Shop, number: str = "A-1") -> tuple[Line, ...]:
    """What is left of a purchase, as the lines of a purchase of its own."""
    document = shop.document(number)
    assert document.sale is not None
    kept = zip(document.sale.lines, document.values(), document.kept, strict=True)
    return tuple(
        replace(sold, total=value, quantity=None if sold.quantity is None else Thousandths(left)) for sold, value, left in kept if left
    )


def points_of(basket: tuple[Line, ...], rule_set: RuleSet) -> int:
    shop = Shop(rule_set)
    if basket:
        shop.record(purchase_order(*basket))
    return shop.account.balance


@st.composite
def partitions(draw: st.DrawFn, basket: tuple[Line, ...]) -> list[list[ReturnLine]]:
    """Some of the basket, cut into returns of some lines each."""
    pieces: list[ReturnLine] = []
    for number, sold in enumerate(basket, 1):
        left = sold.measure
        while left and draw(st.booleans()):
            part = draw(st.integers(1, left))
            left -= part
            by = {"amount": part} if sold.quantity is None else {"quantity": Thousandths(part)}
            pieces.append(ReturnLine(line=number, **by))
    pieces = draw(st.permutations(pieces))
    cuts = sorted(draw(st.sets(st.integers(1, len(pieces) - 1)))) if len(pieces) > 1 else []
    return [list(pieces[a:b]) for a, b in zip([0, *cuts], [*cuts, len(pieces)], strict=True) if pieces[a:b]]


def take_back_all(shop: Shop, parts: list[list[ReturnLine]], number: str = "A-1") -> None:
    """Goods without their discount, or a discount without its goods, are refused, and come back with the next part."""
    waiting: list[ReturnLine] = []
    for n, part in enumerate(parts):
        waiting += part
        with discounts_may_wait():
            shop.take_back(number, *waiting, by=f"{number}/{n}")
            waiting = []


@contextmanager
def discounts_may_wait() -> Iterator[None]:
    try:
        yield
    except DomainError as refusal:
        if refusal.code not in {"earning.return_of_less_than_nothing", "earning.return_of_more_than_paid"}:
            raise


@given(st.data(), baskets, rule_sets)
def test_a_return_in_parts_equals_having_bought_what_is_kept(data: st.DataObject, basket: tuple[Line, ...], rule_set: RuleSet) -> None:
    total = sum(item.total for item in basket)
    if total < 0:
        return
    shop = Shop(rule_set)
    shop.record(purchase_order(*basket))
    earned = shop.account.balance
    take_back_all(shop, data.draw(partitions(basket)))
    assert shop.account.balance == points_of(kept_purchase(shop), rule_set)
    assert 0 <= shop.account.balance <= earned
    assert sum(shop.document("A-1").values()) == total - sum(r.amount for r in shop.document("A-1").returns.values())


@given(st.data(), st.lists(baskets, min_size=2, max_size=3), rule_sets)
def test_returns_of_several_purchases_do_not_touch_each_other(data: st.DataObject, sold: list[tuple[Line, ...]], rule_set: RuleSet) -> None:
    sold = [basket for basket in sold if sum(item.total for item in basket) >= 0]
    shop, numbers = Shop(rule_set), [f"A-{n}" for n in range(len(sold))]
    for number, basket in zip(numbers, sold, strict=True):
        shop.record(purchase_order(*basket, document_number=number))
    for n in data.draw(st.permutations(range(len(sold)))):
        take_back_all(shop, data.draw(partitions(sold[n])), numbers[n])
    assert shop.account.balance == sum(points_of(kept_purchase(shop, number), rule_set) for number in numbers)


@given(st.data(), baskets, rule_sets)
def test_whatever_happened_the_state_is_its_replay(data: st.DataObject, basket: tuple[Line, ...], rule_set: RuleSet) -> None:
    if sum(item.total for item in basket) < 0:
        return
    shop = Shop(rule_set)
    shop.record(purchase_order(*basket))
    take_back_all(shop, data.draw(partitions(basket)))
    document, account = shop.document("A-1"), shop.account
    again = Purchase.replay(document.id, document.pending)
    assert (again.kept, again.returns, again.sale) == (document.kept, document.returns, document.sale)
    lots = Account.replay(account.id, account.pending).lots
    assert {k: (lot.remaining, lot.clawed_back) for k, lot in lots.items()} == {
        k: (lot.remaining, lot.clawed_back) for k, lot in account.lots.items()
    }


@given(st.integers(0, 10**12), st.integers(0, 10**12), terms)
def test_more_money_never_gives_fewer_points(a: int, b: int, rule: PointsPerAmount) -> None:
    assert (rule.worth(a) <= rule.worth(b)) == (a <= b) or rule.worth(a) == rule.worth(b)


@given(st.integers(0, 10**12), terms)
def test_rounding_moves_less_than_a_point(amount: int, rule: PointsPerAmount) -> None:
    assert abs(rule.worth(amount) - rule.exact(amount)) < 1
    floor, ceil = (replace(rule, rounding=side).worth(amount) for side in ("floor", "ceil"))
    assert floor <= rule.exact(amount) <= ceil
