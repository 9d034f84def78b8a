"""A customer keeps so many baskets at once and no more: what costs nothing is not kept away from others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from loyalty.domain.errors import DomainError
from loyalty.domain.identity import new_id
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from rewards.commands import HoldBasket, ReleaseBasket
from rewards.queries import quote
from tests.earning.counter import in_parallel, rows
from tests.rewards.given import LINES, RewardShop, bought, codes, wrong_guards


@pytest.fixture
def shop(tenant: Tenant, settings: Any) -> RewardShop:
    settings.MOST_OPEN_BASKETS = 3
    return RewardShop(tenant)


def order(shop: RewardShop, customer: UUID, reward: UUID, replaces: UUID | None = None) -> HoldBasket:
    where = {"merchant_id": shop.merchant_id, "pos_id": shop.pos_id}
    return HoldBasket(customer_id=customer, lines=LINES, choices=(bought(reward),), replaces=replaces, **where)


@pytest.mark.rounds
def test_of_20_baskets_at_once_for_something_free_as_many_are_kept_as_may_be(shop: RewardShop) -> None:
    customer, other, reward = shop.customer(), shop.customer(), shop.reward(points=0, stock=50)
    results = in_parallel(20, lambda _: shop.hold(customer, bought(reward)))
    assert codes(results) == [""] * 3 + ["rewards.too_many_baskets"] * 17
    assert (len(rows("rewards_basket", shop.tenant, "id")), wrong_guards(shop.tenant)) == (3, [])
    shop.hold(other, bought(reward))


def test_what_is_freed_bought_over_or_replaced_makes_room_for_another(shop: RewardShop) -> None:
    customer, reward = shop.customer(), shop.reward(points=0)
    now = datetime.now(UTC)
    first, second, _third = (shop.hold(customer, bought(reward), at=now, seconds=60 + n).basket_id for n in range(3))
    with pytest.raises(DomainError) as refused:
        shop.hold(customer, bought(reward), at=now)
    assert (refused.value.code, refused.value.params) == ("rewards.too_many_baskets", {"most": 3, "until": now + timedelta(seconds=60)})
    shop.do(ReleaseBasket(basket_id=first), at=now)
    fourth = shop.hold(customer, bought(reward), at=now, seconds=3_600).basket_id
    shop.confirm(second, at=now)
    shop.hold(customer, bought(reward), at=now, seconds=3_600)
    assert shop.do(order(shop, customer, reward, fourth), at=now).state == "held"
    with pytest.raises(DomainError, match=r"too_many_baskets"):
        shop.do(order(shop, customer, reward), at=now, dry_run=True)
    assert shop.hold(customer, bought(reward), at=now + timedelta(seconds=63)).state == "held", "time alone frees one"


def test_the_same_order_again_is_the_same_basket(shop: RewardShop) -> None:
    customer, reward, key = shop.customer(), shop.reward(points=0), new_id()
    shop.do(order(shop, customer, reward), command_id=key)
    for _ in range(3):
        with pytest.raises(DomainError, match=r"command\.applied"):
            shop.do(order(shop, customer, reward), command_id=key)
    assert rows("rewards_basket", shop.tenant, "id") == [(key,)]


def test_a_quote_says_that_no_more_are_kept(shop: RewardShop) -> None:
    customer, reward = shop.customer(), shop.reward(points=0)

    def why(replaces: UUID | None = None) -> list[str]:
        with reading(shop.tenant.id):
            return [one.refusal.code if one.refusal else "" for one in quote(order(shop, customer, reward, replaces)).offers]

    kept = [(why(), shop.hold(customer, bought(reward)).basket_id) for _ in range(3)]
    assert [said for said, _ in kept] == [[""]] * 3
    assert (why(), why(kept[0][1])) == (["rewards.too_many_baskets"], [""])
