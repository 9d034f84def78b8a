"""Rewards over HTTP: drafted by a marketer, redeemed by a customer and at the till, used once."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from rewards.commands import DiscountPercent
from tests.earning.counter import in_parallel, rows
from tests.pos.given import a_merchant, a_place, a_seller
from tests.rewards.given import RewardShop
from tests.support.client import ApiClient

REWARDS, COUPONS, ME = "/api/v1/rewards", "/api/v1/coupons", "/api/v1/me"
BODY: dict[str, Any] = {
    "name": "Coffee",
    "texts": [{"language": "en", "name": "Free coffee", "conditions": "One a day"}],
    "terms": {
        "gives": {"cashback": {"per_point": "2.5", "least": 10}},
        "active": {"starts": "2026-01-01T00:00:00+07:00", "weekdays": []},
        "public": True,
    },
}


@pytest.fixture
def shop(tenant: Any) -> RewardShop:
    return RewardShop(tenant)


def app(shop: RewardShop, api: ApiClient, who: Any) -> ApiClient:
    return ApiClient(api.post(f"/api/v1/customers/{who}/tokens", {}).json()["token"], shop.tenant.hosts[0])


def test_a_reward_is_drafted_changed_and_put_in_force(shop: RewardShop, api: ApiClient) -> None:
    made = api.post(REWARDS, {"content": BODY})
    assert made.status_code == 201, made.content
    at = f"{REWARDS}/{made.json()['reward_id']}"
    shown = api.get(at).json()
    assert shown["content"]["terms"]["active"]["starts"] == "2025-12-31T17:00:00Z"
    assert api.post(f"{at}/change", {"content": shown["content"] | {"name": "Tea"}, "seen_version": 1}).json()["version"] == 2
    stale = api.post(f"{at}/change", {"content": shown["content"], "seen_version": 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "rewards.changed_meanwhile")
    assert [api.post(f"{at}/{deed}", {}).json()["state"] for deed in ("activate", "pause", "activate")] == ["active", "paused", "active"]
    assert [one["text"]["name"] for one in api.anonymous().get(f"{REWARDS}/public").json()] == ["Free coffee"]
    assert [one["version"] for one in api.get(f"{at}/versions").json()] == [2, 1]
    assert api.post(f"{at}/clone", {"name": "Copy"}).json()["state"] == "draft"
    assert api.post(f"{at}/end", {}).json()["state"] == "ended"
    wrong = api.post(REWARDS, {"content": {"name": "x", "terms": {"gives": {}}}}).json()
    assert (wrong["code"], wrong["errors"][0]["pointer"]) == ("rewards.kind_missing", "/content/terms/gives")


def test_a_customer_sees_what_is_missing_redeems_and_shows_the_code(shop: RewardShop, api: ApiClient) -> None:
    who = shop.with_points(150)
    near, far = shop.reward(points=100, name="Near", valid_days=10), shop.reward(points=200, name="Far")
    gold = shop.reward(points=10, name="Gold", levels=("gold",))
    own = app(shop, api, who)
    seen = {
        one["reward_id"]: (one["can_be_had"], one["missing"], one["why"] and one["why"]["code"]) for one in own.get(f"{ME}/rewards").json()
    }
    assert seen == {str(near): (True, 0, None), str(far): (False, 50, None), str(gold): (False, 0, "rewards.for_levels")}
    key = str(uuid4())
    got = own.send("POST", f"{ME}/rewards/redeem", {"reward_id": str(near)}, key=key)
    assert got.status_code == 201, got.content
    again = own.send("POST", f"{ME}/rewards/redeem", {"reward_id": str(near)}, key=key)
    assert (again.content, again.headers["Idempotency-Replayed"]) == (got.content, "true")
    assert own.send("POST", f"{ME}/rewards/redeem", {"reward_id": str(far)}, key=key).status_code == 422
    (mine,) = own.get(f"{ME}/coupons").json()["items"]
    code = own.get(f"{ME}/coupons/{mine['coupon_id']}").json()["code"]
    assert code == got.json()["code"]
    typed = code.lower().replace("-", " ")
    assert api.post(f"{COUPONS}/use?dry_run=true", {"code": typed}).json()["state"] == "used"
    assert api.post(f"{COUPONS}/use", {"code": typed, "worth": 5_000}).json()["coupon_id"] == mine["coupon_id"]
    used = api.post(f"{COUPONS}/use", {"code": typed})
    assert (used.status_code, used.json()["code"]) == (409, "rewards.coupon_used")
    assert api.post(f"{COUPONS}/use", {"code": "0000"}).status_code == 404
    assert code not in api.get(f"{COUPONS}/{mine['coupon_id']}").content.decode()
    assert api.post(f"{COUPONS}/{mine['coupon_id']}/mark-unused", {"reason": "Nhầm"}).json()["state"] == "active"
    assert own.post(f"{ME}/coupons/{mine['coupon_id']}/use", {}).json()["state"] == "used"
    assert [one["state"] for one in api.get(COUPONS).json()["items"]] == ["used"]


def test_a_seller_redeems_with_what_the_customer_shows_at_their_own_place(
    shop: RewardShop, api: ApiClient, api_as: Any, seller_user: Any
) -> None:
    merchant = a_merchant(shop.tenant)
    place, elsewhere = a_place(shop.tenant, "R-1", merchant_id=merchant), a_place(shop.tenant, "R-2", merchant_id=merchant)
    a_seller(shop.tenant, seller_user, place)
    seller, who, other = api_as(user=seller_user), shop.with_points(100), shop.with_points(100)
    reward = shop.reward(DiscountPercent(basis_points=1_000), points_of_sale=(place,))
    at = f"/api/v1/customers/{who}/rewards"

    def redeem(**body: Any) -> tuple[int, str]:
        answer = seller.post(f"{at}/redeem", {"reward_id": str(reward), "pos": "R-1"} | body)
        return answer.status_code, answer.json().get("code") or answer.json()["state"]

    assert redeem() == (422, "rewards.consent_missing")
    cards = {one: app(shop, api, one).get(f"{ME}/card").json() for one in (who, other)}
    shown = {one: card["redeem_code"] for one, card in cards.items()}
    assert redeem(shown=shown[other]) == (422, "rewards.consent_of_another")
    assert redeem(shown=cards[who]["member_code"]) == (422, "rewards.consent_not_given")
    assert redeem(shown=shown[who], pos=str(elsewhere)) == (422, "earning.place_unknown")
    assert redeem(shown=shown[who]) == (201, "active")
    (coupon,) = seller.get(f"/api/v1/customers/{who}/coupons").json()["items"]
    assert seller.post(f"{COUPONS}/{coupon['coupon_id']}/use", {"pos": "R-1"}).json()["state"] == "used"
    assert seller.post(f"{COUPONS}/{coupon['coupon_id']}/cancel", {"reason": "x"}).status_code == 403


@pytest.mark.rounds
def test_a_quote_a_hold_and_the_purchase_are_the_same_to_the_unit(shop: RewardShop, api: ApiClient) -> None:
    a_place(shop.tenant, "R-1", merchant_id=a_merchant(shop.tenant))
    who, reward = shop.with_points(100), shop.reward(DiscountPercent(basis_points=1_250), minimum_basket=20_000)
    far = shop.reward(points=1_000, minimum_basket=999_999)
    body = {"pos": "R-1", "lines": [{"total": 33_333, "tax_rate": 800}, {"total": 7, "quantity": 1_000}], "tax_rounding": "document"}
    choices = {"choices": [{"reward_id": str(reward)}]}
    quoted = api.post("/api/v1/baskets/quote", body | choices | {"customer_id": str(who)}).json()
    told = {one["reward_id"]: (one["worth"], one["missing"], one["why"] and one["why"]["code"]) for one in quoted["offers"]}
    assert told == {str(reward): (4_168, 0, None), str(far): (0, 900, "rewards.basket_too_small")}
    own = app(shop, api, who)
    assert own.post(f"{ME}/baskets/quote", body).json()["totals"]["discount"] == 0
    held = own.post(f"{ME}/baskets", body | choices)
    assert (held.status_code, held.json()["totals"]) == (201, quoted["totals"])
    at, key = f"/api/v1/baskets/{held.json()['basket_id']}/confirm", str(uuid4())
    answers = in_parallel(20, lambda _: api.send("POST", at, {"document_number": "A-1"}, key=key))
    assert {(one.status_code, one.content) for one in answers} == {(200, answers[0].content)}
    assert answers[0].json()["totals"] == quoted["totals"]
    assert api.send("POST", at, {"document_number": "A-2"}, key=key).status_code == 422
    assert rows("earning_purchase", shop.tenant, "total") == [(29_172,)]
    assert shop.available(who) == 0
