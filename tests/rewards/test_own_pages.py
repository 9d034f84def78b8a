"""What a customer does with rewards on their own pages."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from earning.commands import AdjustPoints
from loyalty.domain.identity import new_id
from loyalty.house.markdown import rendered
from loyalty.tenancy.models import Tenant
from rewards.commands import RewardWindow
from rewards.domain.kinds import Cashback
from tests.customers.test_own_pages import mine
from tests.customers.test_shell import joined
from tests.earning.counter import rows
from tests.rewards.given import RewardShop
from tests.support.client import visitor
from tests.support.pages import text_of


@pytest.fixture
def browser(tenant: Tenant) -> Client:
    found = visitor(tenant)
    joined(tenant, found)
    return found


@pytest.fixture
def shop(tenant: Tenant) -> RewardShop:
    return RewardShop(tenant)


def with_points(shop: RewardShop, points: int) -> UUID:
    customer = mine(shop.tenant)
    shop.do(AdjustPoints(customer_id=customer, points=points, reason="welcome"))
    return customer


def test_points_are_redeemed_in_three_taps_and_a_second_tap_is_the_same_order(shop: RewardShop, browser: Client) -> None:
    customer, reward = with_points(shop, 150), shop.reward(points=100)
    assert "Free coffee" in text_of(browser.get("/app/rewards/"))
    assert "100 points" in text_of(browser.get(f"/app/rewards/{reward}/"))
    asked = text_of(browser.get(f"/app/rewards/{reward}/redeem/"))
    assert "It costs 100 points. Then you have 50 points left." in asked
    once = str(new_id())
    first = browser.post(f"/app/rewards/{reward}/redeem/", {"once": once})
    again = browser.post(f"/app/rewards/{reward}/redeem/", {"once": once})
    assert (first.status_code, again.headers["Location"]) == (302, first.headers["Location"])
    assert (shop.available(customer), len(rows("rewards_coupon", shop.tenant, "id"))) == (50, 1)
    page = browser.get(first.headers["Location"])
    assert ("“Free coffee” is yours." in text_of(page), "You have now: 50 points" in text_of(page)) == (True, True)
    assert [part in page.content.decode() for part in ('class="app-qr', "<strong>50.000 ₫</strong>")] == [True, True]


def test_who_goes_back_and_confirms_again_is_told_that_they_have_one(shop: RewardShop, browser: Client) -> None:
    with_points(shop, 1_000)
    reward, other = shop.reward(points=100), shop.reward(points=100)
    at, said = f"/app/rewards/{reward}/redeem/", "Confirm only if you want one more."
    assert said not in text_of(browser.get(at))
    got = browser.post(at, {"once": str(new_id())})
    again = browser.get(at)
    assert (said in text_of(again), got.headers["Location"] in again.content.decode()) == (True, True)
    assert said not in text_of(browser.get(f"/app/rewards/{other}/redeem/"))
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert said not in text_of(browser.get(at))


def test_what_costs_nothing_says_so(shop: RewardShop, browser: Client) -> None:
    reward = shop.reward(points=0)
    assert "Free coffee free" in text_of(browser.get("/app/rewards/"))
    assert "Free coffee Free. Confirm" in text_of(browser.get(f"/app/rewards/{reward}/redeem/"))


def test_what_is_out_of_reach_says_what_is_missing_and_is_not_taken(shop: RewardShop, browser: Client) -> None:
    with_points(shop, 80)
    reward = shop.reward(points=100)
    assert "20 points missing" in text_of(browser.get("/app/rewards/"))
    page = browser.get(f"/app/rewards/{reward}/")
    assert ("20 points missing" in text_of(page), f"/app/rewards/{reward}/redeem/" in page.content.decode()) == (True, False)
    refused = browser.post(f"/app/rewards/{reward}/redeem/", {"once": str(new_id())})
    assert (refused.status_code, "20" in text_of(refused), rows("rewards_coupon", shop.tenant, "id")) == (422, True, [])
    asked = browser.get(f"/app/rewards/{reward}/redeem/")
    for said in map(text_of, (refused, asked)):
        assert ("Confirm" in said.partition("Do you want it?")[2], "not correct" in said) == (False, False)


def test_a_coupon_is_used_once_and_one_of_somebody_else_is_not_there(shop: RewardShop, browser: Client) -> None:
    with_points(shop, 100)
    reward = shop.reward(points=100)
    coupon = browser.post(f"/app/rewards/{reward}/redeem/", {"once": str(new_id())}).headers["Location"]
    assert "usable" in text_of(browser.get("/app/rewards/mine/?standing=usable"))
    assert browser.post(f"{coupon}use/").headers["Location"] == coupon
    used = browser.get(coupon)
    assert ("used" in text_of(used), '<svg class="app-qr' in used.content.decode()) == (True, False)
    assert "A coupon can be used once." in text_of(browser.post(f"{coupon}use/", follow=True))
    theirs = shop.give(shop.customer(), shop.reward(points=1)).coupon_id
    assert [browser.get(f"/app/rewards/mine/{one}/").status_code for one in (theirs, new_id())] == [404, 404]
    assert browser.post(f"/app/rewards/mine/{theirs}/use/").status_code == 404


def test_of_cashback_the_customer_says_how_many_points(shop: RewardShop, browser: Client) -> None:
    customer, reward = with_points(shop, 500), shop.reward(Cashback(per_point=Decimal(3), least=50), points=0)
    assert "from 50 points" in text_of(browser.get("/app/rewards/"))
    few = browser.post(f"/app/rewards/{reward}/redeem/", {"once": str(new_id()), "points": "10"})
    assert (few.status_code, shop.available(customer)) == (422, 500)
    sent = browser.post(f"/app/rewards/{reward}/redeem/", {"once": str(new_id()), "points": "200"})
    assert (sent.status_code, shop.available(customer)) == (302, 300)


def test_what_is_not_on_show_is_not_there(shop: RewardShop, browser: Client) -> None:
    later = RewardWindow(starts=timezone.now() + timedelta(days=1))
    reward = shop.reward(visible=later)
    assert [browser.get(f"/app/rewards/{one}/").status_code for one in (reward, new_id())] == [404, 404]
    assert visitor(shop.tenant).get("/app/rewards/").headers["Location"] == "/app/sign-in/"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("**a** <script>x</script>", "<p><strong>a</strong> &lt;script&gt;x&lt;/script&gt;</p>"),
        ("[a](javascript:alert(1))", "<p>[a](javascript:alert(1))</p>"),
        ("[a](https://a.example)", '<p><a href="https://a.example" rel="noopener noreferrer nofollow">a</a></p>'),
        ("![a](https://a.example/x.png)", '<p>!<a href="https://a.example/x.png" rel="noopener noreferrer nofollow">a</a></p>'),
    ],
)
def test_markdown_can_do_nothing(written: str, shown: str) -> None:
    assert re.sub(r"\n", "", rendered(written)) == shown
