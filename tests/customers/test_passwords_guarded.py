"""What strangers, and who holds somebody else's device or account for a while, cannot do with passwords."""

from __future__ import annotations

import unicodedata
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth import hashers
from django.core.signals import got_request_exception
from django.db import connection, connections
from django.http import HttpRequest
from django.views.debug import get_default_exception_reporter_filter

from customers.budgets import LOCK, _password_keys, count_password_try, keys_of, own_password_key
from customers.commands import EraseCustomer, MergeCustomers, RegisterCustomer, SignInByPassword, UnmergeCustomer
from customers.domain.challenge import MOST_COMPARES, MOST_COMPARES_OF_ONE
from customers.passwords import led_to
from loyalty.embedded.process import wait_until
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.customers.given import a_minute_later
from tests.customers.test_passwords import (
    CODE,
    ME,
    OTHER,
    OTHERS,
    OWN,
    PHONE,
    WORDS,
    an_hour_later,
    app,
    mine,
    refused,
    said,
    visitor,
    with_password,
)
from tests.customers.test_shell import joined
from tests.customers.test_sign_in import SIGN_IN, do, last_code, letters, signed_in, wrong
from tests.earning.counter import rows
from tests.support import client as browsers
from tests.support.client import ApiClient
from tests.support.pages import text_of

__all__ = ["mine", "visitor"]
MOBILE = "+84912345678"


def _asked(cursor: Any, sql: str, params: list[Any] | None = None) -> list[Any]:
    cursor.execute(sql, params)
    return list(cursor.fetchall())


