"""What customers do with their whole account on their own pages: take everything along, be forgotten, join two accounts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from customers import queries
from customers.commands import RegisterCustomer
from loyalty.domain.errors import NotFound
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.customers.given import a_minute_later
from tests.customers.test_own_pages import mine
from tests.customers.test_shell import joined
from tests.customers.test_sign_in import do, last_code, letters, people, wrong
from tests.earning.counter import Counter, in_parallel, rows
from tests.pos.given import a_rule
from tests.support.client import visitor
from tests.support.pages import text_of

OTHER, OTHER_E164 = "0987 654 321", "+84987654321"


@pytest.fixture
def browser(tenant: Tenant) -> Client:
    found = visitor(tenant)
    joined(tenant, found)
    return found


def moved(browser: Client, page: str, **told: str) -> str:
    a_minute_later()
    answer = browser.post(f"/app/me/{page}/", told)
    assert answer.status_code == 302, text_of(answer)
    return str(answer.headers["Location"])


def another_account(tenant: Tenant, points_for: int) -> UUID:
    """Somebody's second registration, with what they bought."""
    counter, other = Counter(tenant), do(tenant, RegisterCustomer(first_name="Hường", phone=OTHER_E164)).customer_id
    counter.sell(other, points_for)
    return UUID(str(other))


# -- everything about me --------------------------------------------------------------------------


def test_everything_about_me_is_a_page_and_a_file_of_what_is_mine(tenant: Tenant, browser: Client) -> None:
    do(tenant, RegisterCustomer(first_name="Somebody"))
    assert "Download the file" in text_of(browser.get("/app/me/data/"))
    page = browser.get("/app/me/data/page/")
    assert [said in text_of(page) for said in ("Đỗ", "Everything about me", "Back", "Somebody")] == [True, True, True, False]
    titles = [text_of(page).index(f" {title} ") for title in ("Who I am", "Messages", "What other systems were told")]
    assert titles == sorted(titles), "who they are comes first"
    file = browser.get("/app/me/data/file/")
    assert (file.json()["customers.profile"][0]["first_name"], "attachment" in file.headers["Content-Disposition"]) == ("Hương", True)
    assert "no-store" in page.headers["Cache-Control"]
    assert rows("staff_privilegedread", tenant, "what") == [], "who looks at their own is not noted"


def test_who_asks_again_and_again_is_told_to_wait(tenant: Tenant, browser: Client) -> None:
    answers = [browser.get("/app/me/data/file/") for _ in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 6 + [429]
    assert "Too many requests. Wait 10 minutes" in text_of(answers[-1])


# -- being forgotten ------------------------------------------------------------------------------


def test_a_customer_is_forgotten_by_a_code_to_their_own_phone_and_said_farewell(tenant: Tenant, browser: Client) -> None:
    a_rule(tenant)
    customer = mine(tenant)
    Counter(tenant).sell(customer, 250_000)
    shown = text_of(browser.get("/app/me/erase/"))
    assert ("25 points" in shown, "nothing brings it back" in shown, "0912 345 678" in shown) == (True, True, True)
    where = moved(browser, "erase")
    assert letters(tenant)[-1][0] == "+84912345678"
    refused = browser.post(where, {"code": wrong(last_code(tenant))})
    assert (refused.status_code, "This code is wrong" in text_of(refused), people(tenant)) == (422, True, 1)
    gone = browser.post(where, {"code": last_code(tenant)})
    assert (gone.headers["Location"], people(tenant)) == ("/app/farewell/", 0)
    assert "Your account is erased." in text_of(browser.get("/app/farewell/"))
    assert browser.get("/app/").headers["Location"] == "/app/sign-in/"
    with reading(tenant.id), pytest.raises(NotFound):
        queries.customer(customer)


def test_two_taps_at_once_forget_once_and_both_are_said_farewell(tenant: Tenant, browser: Client) -> None:
    where = moved(browser, "erase")
    code = last_code(tenant)

    def tap(_number: int) -> str:
        again = visitor(tenant)
        again.cookies = browser.cookies.copy()
        return str(again.post(where, {"code": code}).headers.get("Location"))

    assert in_parallel(6, tap) == ["/app/farewell/"] * 6
    assert [name for (name,) in rows("event.event", tenant, "name")].count("customers.customer_erased") == 1


def test_a_code_for_something_else_or_of_somebody_else_forgets_nobody(tenant: Tenant, browser: Client) -> None:
    where, stranger = moved(browser, "erase"), visitor(tenant)
    code = last_code(tenant)
    assert stranger.post(where, {"code": code}).headers["Location"] == "/app/sign-in/"
    joined_later(tenant, stranger)
    assert stranger.post(where, {"code": code}).headers["Location"] == "/app/me/erase/"
    for_phone = moved(browser, "phone", phone=OTHER).rstrip("/").rpartition("/")[2]
    assert browser.post(f"/app/me/erase/{for_phone}/", {"code": last_code(tenant)}).headers["Location"] == "/app/me/erase/"
    assert people(tenant) == 2


def joined_later(tenant: Tenant, browser: Client) -> None:
    where = browser.post("/app/sign-in/", {"phone": "0901 000 002"}).headers["Location"]
    browser.post(where, {"code": last_code(tenant), "join": "1", "first_name": "Lan", "terms_version": "on"})


# -- two accounts ---------------------------------------------------------------------------------


def test_two_accounts_are_joined_after_the_other_phone_is_proven_and_the_outcome_was_shown(tenant: Tenant, browser: Client) -> None:
    a_rule(tenant)
    Counter(tenant).sell(mine(tenant), 100_000)
    other = another_account(tenant, 250_000)
    where = moved(browser, "join", phone=OTHER)
    assert "Hường" not in text_of(browser.get(where)), "nothing is told before the number is proven"
    code = last_code(tenant)
    assert "This code is wrong" in text_of(browser.post(where, {"code": wrong(code)}))
    seen = text_of(browser.post(where, {"code": code}))
    assert [said in seen for said in ("Hường", "10 points", "25 points", "35 points", "Stays", "Joins it")] == [True] * 6
    assert rows("customers_absorbed", tenant, "id") == [], "only shown"
    assert browser.post(where, {"code": code, "sure": "1"}).headers["Location"] == "/app/"
    again = browser.post(where, {"code": code, "sure": "1"})
    assert (again.headers["Location"], rows("customers_absorbed", tenant, "id")) == ("/app/", [(other,)])
    home = text_of(browser.get("/app/"))
    assert ("35" in home, "Both accounts are one now." in home) == (True, True)


def test_a_number_of_nobody_and_the_own_one_have_nothing_to_join(tenant: Tenant, browser: Client) -> None:
    for phone in (OTHER, "0912 345 678"):
        where = moved(browser, "join", phone=phone)
        refused: Any = browser.post(where, {"code": last_code(tenant)})
        assert (refused.status_code, "There is nothing to join" in text_of(refused)) == (422, True)
    assert browser.post("/app/me/join/", {"phone": "12345"}).status_code == 422


def test_nobody_sees_these_pages_who_is_not_signed_in(tenant: Tenant) -> None:
    pages = ("data", "data/page", "data/file", "erase", "join")
    assert {visitor(tenant).get(f"/app/me/{page}/").headers["Location"] for page in pages} == {"/app/sign-in/"}
