"""A quote of a basket that takes the place of another says what can be had then: what that one keeps is there again."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from loyalty.domain.errors import DomainError
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from rewards.commands import Choice, CustomerLimit, HoldBasket
from rewards.queries import quote
from tests.rewards.given import LINES, RewardShop, bought
from tests.rewards.test_api import app
from tests.rewards.test_basket_rights import Street, street
from tests.support.client import ApiClient

__all__ = ["street"]
QUOTE = "/api/v1/baskets/quote"


@pytest.fixture
def shop(tenant: Tenant) -> RewardShop:
    return RewardShop(tenant)


def order(shop: RewardShop, customer: UUID, *choices: Choice, replaces: UUID | None = None) -> HoldBasket:
    where = {"merchant_id": shop.merchant_id, "pos_id": shop.pos_id}
    return HoldBasket(customer_id=customer, lines=LINES, choices=choices, replaces=replaces, **where)


def had(shop: RewardShop, customer: UUID, replaces: UUID | None = None) -> dict[UUID, tuple[bool, int, str]]:
    """Of each coupon, or reward that is bought: whether it can be had, the points that are missing, and what else stands in the way."""
    with reading(shop.tenant.id):
        found = quote(order(shop, customer, replaces=replaces)).offers
    return {one.coupon_id or one.reward_id: (one.can_be_had, one.missing, one.refusal.code if one.refusal else "") for one in found}


def test_what_the_basket_before_keeps_can_be_had_in_its_place(shop: RewardShop) -> None:
    customer = shop.with_points(150)
    last, once, beside = shop.reward(points=50, stock=1), shop.reward(points=20, limits=(CustomerLimit(most=1),)), shop.reward(points=150)
    coupon = shop.give(customer, shop.reward(points=9_999)).coupon_id
    kept = shop.hold(customer, bought(last), bought(once), Choice(coupon_id=coupon)).basket_id
    now, then = had(shop, customer), had(shop, customer, kept)
    assert {key: now[key] for key in (last, once, beside, coupon)} == {
        last: (False, 0, "rewards.out_of_stock"),
        once: (False, 0, "rewards.limit_reached"),
        beside: (False, 70, ""),
        coupon: (False, 0, "rewards.coupon_reserved"),
    }
    assert [then[key] for key in (last, once, beside, coupon)] == [(True, 0, "")] * 4
    for choice in (bought(last), bought(once), bought(beside), Choice(coupon_id=coupon)):
        shop.do(order(shop, customer, choice, replaces=kept), dry_run=True)
    shop.hold(customer, bought(beside), replaces=kept)
    assert had(shop, customer, kept)[last] == (False, 50, ""), "what gave way already gives way to nothing more"


def test_a_quote_refuses_the_swaps_that_a_hold_refuses(shop: RewardShop) -> None:
    customer, other = shop.with_points(100), shop.with_points(100)
    reward = shop.reward(points=10)
    theirs, done = shop.hold(other, bought(reward)).basket_id, shop.hold(customer, bought(reward)).basket_id
    shop.confirm(done)
    for basket, code in ((theirs, "rewards.basket_unknown"), (uuid4(), "rewards.basket_unknown"), (done, "rewards.basket_confirmed")):
        told = []
        with pytest.raises(DomainError) as quoted, reading(shop.tenant.id):
            quote(order(shop, customer, bought(reward), replaces=basket))
        with pytest.raises(DomainError) as held:
            shop.do(order(shop, customer, bought(reward), replaces=basket))
        told = [(one.value.code, one.value.field) for one in (quoted, held)]
        assert told[0] == told[1] == (code, told[0][1])


def test_the_api_takes_it_from_staff_and_customers(street: Street, api: ApiClient) -> None:
    shop, who = street.shop, street.shop.with_points(100)
    reward = shop.reward(points=100)
    kept = shop.hold(who, bought(reward)).basket_id
    body = {"pos": "R-1", "lines": [{"total": 100_000, "quantity": 1_000}]}

    def missing(by: ApiClient, at: str, **more: Any) -> int:
        (offer,) = by.post(at, body | more).json()["offers"]
        return int(offer["missing"])

    assert missing(street.owner, QUOTE, customer_id=str(who)) == 100
    assert missing(street.owner, QUOTE, customer_id=str(who), replaces=str(kept)) == 0
    assert missing(app(shop, api, who), "/api/v1/me/baskets/quote", replaces=str(kept)) == 0
    unknown = app(shop, api, shop.customer()).post("/api/v1/me/baskets/quote", body | {"replaces": str(kept)})
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (404, "/replaces")
