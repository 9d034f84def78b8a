"""Points and value that come back of rewards: each to what it was taken from, and once, whatever was done by hand between."""

from __future__ import annotations

from decimal import Decimal
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest

from earning.commands import RestorePoints, ReturnLine, Thousandths
from loyalty.domain.errors import DomainError
from loyalty.domain.money import share_half_up
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.rebuild import checksum, rebuild
from rewards.commands import (
    BasketLine,
    CancelCoupon,
    Cashback,
    Choice,
    DiscountAmount,
    DiscountPercent,
    FreeDelivery,
    MarkUnused,
    ReleaseBasket,
    UseCoupon,
    ValueCode,
)
from rewards.domain.kinds import Benefit
from tests.earning.counter import rows
from tests.rewards.given import RewardShop, bought, wrong_guards
from tests.rewards.test_returns import left_of, take_back

pytestmark = pytest.mark.usefixtures("own_log_of_module")
CF, BM = ReturnLine(line=1, quantity=Thousandths(1_000)), ReturnLine(line=2, quantity=Thousandths(1_000))


@pytest.fixture
def till(tenant: Any) -> RewardShop:
    return RewardShop(tenant)


def coupon_of(till: RewardShop, reward: UUID) -> UUID:
    """The only coupon of a reward."""
    (found,) = (key for key, of in rows("rewards_coupon", till.tenant, "id, reward_id") if of == reward)
    return UUID(str(found))


def spending(till: RewardShop) -> UUID:
    """The only spending of points."""
    (found,) = (key for kind, key in rows("earning_movement", till.tenant, "kind, operation_id") if kind == "spent")
    return UUID(str(found))


def by_kind(till: RewardShop, columns: str) -> dict[str, Any]:
    return {kind: tuple(rest) for kind, *rest in rows("rewards_coupon", till.tenant, f"kind, {columns}")}


def test_a_coupon_cancelled_after_some_goods_came_back_gives_back_the_rest_of_its_price_alone(till: RewardShop) -> None:
    customer = till.with_points(500)
    amount, percent = till.reward(points=100, stock=3), till.reward(DiscountPercent(basis_points=1_000), points=60)
    done = till.confirm(till.hold(customer, bought(amount), bought(percent)).basket_id)
    take_back(till, done.purchase_id, CF)
    assert (by_kind(till, "points_back"), till.available(customer)) == ({"discount_amount": (30,), "discount_percent": (0,)}, 370)
    coupon = coupon_of(till, amount)
    till.do(MarkUnused(coupon_id=coupon, reason="Taken for another"))
    assert till.do(CancelCoupon(coupon_id=coupon, reason="Not wanted")).points == 70
    assert (by_kind(till, "points_back")["discount_amount"], till.available(customer)) == ((100,), 440)
    take_back(till, done.purchase_id)
    assert (by_kind(till, "state, points_back"), till.available(customer)) == (
        {"discount_amount": ("cancelled", 100), "discount_percent": ("cancelled", 60)},
        500,
    )
    assert wrong_guards(till.tenant) == []


def test_what_is_marked_unused_after_part_of_its_price_came_back_is_worth_the_rest_of_it(till: RewardShop) -> None:
    customer = till.with_points(500)
    reward = till.reward(points=100, stock=1)
    first = till.confirm(till.hold(customer, bought(reward)).basket_id)
    take_back(till, first.purchase_id, CF)
    coupon = coupon_of(till, reward)
    till.do(MarkUnused(coupon_id=coupon, reason="Taken for another"))
    assert left_of(till) == [("issued", 14_000)]
    again = till.confirm(till.hold(customer, Choice(coupon_id=coupon)).basket_id)
    assert again.totals.discount == 14_000
    take_back(till, first.purchase_id)
    assert (left_of(till), till.available(customer)) == ([("used", 14_000)], 430), "the second purchase has it"
    take_back(till, again.purchase_id)
    assert (left_of(till), till.available(customer)) == ([("issued", 14_000)], 430), "it was had before: it is back, its price is not"
    assert till.do(CancelCoupon(coupon_id=coupon, reason="Not wanted")).points == 70
    assert (till.available(customer), rows("rewards_room", till.tenant, "used")) == (500, [(0,)])
    assert wrong_guards(till.tenant) == []


