"""Redemptions in the administration: found, taken, corrected, given, and taken away as a list."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from loyalty.staff.models import User
from loyalty.tenancy.models import Tenant
from rewards.commands import UseCoupon
from tests.earning.counter import rows
from tests.rewards.given import RewardShop, wrong_guards
from tests.support.client import visitor
from tests.support.pages import text_of

LIST = "/admin/rewards/coupon/"


@pytest.fixture
def shop(tenant: Tenant) -> RewardShop:
    return RewardShop(tenant)


@pytest.fixture
def site(tenant: Tenant, admin_user: User) -> Any:
    return visitor(tenant, admin_user)


def act(site: Any, coupon: UUID, what: str, **told: str) -> Any:
    return site.post(f"{LIST}{coupon}/{what}/", {"command_id": str(uuid4())} | told, follow=True)


def states(shop: RewardShop) -> list[Any]:
    return [state for (state,) in rows("rewards_coupon", shop.tenant, "state", "issued_at")]


def test_what_was_redeemed_is_found_by_customer_reward_state_and_way(shop: RewardShop, site: Any) -> None:
    hoa, lan = shop.with_points(500, first_name="Hoa"), shop.with_points(0, first_name="Lan")
    coffee, cake = shop.reward(name="Coffee"), shop.reward(name="Cake")
    shop.redeem(hoa, coffee)
    shop.do(UseCoupon(coupon_id=shop.give(lan, cake).coupon_id, worth=20_000))
    page = text_of(site.get(LIST))
    for said in ("Coffee", "Cake", "Hoa", "Lan", "100 points", "usable", "₫20,000"):
        assert said in page, said
    for query, there, away in (
        (f"reward={coffee}", "Coffee", "Lan"),
        (f"customer={lan}", "Cake", "Hoa"),
        ("state__exact=used", "Lan", "Hoa"),
        ("way=bought", "Hoa", "Lan"),
        ("q=cake", "Lan", "Hoa"),
        ("q=hoa", "Hoa", "Lan"),
    ):
        found = text_of(site.get(f"{LIST}?{query}"))
        assert (there in found, f"Đường {away}" in found or f"{away} ·" in found) == (True, False), query
    assert "Redemptions: 1" in text_of(site.get(f"/admin/rewards/reward/{coffee}/change/"))
    assert "Redemptions: 1" in text_of(site.get(f"/admin/customers/customer/{lan}/change/"))


def test_a_coupon_is_taken_marked_unused_and_cancelled_with_its_points_back(shop: RewardShop, site: Any) -> None:
    hoa = shop.with_points(100)
    coupon = shop.redeem(hoa, shop.reward(stock=1)).coupon_id
    assert "Coffee is used." in text_of(act(site, coupon, "use"))
    assert act(site, coupon, "mark-unused", reason="").status_code == 422
    assert "Coffee is good again." in text_of(act(site, coupon, "mark-unused", reason="By mistake"))
    assert "Coffee is cancelled." in text_of(act(site, coupon, "cancel", reason="Changed their mind", give_back="on"))
    assert (states(shop), shop.available(hoa), wrong_guards(shop.tenant)) == (["cancelled"], 100, [])
    page = text_of(site.get(f"{LIST}{coupon}/change/"))
    assert "By mistake" in text_of(site.get(f"{LIST}{coupon}/history/"))
    assert "Mark as used" not in page


def test_a_cancelled_one_keeps_its_points_where_nobody_wants_them_back(shop: RewardShop, site: Any) -> None:
    hoa = shop.with_points(100)
    coupon = shop.redeem(hoa, shop.reward()).coupon_id
    act(site, coupon, "cancel", reason="Misused")
    assert (states(shop), shop.available(hoa)) == (["cancelled"], 0)


def test_a_reward_is_given_to_who_is_named(shop: RewardShop, site: Any) -> None:
    hoa = shop.with_points(0, phone="+84912345678")
    reward = shop.reward()
    wrong = site.post(f"{LIST}give/", {"customer": "0999", "reward_id": str(reward), "command_id": str(uuid4())})
    assert "There is no such customer." in text_of(wrong)
    assert states(shop) == []
    given = site.post(f"{LIST}give/", {"customer": "0912 345 678", "reward_id": str(reward), "command_id": str(uuid4())}, follow=True)
    assert "“Coffee” is given." in text_of(given)
    assert rows("rewards_coupon", shop.tenant, "customer_id, way, points") == [(hoa, "given", 0)]


def test_who_may_only_see_changes_nothing(shop: RewardShop, seller_user: User, marketer_user: User) -> None:
    coupon = shop.give(shop.with_points(0), shop.reward()).coupon_id
    marketer = visitor(shop.tenant, marketer_user)
    assert marketer.get(LIST).status_code == 200
    for what in ("use", "cancel"):
        assert act(marketer, coupon, what, reason="x").status_code == 403
    assert states(shop) == ["issued"]
