"""What a coupon took off, where somebody says it: never more than its reward can."""

from __future__ import annotations

from typing import Any

import pytest

from earning.commands import Line, Thousandths
from loyalty.domain.errors import DomainError
from rewards.commands import Custom, DiscountPercent, FreeDelivery, FreeProduct, UseCoupon
from rewards.domain.kinds import Benefit
from tests.earning.counter import rows
from tests.rewards.given import RewardShop, wrong_guards

pytestmark = pytest.mark.usefixtures("own_log_of_module")
CUPS = Line(total=60_000, quantity=Thousandths(2_000), sku="CF")
CAKE, DELIVERY = Line(total=40_000, sku="BM"), Line(kind="delivery", total=15_000)
OFF = Line(kind="discount", total=-4_000)
TENTH, PIECE = DiscountPercent(basis_points=1_000), FreeProduct(skus=("CF",))


@pytest.fixture
def shop(tenant: Any) -> RewardShop:
    return RewardShop(tenant)


@pytest.mark.parametrize(
    ("benefit", "lines", "most"),
    [
        (TENTH, (CUPS, CAKE, DELIVERY, OFF), 10_000),
        (DiscountPercent(basis_points=1_000, most=3_000), (CUPS, CAKE, OFF), 3_000),
        (DiscountPercent(basis_points=1_000, most=3_000), (), 3_000),
        (TENTH, (Line(total=90_000),), 10_000),
        (TENTH, (), 10**11),
        (DiscountPercent(basis_points=10_000), (Line(total=0),), 10**12),
        (PIECE, (CUPS, CAKE, OFF), 30_000),
        (PIECE, (), 10**12),
        (FreeDelivery(), (CUPS, DELIVERY, OFF), 15_000),
        (FreeDelivery(most=9_000), (), 9_000),
        (Custom(), (CUPS, CAKE, DELIVERY, OFF), 100_000),
        (Custom(), (), 10**12),
    ],
)
def test_a_coupon_takes_off_what_its_reward_can_and_no_more(shop: RewardShop, benefit: Benefit, lines: tuple[Line, ...], most: int) -> None:
    customer = shop.customer()
    purchase = shop.sell(customer, *lines).purchase_id if lines else None
    coupon = shop.give(customer, shop.reward(benefit)).coupon_id
    with pytest.raises(DomainError, match=r"^rewards\.number_out_of_range") as refusal:
        shop.do(UseCoupon(coupon_id=coupon, purchase_id=purchase, worth=most + 1))
    assert (refusal.value.field, refusal.value.params["most"]) == ("worth", most)
    assert shop.do(UseCoupon(coupon_id=coupon, purchase_id=purchase, worth=most)).state == "used"
    assert rows("rewards_coupon", shop.tenant, "worth") == [(most,)]
    assert wrong_guards(shop.tenant) == []
