"""Passwords on the customer's own pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from customers.commands import ChangeDoors
from customers.views.access import COOKIE
from loyalty.tenancy.models import Tenant
from tests.customers.given import a_minute_later
from tests.customers.test_passwords import OTHERS, WORDS, an_hour_later
from tests.customers.test_shell import PHONE, joined
from tests.customers.test_sign_in import do, last_code, wrong
from tests.earning.counter import rows
from tests.support.client import visitor
from tests.support.pages import text_of

IN, OWN = "/app/sign-in/password/", "/app/me/password/"


@pytest.fixture
def browser(tenant: Tenant) -> Client:
    """Who has just joined by a code."""
    found = visitor(tenant)
    joined(tenant, found)
    return found


def given(browser: Client, password: str = WORDS, again: str | None = None, **told: str) -> Any:
    return browser.post(OWN, {"password": password, "again": password if again is None else again} | told)


def signed_in(tenant: Tenant, password: str = WORDS) -> Any:
    return visitor(tenant).post(IN, {"phone": PHONE, "password": password})


def test_who_joined_sets_one_and_signs_in_by_it_elsewhere(tenant: Tenant, browser: Client) -> None:
    assert "None yet: you sign in by a code" in text_of(browser.get("/app/me/"))
    before = browser.cookies[COOKIE].value
    assert given(browser).headers["Location"] == "/app/me/"
    assert "Your password is set." in text_of(browser.get("/app/me/"))
    kept = browser.cookies[COOKIE]
    assert (kept.value != before, kept["httponly"], kept["path"]) == (True, True, "/app/")
    assert "Sign in with a password" in text_of(visitor(tenant).get("/app/sign-in/"))
    inside = signed_in(tenant)
    assert (inside.headers["Location"], inside.cookies[COOKIE]["httponly"]) == ("/app/", True)
    wrong_one = signed_in(tenant, "not this one")
    assert (wrong_one.status_code, "This does not match" in text_of(wrong_one), COOKIE in wrong_one.cookies) == (422, True, False)
    assert WORDS not in wrong_one.content.decode()


def test_what_is_wrong_is_told_at_its_field_and_nothing_that_was_typed_comes_back(tenant: Tenant, browser: Client) -> None:
    for password, again, told in ((WORDS, OTHERS, "The two are not the same"), ("ngắn", "ngắn", "at least 8 characters")):
        answer = given(browser, password, again)
        assert (answer.status_code, told in text_of(answer), password in answer.content.decode()) == (422, True, False)
    assert rows("customers_password", tenant, "customer_id") == []


def test_later_the_old_one_is_asked_for_or_a_code(tenant: Tenant, browser: Client) -> None:
    given(browser)
    an_hour_later()
    assert "The password that you have" in text_of(browser.get(OWN))
    refused = given(browser, OTHERS, old="not this one")
    assert (refused.status_code, "This does not match" in text_of(refused)) == (422, True)
    a_minute_later()
    where = browser.post("/app/me/proof/password/code/").headers["Location"]
    assert "0912 345 678" in text_of(browser.get(where))
    assert browser.post(where, {"code": wrong(last_code(tenant))}).status_code == 422
    assert "A code was sent just now" in text_of(browser.post(f"{where}again/"))
    assert browser.post(where, {"code": last_code(tenant)}).headers["Location"] == OWN
    assert "The password that you have" not in text_of(browser.get(OWN))
    assert given(browser, OTHERS).status_code == 302
    assert [signed_in(tenant, one).status_code for one in (WORDS, OTHERS)] == [422, 302]


def test_it_is_taken_away(tenant: Tenant, browser: Client) -> None:
    given(browser)
    an_hour_later()
    refused = browser.post(OWN, {"away": "1", "away-old": "not this one"})
    assert (refused.status_code, "This does not match" in text_of(refused)) == (422, True)
    assert browser.post(OWN, {"away": "1", "away-old": WORDS}).headers["Location"] == "/app/me/"
    assert (rows("customers_password", tenant, "customer_id"), signed_in(tenant).status_code) == ([], 422)


def test_where_the_programme_takes_none_nothing_is_offered(tenant: Tenant, browser: Client) -> None:
    do(tenant, ChangeDoors(doors=("phone",), passwords=False))
    assert browser.get(OWN).headers["Location"] == "/app/me/"
    assert visitor(tenant).get(IN).headers["Location"] == "/app/sign-in/"
    assert "assword" not in text_of(browser.get("/app/me/")) + text_of(visitor(tenant).get("/app/sign-in/"))


def test_staff_settle_it_on_the_page_of_doors(tenant: Tenant, admin_site: Any) -> None:
    form = {"doors": ["phone"], "countries": "VN", "dormant_months": "6", "fact_above": "", "messages_by": "phone"}
    for ticked, shown in (({"passwords": "on"}, True), ({}, False)):
        page = "/admin/customers/doors/"
        admin_site.post(f"{page}settle/", form | ticked)
        assert "Customers may have a password" in text_of(admin_site.get(page, follow=True))
        assert rows("customers_doors", tenant, "passwords") == [(shown,)]
