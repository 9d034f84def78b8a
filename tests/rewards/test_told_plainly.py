"""Customers and sellers are told in their words: levels by name, points of their wallet, amounts, and only what they can do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from earning.commands import ActivateLevelSet, AdjustPoints, CreateLevelSet
from loyalty.house import formats
from loyalty.staff.models import User
from loyalty.tenancy.models import Tenant
from rewards.commands import Cashback, DiscountPercent, PauseReward, RewardPrice
from tests.earning.counter import rows
from tests.earning.levels_given import level
from tests.earning.levels_given import terms as level_terms
from tests.earning.test_wallets_of_rules import set_up
from tests.pos.counter import errors_of
from tests.pos.test_till_rewards import RewardTill, bought
from tests.rewards.given import RewardShop
from tests.rewards.test_admin_rewards import ADD
from tests.rewards.test_api import app
from tests.rewards.test_basket_rights import Street, street
from tests.rewards.test_own_pages import browser, with_points
from tests.support.client import ApiClient
from tests.support.pages import form_of, text_of

__all__ = ["browser", "street"]
SPOKEN = {"vi": "Hạng gold, Hạng top", "en": "Gold, Top", "pl": "Poziom gold, Poziom top"}


@pytest.fixture
def shop(tenant: Tenant) -> RewardShop:
    return RewardShop(tenant)


@pytest.fixture
def till(tenant: Tenant, seller_user: User) -> RewardTill:
    return RewardTill(tenant, seller_user)


def with_levels(shop: RewardShop) -> None:
    made = shop.do(CreateLevelSet(terms=level_terms(level("gold", 100), level("top", 1_000), currency=shop.tenant.currency)))
    shop.do(ActivateLevelSet(set_id=made.set_id))


def test_a_customer_hears_of_levels_by_name(shop: RewardShop, api: ApiClient) -> None:
    who, reward = shop.with_points(0), shop.reward(points=1, levels=("gold", "top"))
    with_levels(shop)
    for language, names in SPOKEN.items():
        own = app(shop, api, who).speaking(language)
        refused = own.post("/api/v1/me/rewards/redeem", {"reward_id": str(reward)})
        assert (refused.json()["code"], refused.json()["params"]["levels"]) == ("rewards.for_levels", names)
        (offer,) = own.get("/api/v1/me/rewards").json()
        assert names in refused.json()["detail"] == offer["why"]["detail"]


def test_who_cannot_have_it_at_all_is_not_told_to_wait(shop: RewardShop, api: ApiClient) -> None:
    who, later = shop.with_points(0), datetime.now(UTC) + timedelta(days=2)
    for_gold, for_all = shop.reward(points=0, levels=("gold",), at=later), shop.reward(points=0, at=later)
    paused = shop.reward(points=0, levels=("gold",))
    shop.do(PauseReward(reward_id=paused))
    own = app(shop, api, who)
    told = [own.post("/api/v1/me/rewards/redeem", {"reward_id": str(reward)}).json()["code"] for reward in (for_gold, for_all, paused)]
    assert told == ["rewards.for_levels", "rewards.not_yet", "rewards.not_to_be_had"]


def test_a_level_of_no_set_in_force_is_told_as_it_is(shop: RewardShop, api: ApiClient) -> None:
    who = shop.with_points(0)
    shop.reward(points=1, levels=("gold", "gone"))
    with_levels(shop)
    (offer,) = app(shop, api, who).speaking("en").get("/api/v1/me/rewards").json()
    assert offer["why"]["detail"].endswith("one of these levels: Gold, gone.")


def test_the_till_and_the_administration_hear_of_levels_by_name(till: RewardTill) -> None:
    till.shop.reward(DiscountPercent(basis_points=500), points=1, levels=("gold",))
    with_levels(till.shop)
    assert "is for customers with one of these levels: Gold." in text_of(till.choose("200000"))


def in_stars(shop: RewardShop, customer: UUID) -> UUID:
    """A reward by which each of 50 stars, which have one decimal, pays 1,000; at least two of them."""
    set_up(shop, decimals=1)
    shop.do(AdjustPoints(customer_id=customer, points=500, reason="welcome", wallet="stars"))
    return shop.reward(Cashback(per_point=Decimal(100), least=20, most=400), points=0, price=RewardPrice(wallet="stars"))


@pytest.mark.parametrize(("typed", "paid"), [("12.5", 12_500), ("１２", 12_000), ("2", 2_000)])
def test_stars_are_typed_at_the_till_as_customers_count_them(till: RewardTill, typed: str, paid: int) -> None:
    reward = in_stars(till.shop, till.customer_id)
    page = till.choose("200000", bought(reward))
    assert 'name="points" value="2"' in page.content.decode()
    assert f"To pay ₫ {200_000 - paid:,}" in text_of(till.choose("200000", bought(reward), points=typed))


def test_what_cannot_be_read_as_stars_is_said_at_the_field(till: RewardTill) -> None:
    reward = in_stars(till.shop, till.customer_id)
    for typed in ("12.55", "x", "-1", "1" * 30):
        said = errors_of(till.keep("200000", bought(reward), points=typed))["points"]
        assert said == "Enter a number above zero with at most so many decimals: 1."
    assert "from 2 stars to 40 stars" in errors_of(till.keep("200000", bought(reward), points="40.1"))["points"]


def test_stars_are_typed_in_the_app_as_customers_count_them(shop: RewardShop, browser: Any) -> None:
    customer = with_points(shop, 1)
    reward = in_stars(shop, customer)
    at = f"/app/rewards/{reward}/redeem/"
    assert 'name="points" value="2"' in browser.get(at).content.decode()
    assert "from 2 stars to 40 stars" in text_of(browser.post(at, {"once": str(uuid4()), "points": "1"}))
    for typed, points in (("12.5", 125), ("１２．５", 125)):
        done = browser.post(at, {"once": str(uuid4()), "points": typed})
        assert done.status_code == 302, text_of(done)
        assert rows("rewards_coupon", shop.tenant, "points")[-1] == (points,)


def test_a_budget_of_nothing_is_refused(shop: RewardShop, api: ApiClient, admin_site: Any) -> None:
    terms = {"gives": {"custom": {}}, "daily_budget": 0}
    refused = api.post("/api/v1/rewards", {"content": {"name": "x", "terms": terms}}).json()
    assert (refused["code"], refused["errors"][0]["pointer"]) == ("rewards.number_out_of_range", "/content/terms/daily_budget")
    page = admin_site.post(ADD, form_of(admin_site.get(ADD)) | {"name": "x", "kind": "custom", "daily_budget": "0"})
    assert "Enter an amount above zero." in text_of(page)


def test_who_runs_out_of_codes_is_told_what_they_can_do(shop: RewardShop, api: ApiClient) -> None:
    who = shop.with_points(100)
    shop.reward(points=1, codes="stock")
    (offer,) = app(shop, api, who).speaking("en").get("/api/v1/me/rewards").json()
    assert offer["why"]["code"] == "rewards.out_of_stock"
    with pytest.raises(Exception, match=r"^rewards\.out_of_codes"):
        shop.redeem(who, UUID(offer["reward_id"]))


def test_a_seller_who_names_no_point_of_sale_is_asked_for_one_alone(street: Street) -> None:
    reward = street.shop.reward(points=0)
    at = f"/api/v1/customers/{street.who}/rewards/redeem"
    refused = street.seller.speaking("en").post(at, {"reward_id": str(reward), "shown": "1"}).json()
    assert (refused["code"], refused["errors"][0]["pointer"]) == ("rewards.place_missing", "/pos")
    assert refused["detail"] == "Name the point of sale: its code, or its id."


def test_what_a_point_pays_reads_like_every_amount(shop: RewardShop) -> None:
    told = [formats.exact_money(Decimal(amount), currency, "vi") for amount, currency in (("500", "VND"), ("0.5", "VND"), ("0.03", "EUR"))]
    assert [one.replace("\xa0", " ") for one in told] == ["500 ₫", "0,5 ₫", "0,03 €"]


def test_the_history_of_a_coupon_says_when_its_points_were_spent(shop: RewardShop, admin_site: Any) -> None:
    coupon = shop.redeem(shop.with_points(200), shop.reward(points=100)).coupon_id
    page = admin_site.get(f"/admin/rewards/coupon/{coupon}/history/")
    shown = page.content.decode()
    ((spend_id,),) = rows("earning_movement", shop.tenant, "operation_id", "position")[1:]
    assert "Spending" in text_of(page)
    assert f">{spend_id}<" not in shown
    assert "/admin/earning/account/" in shown
