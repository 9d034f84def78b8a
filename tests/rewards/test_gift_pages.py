"""Gifts that are sent, as staff, programs and customers take their steps and see them."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from customers.commands import EraseCustomer
from customers.permissions import SEE
from loyalty.staff.models import Role, User
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from rewards.commands import AddressGift, CancelCoupon, GiftAddress, MaterialGift, RedeemReward, ShipGift
from rewards.permissions import SEE_COUPONS, SEND
from tests.customers.test_shell import joined
from tests.earning.counter import rows
from tests.rewards.given import RewardShop, wrong_guards
from tests.rewards.test_admin_coupons import LIST, act
from tests.rewards.test_api import app
from tests.rewards.test_gifts import HOME, SENT, steps
from tests.rewards.test_own_pages import with_points
from tests.support.client import ApiClient, visitor
from tests.support.pages import text_of

ADDRESS = {"recipient": HOME.recipient, "phone": HOME.phone, "address": HOME.address}


@pytest.fixture
def shop(tenant: Tenant) -> RewardShop:
    return RewardShop(tenant)


@pytest.fixture
def site(tenant: Tenant, admin_user: User) -> Any:
    return visitor(tenant, admin_user)


def ordered(shop: RewardShop, **bound: Any) -> UUID:
    order = RedeemReward(customer_id=shop.with_points(100), reward_id=shop.reward(SENT, **bound), send_to=HOME)
    return shop.do(order).coupon_id


def test_staff_find_gifts_by_their_step_and_take_the_next(shop: RewardShop, site: Any) -> None:
    key = ordered(shop)
    shop.give(shop.customer(), shop.reward(name="Cake"))
    for step, there in (("ordered", True), ("shipped", False)):
        page = text_of(site.get(f"{LIST}?delivery={step}"))
        assert ("Coffee" in page, "Cake" in page) == (there, False), step
    page = text_of(site.get(f"{LIST}{key}/change/"))
    assert [said in page for said in ("12 Lê Lợi", HOME.phone, "Mark as shipped", "Mark as used", "It came back")] == [
        *(True, True, True),
        *(False, False),
    ]
    assert "at least 6 digits" in text_of(act(site, key, "address", **ADDRESS | {"phone": "123"}))
    assert "The address of Coffee is entered." in text_of(act(site, key, "address", **ADDRESS | {"address": "1 Nguyễn Huệ"}))
    act(site, key, "deliver")
    assert steps(shop)[0] == ("issued", "ordered"), "nobody delivers what was not shipped"
    shipped = act(site, key, "ship", carrier="GHN", tracking_number="GHN-0042", pos="")
    assert "Coffee is shipped." in text_of(shipped)
    page = text_of(site.get(f"{LIST}{key}/change/"))
    assert [said in page for said in ("GHN · GHN-0042", "1 Nguyễn Huệ", "It came back", "Cancel it")] == [True, True, True, False]
    act(site, key, "cancel", reason="x")
    assert steps(shop)[0] == ("used", "shipped"), "nobody cancels what is on its way"
    assert "Coffee is delivered." in text_of(act(site, key, "deliver", pos=""))
    assert steps(shop) == [("used", "delivered"), ("issued", "")]
    file = b"".join(site.get(f"{LIST}export/").streaming_content).decode()
    assert ("Delivery" in file, "Delivered" in file, "Lê Lợi" in file) == (True, True, False)
    history = text_of(site.get(f"{LIST}{key}/history/"))
    assert [said in history for said in ("Gift to be sent", "Address of the gift changed", "Gift shipped", "Gift delivered")] == [True] * 4


def test_what_came_back_is_cancelled_with_points_and_stock(shop: RewardShop, site: Any) -> None:
    key = ordered(shop, stock=1)
    shop.do(ShipGift(coupon_id=key))
    assert "Coffee is cancelled." in text_of(act(site, key, "came-back", reason="Nobody there", give_back="on"))
    (customer,) = rows("rewards_coupon", shop.tenant, "customer_id")[0]
    assert (steps(shop), shop.available(customer), rows("rewards_room", shop.tenant, "used")) == ([("cancelled", "cancelled")], 100, [(0,)])
    assert wrong_guards(shop.tenant) == []


def test_who_may_not_send_sees_no_address_and_takes_no_step(shop: RewardShop, marketer_user: User) -> None:
    key, marketer = ordered(shop), visitor(shop.tenant, marketer_user)
    page = text_of(marketer.get(f"{LIST}{key}/change/"))
    assert ("Ordered" in page, "Lê Lợi" in page, HOME.phone in page) == (True, False, False)
    assert [act(marketer, key, what).status_code for what in ("address", "ship", "deliver", "came-back")] == [403] * 4


@pytest.mark.parametrize("may", [False, True])
def test_the_history_of_a_gift_says_where_it_goes_to_who_sends_it(shop: RewardShop, make_user: Any, may: bool) -> None:
    key, address = ordered(shop), GiftAddress(recipient="Lan", phone="+84987654321", address="1 Nguyễn Huệ")
    shop.do(AddressGift(coupon_id=key, send_to=address))
    shop.do(ShipGift(coupon_id=key, carrier="GHN", tracking_number="GHN-0042"))
    told = ["staff.enter_admin", "history.see", SEE_COUPONS, SEE, *([SEND] if may else [])]
    with reading(shop.tenant.id):
        Role.objects.create(tenant_id=shop.tenant.id, code="counting", name="x", permissions=told)
    site = visitor(shop.tenant, make_user(shop.tenant, "counting"))
    ((whose,),) = rows("rewards_coupon", shop.tenant, "customer_id")
    for page in (f"{LIST}{key}/history/", f"/admin/customers/customer/{whose}/timeline/"):
        said = text_of(site.get(page))
        assert "Gift shipped" in said
        for secret in (HOME.recipient, HOME.phone, "12 Lê Lợi", address.phone, address.address, "GHN-0042"):
            assert (secret in said) is may, (page, secret)
        assert ("hidden" in said) is not may


def test_programs_order_ship_and_deliver(shop: RewardShop, api: ApiClient, api_as: Any, seller_user: User) -> None:
    who, reward = shop.with_points(200), shop.reward(SENT)
    own = app(shop, api, who)
    body = {"reward_id": str(reward), "send_to": ADDRESS}
    short = own.post("/api/v1/me/rewards/redeem", body | {"send_to": ADDRESS | {"phone": "１２"}}).json()
    assert (short["code"], short["errors"][0]["pointer"]) == ("rewards.gift_phone_invalid", "/send_to/phone")
    plain = own.post("/api/v1/me/rewards/redeem", body | {"reward_id": str(shop.reward(MaterialGift()))}).json()
    assert (plain["code"], plain["errors"][0]["pointer"]) == ("rewards.nothing_is_sent", "/send_to")
    key = own.post("/api/v1/me/rewards/redeem", body).json()["coupon_id"]
    mine, at = f"/api/v1/me/coupons/{key}", f"/api/v1/coupons/{key}"
    assert own.put(f"{mine}/gift/address", ADDRESS | {"address": "1 Nguyễn Huệ"}).status_code == 200
    told = own.get(f"{mine}/gift").json()
    assert (told["delivery"], told["address"], told["shipped_at"]) == ("ordered", "1 Nguyễn Huệ", None)
    early = api.post(f"{at}/gift/deliver", {})
    assert (early.status_code, early.json()["code"]) == (409, "rewards.gift_not_shipped")
    assert api.post(f"{at}/gift/ship", {"carrier": "x" * 81}).json()["errors"][0]["pointer"] == "/carrier"
    assert api.post(f"{at}/gift/ship", {"carrier": "GHN", "tracking_number": "42"}).json()["state"] == "used"
    late = own.put(f"{mine}/gift/address", ADDRESS)
    assert (late.status_code, late.json()["code"]) == (409, "rewards.gift_shipped")
    assert [one["delivery"] for one in own.get("/api/v1/me/coupons?standing=shipped").json()["items"]] == ["shipped"]
    assert api.post(f"{at}/gift/deliver", {}).status_code == 200
    assert own.get(f"{mine}/gift").json()["tracking_number"] == "42"
    stranger, seller = app(shop, api, shop.customer()), api_as(user=seller_user)
    assert [stranger.get(f"{mine}/gift").status_code, stranger.put(f"{mine}/gift/address", ADDRESS).status_code] == [404, 404]
    assert [seller.get(f"{at}/gift").status_code, seller.post(f"{at}/gift/ship", {}).status_code] == [403, 403]
    second = own.post("/api/v1/me/rewards/redeem", body).json()["coupon_id"]
    api.post(f"/api/v1/coupons/{second}/gift/ship", {})
    assert api.post(f"/api/v1/coupons/{second}/cancel", {"reason": "x"}).json()["code"] == "rewards.gift_shipped"
    assert api.post(f"/api/v1/coupons/{second}/cancel", {"reason": "x", "came_back": True}).json()["state"] == "cancelled"


def test_a_customer_says_where_it_goes_and_sees_how_far_it_is(shop: RewardShop) -> None:
    browser: Client = visitor(shop.tenant)
    joined(shop.tenant, browser)
    with_points(shop, 100)
    reward = shop.reward(SENT)
    asked = browser.get(f"/app/rewards/{reward}/redeem/").content.decode()
    assert ('name="address"' in asked, 'name="points"' in asked) == (True, False)
    at = f"/app/rewards/{reward}/redeem/"
    assert "at least 6 digits" in text_of(browser.post(at, {"once": str(uuid4())} | ADDRESS | {"phone": "12"}))
    made = browser.post(at, {"once": str(uuid4())} | ADDRESS)
    page = browser.get(made.headers["Location"])
    assert [part in text_of(page) for part in ("12 Lê Lợi", "to be sent", "I have used it")] == [True, True, False]
    assert 'class="app-qr' not in page.content.decode()
    change = f"{made.headers['Location']}address/"
    assert HOME.phone in browser.get(change).content.decode()
    assert "The address is saved." in text_of(browser.post(change, ADDRESS | {"address": "1 Nguyễn Huệ"}, follow=True))
    ((key,),) = rows("rewards_coupon", shop.tenant, "id")
    shop.do(ShipGift(coupon_id=key, carrier="GHN"))
    page = text_of(browser.get(made.headers["Location"]))
    assert [part in page for part in ("on its way", "GHN", "Change the address")] == [True, True, False]
    assert "The gift was shipped on" in text_of(browser.post(change, ADDRESS))
    assert "Free coffee" in text_of(browser.get("/app/rewards/mine/?standing=shipped"))
    assert "Free coffee" not in text_of(browser.get("/app/rewards/mine/?standing=ordered"))


def test_a_customer_reads_why_the_shop_cancelled_a_gift(shop: RewardShop, site: Any, api: ApiClient) -> None:
    browser: Client = visitor(shop.tenant)
    joined(shop.tenant, browser)
    with_points(shop, 100)
    made = browser.post(f"/app/rewards/{shop.reward(SENT)}/redeem/", {"once": str(uuid4())} | ADDRESS)
    ((key, whose),) = rows("rewards_coupon", shop.tenant, "id, customer_id")
    assert "The customer reads it in their app." in text_of(site.get(f"{LIST}{key}/cancel/"))
    assert "Reason" not in text_of(browser.get(made.headers["Location"]))
    shop.do(CancelCoupon(coupon_id=key, reason="Hết màu <xanh>"))
    assert "Reason Hết màu <xanh>" in text_of(browser.get(made.headers["Location"]))
    assert "<xanh>" not in browser.get(made.headers["Location"]).content.decode()
    assert app(shop, api, whose).get(f"/api/v1/me/coupons/{key}/gift").json()["cancelled_for"] == "Hết màu <xanh>"


def test_what_was_ordered_for_who_is_erased_has_no_address_to_enter(shop: RewardShop, site: Any, api: ApiClient) -> None:
    key = ordered(shop)
    (customer,) = {row[0] for row in rows("rewards_coupon", shop.tenant, "customer_id")}
    shop.do(EraseCustomer(customer_id=customer, reason="asked"))
    assert steps(shop) == [("issued", "ordered")], "nothing followed yet"
    assert [site.get(f"{LIST}{key}/{page}/").status_code for page in ("change", "history", "address")] == [200, 200, 404]
    refused = api.put(f"/api/v1/coupons/{key}/gift/address", ADDRESS)
    assert (refused.status_code, refused.json()["code"]) == (404, "rewards.gift_not_sent")
