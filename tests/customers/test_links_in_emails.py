"""The link in an email says as much as the code beside it: once, for the same challenge, and nothing by being looked at."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from customers.commands import ChangeDoors, RegisterCustomer
from customers.domain.challenge import BUDGETS, MOST_COMPARES
from customers.views.access import COOKIE
from loyalty.domain.errors import Throttled
from loyalty.tenancy.models import Tenant
from tests.customers.given import a_minute_later
from tests.customers.test_sign_in import SIGN_IN, do, last_code, letters, people, send
from tests.earning.counter import in_parallel, rows
from tests.support.client import ApiClient, visitor
from tests.support.pages import text_of

EMAIL = "an@example.com"


@pytest.fixture(autouse=True)
def by_email(tenant: Tenant) -> None:
    do(tenant, ChangeDoors(doors=("phone", "email")))


def asked(tenant: Tenant, email: str = EMAIL) -> str:
    """The path of the link that came."""
    a_minute_later()
    assert visitor(tenant).post("/app/sign-in/", {"phone": email}).status_code == 302
    found = re.search(r"http://[^/]+(/app/sign-in/\S+)", letters(tenant)[-1][1])
    assert found, letters(tenant)[-1][1]
    return found[1]


def test_who_looks_at_it_uses_nothing_up_and_who_presses_comes_in_once(tenant: Tenant) -> None:
    do(tenant, RegisterCustomer(first_name="Lan", email=EMAIL))
    link = asked(tenant)
    for _ in range(MOST_COMPARES + 1):
        assert "One press" in text_of(visitor(tenant).get(link)), "a program that checks links looks at it too"
    inside = visitor(tenant)
    entered = inside.post(link)
    assert (entered.headers["Location"], COOKIE in entered.cookies) == ("/app/", True)
    assert "Lan" in text_of(inside.get("/app/"))
    again = visitor(tenant).post(link)
    assert (again.status_code, "This code is wrong" in text_of(again)) == (422, True)


def test_who_is_new_agrees_to_the_terms_by_the_same_link(tenant: Tenant) -> None:
    link, browser = asked(tenant), visitor(tenant)
    assert "One thing is left" in text_of(browser.post(link))
    entered = browser.post(link, {"join": "1", "first_name": "Lan", "terms_version": "on"})
    assert (entered.headers["Location"], people(tenant)) == ("/app/", 1)


def test_link_and_code_are_one_challenge_of_which_one_counts(tenant: Tenant) -> None:
    link = asked(tenant)
    code_page = link.rsplit("/", 2)[0] + "/"
    browser = visitor(tenant)
    assert browser.post(code_page, {"code": last_code(tenant), "join": "1", "terms_version": "on"}).headers["Location"] == "/app/"
    assert "This code is wrong" in text_of(visitor(tenant).post(link))


def test_it_is_over_after_ten_minutes_and_when_another_was_sent_and_elsewhere(tenant: Tenant, other_tenant: Tenant) -> None:
    do(tenant, RegisterCustomer(email=EMAIL))
    link = asked(tenant)
    assert visitor(other_tenant).post(link).headers["Location"] == "/app/sign-in/"
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=10)):
        assert "This code is wrong" in text_of(visitor(tenant).post(link))
    link = asked(tenant)
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=61)):
        visitor(tenant).post(f"{link.rsplit('/', 2)[0]}/again/")
        assert "This code is wrong" in text_of(visitor(tenant).post(link))


def test_it_is_kept_as_a_digest_and_the_api_takes_its_last_part(tenant: Tenant) -> None:
    link = asked(tenant)
    token = link.rstrip("/").rpartition("/")[2]
    assert token not in str(rows("customers_challenge", tenant, "*"))
    caller = ApiClient(None, tenant.hosts[0])
    challenge = link.split("/")[3]
    wrong = caller.post(f"{SIGN_IN}/{challenge}", {"link": token[:-1], "terms_version": "1"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "customers.code_wrong")
    assert caller.post(f"{SIGN_IN}/{challenge}", {"link": token, "terms_version": "1"}).json()["registered"] is True


def test_a_text_message_has_no_link(tenant: Tenant) -> None:
    visitor(tenant).post("/app/sign-in/", {"phone": "0912345678"})
    assert "http" not in letters(tenant)[-1][1]
    assert rows("customers_challenge", tenant, "link_digest") == [(None,)]


def test_of_many_presses_at_once_one_comes_in(tenant: Tenant) -> None:
    do(tenant, RegisterCustomer(email=EMAIL))
    link = asked(tenant)
    answers: Any = in_parallel(5, lambda n: visitor(tenant).post(link).status_code)
    assert sorted(answers) == [302, 422, 422, 422, 422]


def test_a_flood_in_the_name_of_one_domain_ends_and_leaves_the_others_their_codes(tenant: Tenant, monkeypatch: Any) -> None:
    assert BUDGETS["domain"] <= BUDGETS["all"] // 4
    monkeypatch.setitem(BUDGETS, "domain", 3)
    now = datetime.now(UTC)
    for n in range(3):
        send(tenant, f"a{n}@victim.example", f"198.51.100.{n}", now, kind="email")
    with pytest.raises(Throttled):
        send(tenant, "a9@victim.example", "198.51.100.9", now, kind="email")
    send(tenant, "a9@other.example", "198.51.100.9", now, kind="email")


def test_an_address_of_ipv4_may_be_a_carriers_and_asks_ten_times_as_often(tenant: Tenant, monkeypatch: Any) -> None:
    assert BUDGETS["shared"] == 10 * BUDGETS["address"]
    monkeypatch.setitem(BUDGETS, "address", 2)
    now = datetime.now(UTC)
    for n in range(3):
        send(tenant, f"+8491{n:03}0000", "198.51.100.1", now)
    for n in range(2):
        send(tenant, f"+8492{n:03}0000", f"2001:db8::{n}", now)
    with pytest.raises(Throttled):
        send(tenant, "+84929990000", "2001:db8::ffff", now)
