"""A long day of rewards, made anew from its log: the same stock, limits, coupons and balances."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any
from uuid import UUID

import pytest

from loyalty.bus import dispatch_all
from loyalty.domain.identity import new_id
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.rebuild import checksum, rebuild
from rewards.commands import CancelCoupon, Choice, CustomerLimit, DiscountAmount, DiscountPercent, HoldBasket, RedeemReward, UseCoupon
from tests.earning.counter import rows
from tests.rewards.given import LINES, RewardShop, wrong_guards

pytestmark = pytest.mark.usefixtures("own_log_of_module")
ORDERS, REDEMPTIONS, CUSTOMERS = 900, 500, 20
"""Orders of a round, how many of them at least are carried out, and who gives them: 20 rounds are 10,000 redemptions of one log."""
AT_ONCE = 50
"""Orders of one transaction: of 200, with thousands before them, one outlived its ten seconds on a busy machine."""
MODELS = ("rewards.rewards", "rewards.coupons", "rewards.baskets", "earning.accounts")


def carried_out(shop: RewardShop, orders: list[tuple[UUID, Any]]) -> list[str]:
    """The code of each refusal, "" for what was done."""
    found = []
    for start in range(0, len(orders), AT_ONCE):
        some = orders[start : start + AT_ONCE]
        done = dispatch_all(
            [order for _id, order in some],
            tenant_id=shop.tenant.id,
            actor="system",
            channel="test",
            command_ids=[key for key, _order in some],
        )
        found += [one.refusal.code if one.refusal else "" for one in done]
    return found


@pytest.mark.timeout(900)
def test_redemptions_made_anew_are_the_same(tenant: Any, rounds: int, settings: Any) -> None:
    settings.MOST_OPEN_BASKETS = ORDERS * rounds
    shop, chance, redemptions = RewardShop(tenant), random.Random(7), ORDERS * rounds
    customers = [shop.with_points(redemptions * 3) for _ in range(CUSTOMERS)]
    offers = [
        shop.reward(DiscountAmount(amount=5_000), points=10),
        shop.reward(DiscountPercent(basis_points=500), points=20, stock=redemptions // 5),
        shop.reward(DiscountAmount(amount=9_000), points=30, limits=(CustomerLimit(most=3),)),
        shop.reward(DiscountAmount(amount=1_000), points=5, cost=700, daily_budget=700 * (redemptions // 8)),
    ]
    orders = [(new_id(), RedeemReward(customer_id=chance.choice(customers), reward_id=chance.choice(offers))) for _ in range(redemptions)]
    said = carried_out(shop, orders)
    had = [(key, order.customer_id) for (key, order), code in zip(orders, said, strict=True) if not code]
    assert len(had) >= REDEMPTIONS * rounds
    assert Counter(said).keys() == {
        "",
        "rewards.out_of_stock",
        "rewards.limit_reached",
        "rewards.budget_spent",
    }
    later: list[tuple[UUID, Any]] = []
    for coupon, customer in had:
        match chance.randrange(4):
            case 0:
                later.append((new_id(), UseCoupon(coupon_id=coupon)))
            case 1:
                later.append((new_id(), CancelCoupon(coupon_id=coupon, reason="Changed their mind")))
            case 2:
                hold = HoldBasket(
                    customer_id=customer,
                    merchant_id=shop.merchant_id,
                    pos_id=None,
                    lines=LINES,
                    choices=(Choice(coupon_id=coupon), Choice(reward_id=offers[0])),
                )
                later.append((new_id(), hold))
    assert set(carried_out(shop, later)) == {""}
    live = {table: checksum(table) for name in MODELS for table in PROJECTIONS[name].tables}
    for batch in (1, 1000):
        anew = {t: c for name in MODELS for t, c in rebuild(PROJECTIONS[name], batch=batch, swap=False).checksums.items()}
        assert anew == live
    assert wrong_guards(tenant) == []
    spent = sum(points - back for points, back in rows("rewards_coupon", tenant, "points, points_back"))
    assert sum(shop.available(one) for one in customers) == CUSTOMERS * redemptions * 3 - spent - 10 * sum(
        1 for _key, order in later if isinstance(order, HoldBasket)
    )
