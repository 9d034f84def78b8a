"""A connection that is lost while a reward is bought: wherever that is, it is bought once or not at all, and so are its points."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from loyalty.bus import OutcomeUnknown
from loyalty.domain.errors import DomainError
from loyalty.domain.identity import new_id
from loyalty.tenancy.models import Tenant
from loyalty.unit import Unit
from rewards.commands import CustomerLimit, HoldBasket, RedeemReward
from tests.earning.counter import rows
from tests.kernel.test_lost_connections import cut, cut_off
from tests.rewards.given import LINES, RewardShop, bought, wrong_guards

POINTS = 10_000


@pytest.fixture
def shop(tenant: Tenant, settings: Any) -> RewardShop:
    settings.MOST_OPEN_BASKETS = 100
    return RewardShop(tenant)


class Counted:
    """Orders of a customer for a reward of 100 points, with limits, stock and a budget."""

    def __init__(self, shop: RewardShop) -> None:
        self.shop, self.customer = shop, shop.with_points(POINTS)
        self.reward = shop.reward(points=100, stock=50, limits=(CustomerLimit(most=50),), daily_budget=10_000_000, levels=())

    def redeem(self, command_id: UUID) -> Any:
        return self.shop.do(RedeemReward(customer_id=self.customer, reward_id=self.reward), command_id=command_id)

    def hold(self, command_id: UUID) -> Any:
        where = {"merchant_id": self.shop.merchant_id, "pos_id": self.shop.pos_id}
        order = HoldBasket(customer_id=self.customer, lines=LINES, choices=(bought(self.reward),), **where)
        return self.shop.do(order, command_id=command_id)

    def taken(self) -> int:
        """How many were taken, by points and by what came of them alike."""
        spent = (POINTS - self.shop.available(self.customer)) // 100
        had = len(rows("rewards_coupon", self.shop.tenant, "id")) + len(rows("rewards_basket", self.shop.tenant, "id"))
        assert spent == had
        return spent


@contextmanager
def counting(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How many round trips of units there are."""
    found, whole = [0], Unit.execute_all

    def one(self: Unit, queries: Any) -> Any:
        found[0] += 1
        return whole(self, queries)

    with monkeypatch.context() as patched:
        patched.setattr(Unit, "execute_all", one)
        yield found


@pytest.mark.parametrize("name", ["redeem", "hold"])
@pytest.mark.parametrize("after", [False, True])
def test_it_is_bought_once_wherever_the_connection_is_lost(
    shop: RewardShop, monkeypatch: pytest.MonkeyPatch, name: str, after: bool
) -> None:
    counted = Counted(shop)
    order: Callable[[UUID], Any] = getattr(counted, name)
    with counting(monkeypatch) as trips:
        order(new_id())
    assert (trips[0] > 2, counted.taken()) == (True, 1)
    for at in range(1, trips[0]):
        with cut(monkeypatch, at=at, after=after) as done:
            order(new_id())
        assert (len(done), counted.taken()) == (1, 1 + at)
    key, before = new_id(), counted.taken()
    with cut(monkeypatch, at=trips[0], after=after), pytest.raises(OutcomeUnknown):
        order(key)
    assert counted.taken() == before + after
    with pytest.raises(DomainError, match=r"command\.applied") if after else nullcontext():
        order(key)
    assert (counted.taken(), wrong_guards(shop.tenant)) == (before + 1, [])


def test_questions_of_a_handler_that_find_the_connection_gone_are_asked_anew(shop: RewardShop) -> None:
    counted = Counted(shop)
    asked: list[str] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        counted.redeem(new_id())
    within = [sql for sql in asked if "set_config" not in sql]
    assert within, "what a handler asks beside what its unit reads"
    for at in range(len(within)):
        seen = [0]

        def gone(execute: Any, sql: str, params: Any, many: bool, context: Any, at: int = at, seen: list[int] = seen) -> Any:
            if "set_config" not in sql:
                if seen[0] == at:
                    cut_off()
                seen[0] += 1
            return execute(sql, params, many, context)

        with connection.execute_wrapper(gone):
            counted.redeem(new_id())
        assert counted.taken() == 2 + at
    assert wrong_guards(shop.tenant) == []
