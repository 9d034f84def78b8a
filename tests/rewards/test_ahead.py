"""What points could buy next is foreseen with a purchase: in the reader's language; nothing is recorded."""

from __future__ import annotations

from typing import Any

from earning import queries
from loyalty.tenancy import reading
from tests.earning.given import per
from tests.earning.test_wallets_of_rules import rule_into
from tests.rewards.given import RewardShop


def test_it_is_the_one_that_is_missed_by_the_least_of_those_that_can_be_had(tenant: Any) -> None:
    shop = RewardShop(tenant)
    rule_into(shop, "points", per(10_000))
    customer = shop.with_points(30)
    shop.reward(points=40)
    dear, near = shop.reward(points=500), shop.reward(points=60)
    shop.reward(points=55, levels=("gold",))
    shop.reward(points=56, stock=0)
    shop.reward(points=57, sold=False)

    def foreseen(total: int) -> Any:
        with reading(tenant.id):
            return queries.preview(shop.order(customer, total)).next_in_catalogue

    told = foreseen(100_000)
    assert (told.reward_id, told.name, told.wallet, told.points, told.missing) == (near, "Free coffee", "points", 60, 20)
    assert (foreseen(200_000).missing, foreseen(300_000).reward_id, foreseen(300_000).missing) == (10, dear, 440)
    assert foreseen(5_000_000) is None
    with reading(tenant.id):
        assert queries.preview(shop.order(None, 100_000)).next_in_catalogue is None
    assert shop.do(shop.order(customer, 100_000)).next_in_catalogue is None, "it is foreseen, and no part of what was recorded"