def test_of_cashback_that_was_paid_before_comes_back_what_lay_on_the_goods(till: RewardShop) -> None:
    customer = till.with_points(500)
    coupon = till.redeem(customer, till.reward(Cashback(per_point=Decimal(50)), points=0), points=300).coupon_id
    done = till.confirm(till.hold(customer, Choice(coupon_id=coupon)).basket_id)
    assert done.totals.discount == 15_000
    take_back(till, done.purchase_id, CF)
    assert left_of(till) == [("issued", 4_500)]
    again = till.confirm(till.hold(customer, Choice(coupon_id=coupon)).basket_id)
    assert again.totals.discount == 4_500
    take_back(till, again.purchase_id)
    take_back(till, done.purchase_id)
    assert (left_of(till), till.available(customer)) == ([("issued", None)], 200)
    assert till.hold(customer, Choice(coupon_id=coupon)).totals.discount == 15_000


def test_value_that_comes_back_while_a_basket_keeps_the_coupon_stays_on_it(till: RewardShop) -> None:
    customer = till.with_points(500)
    coupon = till.redeem(customer, till.reward(ValueCode(amount=20_000))).coupon_id
    first = till.confirm(till.hold(customer, Choice(coupon_id=coupon)).basket_id)
    take_back(till, first.purchase_id, CF)
    held = till.hold(customer, Choice(coupon_id=coupon))
    take_back(till, first.purchase_id, CF)
    assert (held.totals.discount, left_of(till)) == (6_000, [("issued", 12_000)])
    till.do(ReleaseBasket(basket_id=held.basket_id))
    held = till.hold(customer, Choice(coupon_id=coupon))
    assert held.totals.discount == 12_000
    take_back(till, first.purchase_id, BM)
    done = till.confirm(held.basket_id)
    assert (done.totals.discount, left_of(till)) == (12_000, [("issued", 8_000)])
    assert till.hold(customer, Choice(coupon_id=coupon), seconds=10).totals.discount == 8_000
    take_back(till, done.purchase_id)
    live = {table: checksum(table) for table in PROJECTIONS["rewards.coupons"].tables}
    assert rebuild(PROJECTIONS["rewards.coupons"], batch=1, swap=False).checksums == live
    assert left_of(till) == [("issued", None)], "nothing of it is on any goods"


def test_value_that_was_used_without_a_purchase_does_not_come_back_with_the_goods_of_another(till: RewardShop) -> None:
    customer = till.with_points(500)
    coupon = till.redeem(customer, till.reward(ValueCode(amount=20_000))).coupon_id
    done = till.confirm(till.hold(customer, Choice(coupon_id=coupon)).basket_id)
    take_back(till, done.purchase_id, CF)
    till.do(UseCoupon(coupon_id=coupon, worth=6_000))
    take_back(till, done.purchase_id)
    assert left_of(till) == [("issued", 14_000)]


def test_a_coupon_is_not_used_for_more_than_it_is_worth(till: RewardShop) -> None:
    customer = till.with_points(500)
    for benefit, points, most in ((ValueCode(amount=20_000), None, 20_000), (Cashback(per_point=Decimal(50)), 300, 15_000)):
        coupon = till.redeem(customer, till.reward(benefit, points=0), points=points).coupon_id
        with pytest.raises(DomainError) as refused:
            till.do(UseCoupon(coupon_id=coupon, worth=most + 1))
        assert (refused.value.code, refused.value.field) == ("rewards.number_out_of_range", "worth")
        assert till.do(UseCoupon(coupon_id=coupon, worth=most)).state == "used"


