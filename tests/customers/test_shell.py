"""The customer's own pages: in by phone and code, and then points, level, purchases and devices; nobody else's."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from customers.commands import DeactivateCustomer, EditCustomer
from customers.views.access import COOKIE
from loyalty.devices import device_of
from loyalty.shell import hang
from loyalty.tenancy.models import Tenant
from tests.customers.given import a_minute_later
from tests.customers.test_sign_in import do, last_code, people, wrong
from tests.earning.counter import Counter, rows
from tests.pos.given import a_rule
from tests.support.client import visitor
from tests.support.pages import text_of

PHONE = "0912 345 678"
AGENT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36"


@pytest.fixture
def browser(tenant: Tenant) -> Client:
    """Somebody's phone, at the programme's pages."""
    return visitor(tenant)


def asked(browser: Client) -> str:
    a_minute_later()
    answer = browser.post("/app/sign-in/", {"phone": PHONE})
    assert answer.status_code == 302, text_of(answer)
    return str(answer.headers["Location"])


def joined(tenant: Tenant, browser: Client) -> Any:
    where = asked(browser)
    body = {"code": last_code(tenant), "join": "1", "first_name": "Hương", "last_name": "Đỗ", "terms_version": "on"}
    return browser.post(where, body, headers={"User-Agent": AGENT})


def test_who_is_new_is_asked_for_the_terms_with_the_same_code_and_comes_in(tenant: Tenant, browser: Client) -> None:
    assert browser.get("/app/").headers["Location"] == "/app/sign-in/"
    where = asked(browser)
    told = browser.post(where, {"code": last_code(tenant)})
    assert ("One thing is left" in text_of(told), people(tenant)) == (True, 0)
    unticked = browser.post(where, {"code": last_code(tenant), "join": "1"})
    assert (unticked.status_code, "agree to the terms" in text_of(unticked)) == (422, True)
    inside = browser.post(where, {"code": last_code(tenant), "join": "1", "first_name": "Hương", "terms_version": "on"})
    kept = inside.cookies[COOKIE]
    assert (inside.headers["Location"], kept["httponly"], kept["samesite"], kept["path"]) == ("/app/", True, "Lax", "/app/")
    assert "Hương" in text_of(browser.get("/app/"))


def test_a_wrong_code_is_told_at_its_field_and_who_is_known_comes_in_at_once(tenant: Tenant, browser: Client) -> None:
    joined(tenant, browser)
    again = visitor(tenant)
    where = asked(again)
    refused = again.post(where, {"code": wrong(last_code(tenant))})
    assert (refused.status_code, "This code is wrong" in text_of(refused), COOKIE in refused.cookies) == (422, True, False)
    assert again.post(where, {"code": last_code(tenant)}).headers["Location"] == "/app/"
    assert "A code was sent just now" in text_of(again.post(f"{asked(again)}again/"))


def test_where_the_code_went_is_shown_to_who_typed_it_alone(tenant: Tenant, browser: Client) -> None:
    where = asked(browser)
    shown, elsewhere = browser.get(where), visitor(tenant).get(where)
    assert ("0912 345 678" in text_of(shown), "Change the number" in text_of(shown)) == (True, True)
    assert ("0912 345 678" in text_of(elsewhere), "Another number" in text_of(elsewhere)) == (False, True)
    forged = visitor(tenant)
    forged.cookies["customer_code"] = f"{where.split('/')[3]} phone +84900000000:1:x"
    assert "0900" not in text_of(forged.get(where))


def test_the_terms_are_read_by_anybody_and_say_their_version(tenant: Tenant, browser: Client) -> None:
    assert "/app/terms/" in browser.get("/app/sign-in/").content.decode()
    shown = text_of(browser.get("/app/terms/"))
    assert ("has not published a text of its own yet" in shown, "Version app-1" in shown) == (True, True)
    assert "Phiên bản app-1" in text_of(visitor(tenant, language="vi").get("/app/terms/app-1/"))
    assert browser.get("/app/terms/app-0/").status_code == 404


@pytest.mark.parametrize("phone", ["12345", "028 3823 4567", "", "\x00", "\udcff"])
def test_what_no_code_goes_to_is_told_at_the_field(browser: Client, phone: str) -> None:
    answer = browser.post("/app/sign-in/", {"phone": phone.encode("utf-8", "surrogatepass")})
    assert (answer.status_code, "The information entered is not correct" in text_of(answer)) == (422, True)


def test_a_customer_sees_points_and_purchases_and_nobody_else_does(tenant: Tenant, other_tenant: Tenant, browser: Client) -> None:
    joined(tenant, browser)
    a_rule(tenant)
    ((customer,),) = rows("customers_customer", tenant, "id")
    counter = Counter(tenant)
    for _ in range(22):
        counter.sell(customer, 250_000)
    home = text_of(browser.get("/app/"))
    assert ("550" in home, "250,000" in home) == (True, True)
    first = browser.get("/app/purchases/")
    following = re.search(r'href="(\?after=[^"]+)"', first.content.decode())
    assert following
    second = browser.get(f"/app/purchases/{following[1]}")
    assert (text_of(first).count("250,000"), text_of(second).count("250,000")) == (20, 2)
    assert browser.get("/app/purchases/?after=x").status_code == 200
    elsewhere = visitor(other_tenant)
    elsewhere.cookies[COOKIE] = browser.cookies[COOKIE].value
    assert elsewhere.get("/app/").headers["Location"] == "/app/sign-in/"


def test_a_timeline_says_that_it_was_on_their_own_pages(tenant: Tenant, browser: Client, admin_site: Any) -> None:
    joined(tenant, browser)
    ((customer_id,),) = rows("customers_customer", tenant, "id")
    assert "Customer's own pages" in text_of(admin_site.get(f"/admin/customers/customer/{customer_id}/timeline/"))


def test_devices_are_shown_and_ended(tenant: Tenant, browser: Client) -> None:
    joined(tenant, browser)
    page = browser.get("/app/devices/")
    assert (page.context["at"], browser.get("/app/purchases/").context["at"]) == ("/app/me/", "/app/purchases/")
    shown = text_of(page)
    assert ("Chrome · Android" in shown, "This device" in shown) == (True, True)
    ((session,),) = rows("customers_token", tenant, "id")
    ended = browser.post(f"/app/devices/{session}/end/")
    assert (ended.headers["Location"], browser.get("/app/").headers["Location"]) == ("/app/sign-in/", "/app/sign-in/")


def test_who_does_not_take_part_any_more_is_outside(tenant: Tenant, browser: Client) -> None:
    joined(tenant, browser)
    ((customer,),) = rows("customers_customer", tenant, "id")
    do(tenant, EditCustomer(customer_id=customer, first_name="<b>Hương</b>"))
    assert "<b>" not in browser.get("/app/").content.decode()
    do(tenant, DeactivateCustomer(customer_id=customer, reason="asked for it"))
    assert browser.get("/app/").headers["Location"] == "/app/sign-in/"
    assert "This code is wrong" in text_of(browser.post(asked(browser), {"code": last_code(tenant)}))


def test_pages_are_kept_by_no_browser_and_run_no_script_of_others(tenant: Tenant, browser: Client) -> None:
    joined(tenant, browser)
    for page in (browser.get("/app/"), browser.get("/app/sign-in/")):
        assert "no-store" in page.headers["Cache-Control"]
        assert page.headers["Content-Security-Policy"].count("unsafe") == 0
        assert settings.SESSION_COOKIE_NAME not in page.cookies


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (AGENT, "Chrome · Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0", "Edge · Windows"),
        ("curl/8.5", "?"),
    ],
)
def test_a_device_is_called_by_what_its_browser_tells(agent: str, device: str) -> None:
    assert device_of(agent) == device


def test_the_bar_leads_to_a_page_once() -> None:
    with pytest.raises(ValueError, match="leads to app-home already"):
        hang("Points", "app-home", icon="wallet", order=1)