def compared_by_strangers(tenant: Tenant, visitor: ApiClient) -> None:
    """Strangers use up how often codes to PHONE are compared of them."""
    for _ in range(MOST_COMPARES_OF_ONE // MOST_COMPARES):
        a_minute_later()
        asked = visitor.post(SIGN_IN, {"phone": PHONE}).json()["challenge_id"]
        for _ in range(MOST_COMPARES):
            assert visitor.post(f"{SIGN_IN}/{asked}", {"code": wrong(last_code(tenant))}).status_code == 422
    a_minute_later()
    assert visitor.post(SIGN_IN, {"phone": PHONE}).json()["code"] == "customers.too_many_compares"


@pytest.mark.parametrize("by", [WORDS, "a third set of words"])
def test_who_came_by_the_password_of_another_is_out_when_the_two_are_taken_apart(tenant: Tenant, visitor: ApiClient, by: str) -> None:
    older = with_password(tenant, app(tenant, signed_in(tenant, visitor)))
    younger = app(tenant, signed_in(tenant, visitor, OTHER))
    one, other = UUID(older.get(ME).json()["id"]), UUID(younger.get(ME).json()["id"])
    do(tenant, MergeCustomers(customer_id=one, other_id=other, reason="same person"))
    if by != WORDS:
        older = with_password(tenant, older, by, old=WORDS)
        younger = app(tenant, signed_in(tenant, visitor, OTHER))
    came = [app(tenant, said(visitor, by, phone)) for phone in (PHONE, OTHER)]
    do(tenant, UnmergeCustomer(customer_id=other, reason="two people"))
    assert [inside.get(ME).status_code for inside in came] == [401, 401], "by the password of one they were in as the other"
    assert older.get(ME).json()["id"] == str(one), "who was in before is so still"
    assert app(tenant, signed_in(tenant, visitor, OTHER)).get(ME).json()["id"] == str(other)


def test_who_was_in_before_the_merge_is_so_after_it(tenant: Tenant, visitor: ApiClient) -> None:
    older, younger = app(tenant, signed_in(tenant, visitor)), app(tenant, signed_in(tenant, visitor, OTHER))
    one, other = UUID(older.get(ME).json()["id"]), UUID(younger.get(ME).json()["id"])
    do(tenant, MergeCustomers(customer_id=one, other_id=other, reason="same person"))
    do(tenant, UnmergeCustomer(customer_id=other, reason="two people"))
    assert [inside.get(ME).json()["id"] for inside in (older, younger)] == [str(one), str(other)]


def test_strangers_keep_nobody_who_is_signed_in_from_a_code_to_their_own_phone(tenant: Tenant, visitor: ApiClient, mine: ApiClient) -> None:
    mine = with_password(tenant, mine)
    an_hour_later()
    compared_by_strangers(tenant, visitor)
    asked = mine.post(CODE)
    assert asked.status_code == 201, asked.content
    assert mine.post(f"{CODE}/{asked.json()['challenge_id']}", {"code": last_code(tenant)}).status_code == 200
    with_password(tenant, mine, OTHERS)


@pytest.mark.parametrize("page", ["/app/me/proof/password/code/", "/app/me/erase/"])
def test_nor_on_their_own_pages(tenant: Tenant, visitor: ApiClient, page: str) -> None:
    browser = browsers.visitor(tenant)
    joined(tenant, browser)
    compared_by_strangers(tenant, visitor)
    assert "0912 345 678" in text_of(browser.get(browser.post(page).headers["Location"]))


def test_the_code_goes_to_the_phone_by_which_somebody_came(tenant: Tenant, visitor: ApiClient) -> None:
    """Who joined again with another phone, since the one before was lost, does not read what comes there."""
    one = do(tenant, RegisterCustomer(first_name="Lan", phone=PHONE)).customer_id
    younger = app(tenant, signed_in(tenant, visitor, OTHER))
    do(tenant, MergeCustomers(customer_id=one, other_id=UUID(younger.get(ME).json()["id"]), reason="same person"))
    a_minute_later()
    asked = younger.post(CODE)
    assert (asked.status_code, letters(tenant)[-1][0]) == (201, OTHER)
    assert younger.post(f"{CODE}/{asked.json()['challenge_id']}", {"code": last_code(tenant)}).status_code == 200


@pytest.mark.parametrize("page", ["/app/me/proof/password/code/", "/app/me/erase/"])
def test_also_where_who_stands_for_both_has_none(tenant: Tenant, page: str) -> None:
    one = do(tenant, RegisterCustomer(first_name="Lan", card="LAN 1")).customer_id
    browser = browsers.visitor(tenant)
    joined(tenant, browser)
    ((other,),) = rows("customers_token", tenant, "customer_id")
    do(tenant, MergeCustomers(customer_id=one, other_id=other, reason="same person"))
    a_minute_later()
    where = browser.post(page).headers["Location"]
    assert "0912 345 678" in text_of(browser.get(where))


def test_what_was_counted_of_guesses_goes_with_the_person_and_with_who_was_merged_into_them(tenant: Tenant, visitor: ApiClient) -> None:
    both = [with_password(tenant, app(tenant, signed_in(tenant, visitor, phone))) for phone in (PHONE, OTHER)]
    one, other = (UUID(each.get(ME).json()["id"]) for each in both)
    an_hour_later()
    for each, phone in zip(both, (PHONE, OTHER), strict=True):
        assert (
            refused(said(visitor, "not this one", phone))[0] == refused(each.put(OWN, {"password": None, "old": "not this one"}))[0] == 422
        )
    do(tenant, MergeCustomers(customer_id=one, other_id=other, reason="same person"))
    theirs = {key for phone in (MOBILE, OTHER) for key in keys_of("phone", phone, tenant.id)}
    theirs |= {own_password_key(customer_id, tenant.id) for customer_id in (one, other)}

    def counted() -> int:
        return len(theirs & {bytes(key) for (key,) in rows("customers_code_budget", tenant, "key")})

    assert counted() >= 4
    do(tenant, EraseCustomer(customer_id=one))
    assert (counted(), rows("customers_password", tenant, "customer_id")) == (0, [])


def test_who_signs_in_and_who_guesses_meanwhile_do_not_wait_for_each_other(tenant: Tenant, mine: ApiClient) -> None:
    with_password(tenant, mine)
    number, address, asked_from = next(
        (*keys, f"127.0.0.{n}")
        for n in range(1, 255)
        if (keys := _password_keys(tenant.id, "phone", MOBILE, f"127.0.0.{n}", "open"))[1] < keys[0]
    )
    count_password_try(tenant.id, "phone", MOBILE, asked_from, "open", datetime.now(UTC))
    known = led_to(tenant.id, "phone", MOBILE)
    assert known is not None
    order = SignInByPassword(kind="phone", value=MOBILE, known=known, hash=b"h" * 32, device="?", asked_from=asked_from)

    def signs_in() -> Any:
        try:
            return do(tenant, order)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with reading(tenant.id), connection.cursor() as cursor:
            cursor.execute(LOCK, [tenant.id, [address]])
            running, waits = pool.submit(signs_in), "select true from pg_locks where pg_backend_pid() = any (pg_blocking_pids(pid))"
            assert wait_until(lambda: bool(_asked(cursor, waits)), 5)
            assert len(_asked(cursor, f"{LOCK} nowait", [tenant.id, [number]])) == 1, "who waits for a guess holds nothing that it needs"
        assert running.result().session_id


@pytest.mark.parametrize("told", [{}, {"old": "not this one"}])
def test_nothing_slow_is_made_of_the_new_one_for_who_may_not_set_it(
    monkeypatch: pytest.MonkeyPatch, tenant: Tenant, mine: ApiClient, told: dict[str, str]
) -> None:
    mine = with_password(tenant, mine)
    an_hour_later()
    made: list[str] = []
    slow = hashers.make_password
    monkeypatch.setattr("customers.passwords.make_password", lambda password: made.append(password) or slow(password))
    assert refused(mine.put(OWN, {"password": OTHERS} | told))[0] == 422
    assert made == []
    with_password(tenant, mine, OTHERS, old=WORDS)
    assert made == [OTHERS]


def test_a_long_one_is_the_same_where_a_keyboard_sends_accents_apart(tenant: Tenant, mine: ApiClient) -> None:
    words = "ế ộ ữ " * 20 + "xoài"
    apart = unicodedata.normalize("NFD", words)
    assert (len(words) <= 128, len(apart) > 128) == (True, True)
    with_password(tenant, mine, words)
    told = [browsers.visitor(tenant).post("/app/sign-in/password/", {"phone": PHONE, "password": one}) for one in (words, apart)]
    assert [answer.status_code for answer in told] == [302, 302]


def test_what_is_too_long_once_it_is_written_out_is_told_to_be_so(mine: ApiClient) -> None:
    assert [e["code"] for e in mine.put(OWN, {"password": "\ufdfa" * 100}).json()["errors"]] == ["customers.password_long"]


@pytest.mark.parametrize("told", [{"old": WORDS, "password": OTHERS, "again": OTHERS}, {"away": "1", "away-old": WORDS}])
def test_no_report_of_an_error_has_a_password(monkeypatch: pytest.MonkeyPatch, tenant: Tenant, told: dict[str, str]) -> None:
    browser = browsers.visitor(tenant)
    joined(tenant, browser)
    seen: list[HttpRequest] = []
    browser.raise_request_exception = False

    def broken(*_: Any) -> Any:
        raise RuntimeError

    def report(request: HttpRequest, **_: Any) -> None:
        seen.append(request)

    monkeypatch.setattr("customers.views.passwords.kept", broken)
    got_request_exception.connect(report)
    try:
        assert browser.post("/app/me/password/", told).status_code == 500
    finally:
        got_request_exception.disconnect(report)
    shown = get_default_exception_reporter_filter().get_post_parameters(seen[0])
    assert {*shown.values()}.isdisjoint({WORDS, OTHERS}), shown