@pytest.mark.parametrize("by_hand", [90, 160])
def test_what_was_given_back_by_hand_does_not_come_back_again_and_the_coupons_go(till: RewardShop, by_hand: int) -> None:
    customer = till.with_points(500)
    rewards = till.reward(points=100, stock=3), till.reward(DiscountPercent(basis_points=1_000), points=60)
    done = till.confirm(till.hold(customer, *map(bought, rewards)).basket_id)
    till.do(RestorePoints(customer_id=customer, spend_id=spending(till), points=by_hand))
    take_back(till, done.purchase_id, CF)
    take_back(till, done.purchase_id)
    assert {state for (state, _left) in left_of(till)} == {"cancelled"}
    assert sum(back for (back,) in by_kind(till, "points_back").values()) == 160 - by_hand
    assert (till.available(customer), rows("rewards_room", till.tenant, "used")) == (500, [(0,)])
    assert wrong_guards(till.tenant) == []


def test_a_coupon_is_cancelled_with_what_was_not_given_back_by_hand_before(till: RewardShop) -> None:
    customer = till.with_points(500)
    coupons = [till.redeem(customer, till.reward(points=points)).coupon_id for points in (100, 50)]
    spent = [key for kind, key in rows("earning_movement", till.tenant, "kind, operation_id", "position") if kind == "spent"]
    for spend, points in zip(spent, (40, 50), strict=True):
        till.do(RestorePoints(customer_id=customer, spend_id=spend, points=points))
    assert [till.do(CancelCoupon(coupon_id=one, reason="Not wanted")).points for one in coupons] == [60, 0]
    assert till.available(customer) == 500


GOODS = (
    BasketLine(total=59_999, quantity=3_000, sku="CF", category="drinks"),
    BasketLine(total=40_001, quantity=1_000, sku="BM"),
    BasketLine(total=33_333, sku="TEA", category="drinks"),
    BasketLine(total=200_000, quantity=1_000, sku="BAG"),
    BasketLine(kind="delivery", total=15_000, quantity=1_000),
)
BACK = (
    (ReturnLine(line=1, quantity=Thousandths(1_000)),),
    (ReturnLine(line=1, quantity=Thousandths(1_000)), ReturnLine(line=3, amount=5_000)),
    (ReturnLine(line=2, quantity=Thousandths(1_000)), ReturnLine(line=3, amount=10_000)),
)
HAD: tuple[tuple[Benefit, dict[str, Any]], ...] = (
    (DiscountAmount(amount=10_007), {}),
    (ValueCode(amount=20_003), {"skus": ("CF", "BM")}),
    (Cashback(per_point=Decimal("33.3")), {"categories": ("drinks",)}),
    (DiscountPercent(basis_points=1_000), {}),
    (FreeDelivery(), {}),
)


def test_in_whatever_order_goods_come_back_each_coupon_ends_with_what_lay_on_them(till: RewardShop) -> None:
    rewards = [till.reward(benefit, points=0 if isinstance(benefit, Cashback) else 10, **more) for benefit, more in HAD]
    ends = set()
    for order in permutations(BACK):
        customer = till.with_points(500)
        coupons = [till.redeem(customer, one, 200 if isinstance(HAD[n][0], Cashback) else None).coupon_id for n, one in enumerate(rewards)]
        held = till.hold(customer, *(Choice(coupon_id=one) for one in coupons), lines=GOODS)
        done = till.confirm(held.basket_id)
        for some in order:
            take_back(till, done.purchase_id, *some)
        of_value = [("issued", on_what_came_back(one.shares)) for one in held.choices[:3]]
        assert standing(till, coupons) == [*of_value, ("used", None), ("used", None)]
        ends.add(tuple(of_value))
        take_back(till, done.purchase_id)
        assert standing(till, coupons) == [("issued", None)] * 5
    assert len(ends) == 1


def on_what_came_back(shares: tuple[int, ...]) -> int:
    """Of the lines a third is kept of the first, nothing of the second, and 18,333 of the third."""
    kept = sum(share_half_up(shares[n], left, had) for n, left, had in ((0, 1, 3), (2, 18_333, 33_333)))
    return sum(shares[:3]) - kept


def standing(till: RewardShop, coupons: list[UUID]) -> list[tuple[Any, ...]]:
    found = {key: what for key, *what in rows("rewards_coupon", till.tenant, 'id, state, "left"')}
    return [tuple(found[one]) for one in coupons]
