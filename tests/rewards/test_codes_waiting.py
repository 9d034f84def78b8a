"""Who waits for whom over a code, and what those hear who are too late."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from loyalty.domain.errors import DomainError
from loyalty.tenancy import reading
from rewards.commands import AddSharedCode, LuckyDraw, Prize
from rewards.queries import offers
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


def test_what_has_no_code_or_prize_left_is_not_offered_as_one_that_can_be_had(shop: RewardShop) -> None:
    of_codes, _batch = stocked(shop, 1)
    prizes = (Prize(code="A", weight=1, stock=1), Prize(code="B", weight=1, stock=0))
    draw, endless = shop.reward(LuckyDraw(prizes=prizes)), shop.reward(LuckyDraw(prizes=(*prizes, Prize(code="C", weight=1))))
    customer, every = shop.with_points(900), [of_codes, draw, endless]

    def offered() -> list[str | None]:
        with reading(shop.tenant.id):
            found = {card.reward_id: card for card in offers(customer, for_customer=True)}
        return [None if found[one].can_be_had else getattr(found[one].refusal, "code", "") for one in every]

    assert offered() == [None] * 3
    for one in every:
        shop.redeem(customer, one)
    assert offered() == ["rewards.out_of_stock", "rewards.out_of_stock", None]
    for one, code in ((of_codes, "out_of_codes"), (draw, "out_of_stock")):
        with pytest.raises(DomainError, match=rf"rewards\.{code}"):
            shop.redeem(customer, one)


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
