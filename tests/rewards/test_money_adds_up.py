"""Goods of a basket come back in whatever parts and order: money, points and what coupons are worth add up to the minor unit."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from earning.commands import Line, ReturnAnswer, ReturnLine, Thousandths
from earning.queries import PurchaseCard, goods_return, preview_return, purchase
from loyalty.domain.errors import DomainError
from loyalty.domain.money import share_half_up
from loyalty.tenancy import reading
from rewards.commands import Choice, DiscountAmount, DiscountPercent, FreeDelivery, ValueCode
from tests.earning.counter import rows
from tests.earning.given import per
from tests.pos.given import bring_level
from tests.rewards.given import LINES, RewardShop, bought, wrong_guards
from tests.rewards.test_random_baskets import basket, chosen, parts

pytestmark = pytest.mark.usefixtures("own_log_of_module")
OF_VALUE = {"discount_amount", "value_code", "cashback"}


@pytest.fixture
def till(tenant: Any) -> RewardShop:
    shop = RewardShop(tenant)
    shop.rule(replace(per(100), currency=tenant.currency))
    return shop


def take_back(till: RewardShop, purchase_id: UUID, *lines: ReturnLine) -> ReturnAnswer:
    """Goods come back, and what follows happens; what was foreseen comes back."""
    with reading(till.tenant.id):
        order = goods_return(purchase_id, document_number=uuid4().hex[:12], returned_at=datetime.now(UTC), lines=lines or None)
        foreseen = preview_return(order)
    answer = till.do(order)
    assert (foreseen.amount, foreseen.points) == (answer.amount, answer.points)
    bring_level("rewards.returns")
    return answer


def card(till: RewardShop, purchase_id: UUID) -> PurchaseCard:
    with reading(till.tenant.id):
        return purchase(purchase_id)


def in_groups(chance: random.Random, pieces: list[ReturnLine]) -> list[list[ReturnLine]]:
    """Some of the pieces, as several returns of some lines each."""
    groups: list[list[ReturnLine]] = [[]]
    for piece in pieces[: chance.randrange(1, len(pieces) + 1)]:
        if groups[-1] and chance.random() < 0.5:
            groups.append([])
        groups[-1].append(piece)
    return groups


def alone(sold: PurchaseCard) -> list[Line]:
    """What is kept, as lines of a purchase of its own. Of a discount, what is left of it lies on the goods by what is paid for these:
    rules that look at all lines ask for no more.
    """
    kept = [line for line in sold.lines if line.left]
    return [
        replace(one.line, total=one.line.value(one.left), quantity=one.line.quantity and Thousandths(one.left), line_shares=())
        for one in kept
    ]


@pytest.mark.parametrize("seed", range(8))
def test_what_is_kept_is_paid_and_earns_as_if_it_alone_had_been_bought(till: RewardShop, seed: int) -> None:
    chance = random.Random(seed)
    customer, lines = till.with_points(3_000), basket(chance)
    choices = chosen(till, customer, chance, lines)
    held = till.hold(customer, *choices, lines=lines)
    done = till.confirm(held.basket_id)
    assert done.purchase_id is not None
    begun = card(till, done.purchase_id)
    paid_back = [take_back(till, done.purchase_id, *group).amount for group in in_groups(chance, parts(chance, lines))]
    sold = card(till, done.purchase_id)
    assert min(paid_back) >= 0
    assert sum(paid_back) + sold.kept == begun.total == held.totals.total
    goods = [one for one in sold.lines if one.line.kind != "discount"]
    off = [one for one in sold.lines if one.line.kind == "discount"]
    assert sold.kept == sum(one.line.value(one.left) for one in goods) - sum(one.left for one in off)
    if sold.kept:
        other = till.sell(till.customer(), *alone(sold))
        assert sold.points == other.points
    else:
        assert sold.points == 0
    _coupons_add_up(till, sold, [choice.worth and choice.kind != "free_product" for choice in held.choices], done.coupons)
    assert wrong_guards(till.tenant) == []


def _coupons_add_up(till: RewardShop, sold: PurchaseCard, has_line: list[Any], coupons: tuple[UUID, ...]) -> None:
    """Each coupon has back what came back of its discount, in value or in points that were paid for it."""
    discounts = iter([one for one in sold.lines if one.line.kind == "discount"])
    stands = {key: more for key, *more in rows("rewards_coupon", till.tenant, 'id, kind, state, in_basket, points, points_back, "left"')}
    everything = not any(one.left for one in sold.lines)
    for coupon, stood in zip(coupons, has_line, strict=True):
        if not stood:
            continue
        discount, (kind, state, in_basket, points, points_back, left) = next(discounts), stands[coupon]
        worth = -discount.line.total
        back = worth - discount.left
        if everything:
            assert (state, points_back) == (("cancelled", points) if in_basket else ("issued", 0))
        elif in_basket and kind in OF_VALUE | {"free_delivery"}:
            assert points_back == share_half_up(points, back, worth)
        elif not in_basket and kind in OF_VALUE:
            assert (state, left) == (("issued", back) if back else ("used", left))


def test_half_of_the_goods_is_paid_back_with_half_of_what_lay_on_them(till: RewardShop) -> None:
    customer = till.with_points(500)
    code = till.redeem(customer, till.reward(ValueCode(amount=20_000))).coupon_id
    done = till.confirm(till.hold(customer, Choice(coupon_id=code), bought(till.reward(DiscountPercent(basis_points=1_000)))).basket_id)
    assert done.purchase_id is not None
    assert (done.totals.total, done.earned) == (70_000, 700)
    # of 60,000 lie 6,000 and 12,000 on two cups: one of them comes back for 21,000
    answer = take_back(till, done.purchase_id, ReturnLine(line=1, quantity=Thousandths(1_000)))
    assert (answer.amount, answer.points) == (21_000, 210)
    assert rows("rewards_coupon", till.tenant, '"left"', "kind desc")[0] == (6_000,)
    rest = take_back(till, done.purchase_id)
    assert (rest.amount, rest.points) == (49_000, 490)


def test_a_free_delivery_takes_no_points_of_the_goods(till: RewardShop) -> None:
    till.rule(replace(per(50, delivery=False), currency=till.tenant.currency))
    customer, lines = till.customer(), (LINES[0], replace(LINES[1], kind="delivery"))
    coupon = till.give(customer, till.reward(FreeDelivery())).coupon_id
    done = till.confirm(till.hold(customer, Choice(coupon_id=coupon), lines=lines).basket_id)
    assert (done.totals.total, done.earned) == (60_000, 600 + 1_200)


def test_a_discount_cannot_be_brought_back_without_its_goods(till: RewardShop) -> None:
    customer = till.customer()
    coupon = till.give(customer, till.reward(DiscountAmount(amount=20_000))).coupon_id
    done = till.confirm(till.hold(customer, Choice(coupon_id=coupon)).basket_id)
    assert done.purchase_id is not None
    with pytest.raises(DomainError, match=r"^earning.discount_follows_goods"), reading(till.tenant.id):
        preview_return(
            goods_return(done.purchase_id, document_number="R-1", returned_at=datetime.now(UTC), lines=(ReturnLine(line=3, amount=20_000),))
        )
