"""Codes at a till: who is new there is no wrong code, and customers guess apart from it."""

from __future__ import annotations

from typing import Any

import pytest

from loyalty.domain.errors import NotFound, Throttled
from rewards import guesses
from tests.earning.counter import rows
from tests.pos.counter import Till
from tests.rewards.given import RewardShop
from tests.support.pages import text_of

WRONG = "PAPER-0042X"


@pytest.fixture
def shop(tenant: Any) -> RewardShop:
    return RewardShop(tenant)


def test_who_is_new_at_a_till_is_no_wrong_code(shop: RewardShop, seller_user: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(guesses.MOST_WRONG, "staff", 1)
    till = Till(shop.tenant, seller_user)
    for typed in ("0912000001", "+84 912 000 002", "+48 601 123 456", "601123456", "Nobody Like That", "hoa2@example.com"):
        assert "Nobody found" in text_of(till.find(typed, enter=True))
    assert rows("rewards_guess", shop.tenant, "used") == []
    till.find(WRONG, enter=True)
    assert rows("rewards_guess", shop.tenant, "used") == [(1,), (1,)]
    over = text_of(till.find(WRONG, enter=True))
    assert "Too many codes were wrong" in over
    assert "Nobody found" in over, "somebody new can be registered from there"


def test_customers_in_a_shop_use_up_nothing_of_its_tills(shop: RewardShop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guesses, "MOST_FROM", 2)
    tenant_id, at = shop.tenant.id, "203.0.113.7"

    def wrong(actor: str) -> type[Exception]:
        with pytest.raises((NotFound, Throttled)) as refused, guesses.guessing(tenant_id, actor, at):
            raise NotFound("rewards.code_not_good")
        return refused.type

    assert [wrong(f"customer:{n}") for n in range(3)] == [NotFound, NotFound, Throttled]
    assert [wrong(f"staff:{n}") for n in range(3)] == [NotFound, NotFound, Throttled]
