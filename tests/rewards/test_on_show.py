"""Rewards as sellers tell of them, and as everybody sees them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from loyalty.staff.models import User
from loyalty.tenancy.models import Tenant
from rewards.commands import CustomerLimit, RewardWindow
from tests.pos.given import a_merchant, a_place, a_seller
from tests.rewards.given import RewardShop
from tests.support.client import visitor
from tests.support.pages import text_of


@pytest.fixture
def shop(tenant: Tenant) -> RewardShop:
    return RewardShop(tenant)


def test_sellers_read_what_points_buy_at_their_place(shop: RewardShop, seller_user: User) -> None:
    merchant = a_merchant(shop.tenant)
    place, elsewhere = a_place(shop.tenant, "R-1", merchant_id=merchant), a_place(shop.tenant, "R-2", merchant_id=merchant)
    a_seller(shop.tenant, seller_user, place)
    seller = visitor(shop.tenant, seller_user)
    hours = RewardWindow(opens=8 * 60, closes=11 * 60)
    shop.reward(points=120, category="Drinks", active=hours, limits=(CustomerLimit(most=2, period="day"),), stock=7, cost=5_000)
    shop.reward(points=333, category="Food", points_of_sale=(elsewhere,))
    shop.reward(points=444, category="Food", visible=RewardWindow(starts=datetime.now(UTC) + timedelta(days=1)))
    page = text_of(seller.get("/till/R-1/rewards/"))
    said = ("What points buy now", "Drinks", "Free coffee", "120 points", "only 7 left", "8:00–11:00", "2 times", "50.000 ₫")
    assert [one for one in said if one not in page] == []
    assert [one for one in ("333 points", "444 points", "Cost to the company", "5,000") if one in page] == []
    assert 'href="/till/R-1/rewards/" aria-current="page"' in seller.get("/till/R-1/rewards/").content.decode()
    assert seller.post("/till/R-1/rewards/").status_code == 405


def test_everybody_sees_public_rewards_without_signing_in(shop: RewardShop) -> None:
    stranger = visitor(shop.tenant)
    assert "No rewards at the moment" in text_of(stranger.get("/app/offers/"))
    shop.reward(points=120, public=True, category="Drinks", more_at="https://quan.example/kem", stock=0)
    shop.reward(points=333)
    page = text_of(stranger.get("/app/offers/"))
    assert [said in page for said in ("Free coffee", "120 points", "Drinks", "There is not enough left", "333 points")] == [
        *(True, True, True, True),
        False,
    ]
    assert 'href="https://quan.example/kem" rel="noopener noreferrer"' in stranger.get("/app/offers/").content.decode()
    assert "/app/offers/" in stranger.get("/app/sign-in/").content.decode()


def test_redemptions_say_cost_tax_and_the_balance_after(shop: RewardShop, admin_user: User) -> None:
    site: Any = visitor(shop.tenant, admin_user)
    customer = shop.with_points(500)
    shop.redeem(customer, shop.reward(points=100, tax_rate=800, cost=7_000))
    shop.redeem(customer, shop.reward(points=150))
    shop.give(customer, shop.reward())
    page = text_of(site.get("/admin/rewards/coupon/"))
    assert [said in page for said in ("400 points", "250 points", "8%", "₫7,000", "Balance after")] == [True] * 5
    lines = b"".join(site.get("/admin/rewards/coupon/export/").streaming_content).decode().splitlines()
    place = lines[0].lstrip("\ufeff").split(",").index("Balance after")
    assert [line.split(",")[place] for line in lines[1:]] == ["400", "250", ""]
