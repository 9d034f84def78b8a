"""Who waits for whom over a code, and what those hear who are too late."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from rewards.commands import AddSharedCode
from rewards.stock import ALONE
from tests.earning.counter import in_parallel
from tests.rewards.given import RewardShop, codes, wrong_guards
from tests.rewards.test_code_batches import stocked
from tests.rewards.test_codes_brought import brought, on_paper

pytestmark = pytest.mark.usefixtures("own_log_of_module")


@pytest.fixture
def shop(tenant: Any) -> RewardShop:
    return RewardShop(tenant)


def test_who_is_too_late_for_a_code_hears_nothing_else_of_its_reward(shop: RewardShop) -> None:
    for bound in ({"stock": 1}, {"daily_budget": 5_000, "cost": 5_000}):
        _reward, batch = stocked(shop, 1, **bound)
        orders = [brought(shop, on_paper(shop, batch)[0], shop.customer()) for _ in range(20)]
        results = in_parallel(20, lambda n, orders=orders: shop.do(orders[n]))
        assert codes(results) == [""] + ["rewards.code_not_good"] * 19
    assert wrong_guards(shop.tenant) == []


def test_a_dry_run_waits_for_nobody_and_who_gets_a_code_for_all_waits_for_who_withdraws_it(shop: RewardShop) -> None:
    reward, batch = stocked(shop, 1)
    shared = shop.reward(codes="shared")
    shop.do(AddSharedCode(reward_id=shared, code="Tet-2027"))
    paper, customer = brought(shop, on_paper(shop, batch)[0], shop.customer()), shop.with_points(100)
    with ThreadPoolExecutor(1) as pool, connections["owner"].cursor() as cursor:
        cursor.execute("begin")
        for key in (reward, shared):
            cursor.execute(ALONE, [str(shop.tenant.id), str(key)])
        assert pool.submit(alone, lambda: shop.do(paper, dry_run=True)).result(5).state == "active"
        assert pool.submit(alone, lambda: shop.redeem(customer, shared, dry_run=True)).result(5).state == "active"
        redeemed = pool.submit(alone, lambda: shop.redeem(customer, shared))
        with pytest.raises(TimeoutError):
            redeemed.result(1)
        cursor.execute("rollback")
        assert redeemed.result(5).state == "active"


def alone(work: Callable[[], Any]) -> Any:
    """Work on a connection of its own."""
    try:
        return work()
    finally:
        connections.close_all()
