"""Whatever is begun anew: to one phone goes one code a minute, and so many are compared in an hour; and nobody is shut out by strangers."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from customers.commands import RegisterCustomer, SendCode
from customers.domain.challenge import BUDGETS, COMPARES_SPAN, GOOD_FOR, MOST_COMPARES, MOST_COMPARES_OF_ONE
from customers.views.access import KNOWN_COOKIE
from loyalty.domain.errors import Throttled
from loyalty.tenancy.models import Tenant
from tests.customers.given import a_minute_later
from tests.customers.test_sign_in import PHONE, SIGN_IN, asked, challenges, do, last_code, letters, signed_in, wrong
from tests.earning.counter import in_parallel, rows
from tests.support.client import ApiClient, visitor

TERMS = {"terms_version": "2026-01"}
OTHER = "+84987654321"


@pytest.fixture
def caller(tenant: Tenant) -> ApiClient:
    return ApiClient(None, tenant.hosts[0])


def used_up(tenant: Tenant, caller: ApiClient, phone: str = PHONE) -> list[Any]:
    """Wrong codes for as many challenges as it takes; the answers."""
    answers: list[Any] = []
    while len(answers) < MOST_COMPARES_OF_ONE:
        where = asked(caller, phone)
        guess = {"code": wrong(last_code(tenant))} | TERMS
        answers += [caller.post(where, guess) for _ in range(MOST_COMPARES)]
    return answers


# -- one code a minute --------------------------------------------------------------------------


def test_beginning_anew_is_no_way_around_the_minute(tenant: Tenant, caller: ApiClient) -> None:
    asked(caller)
    again = caller.post(SIGN_IN, {"phone": "0912 345 678"})
    assert (again.status_code, again.json()["code"], len(letters(tenant))) == (429, "customers.code_just_sent", 1)
    assert 0 < int(again.headers["Retry-After"]) <= 60
    assert caller.post(SIGN_IN, {"phone": OTHER}).status_code == 201, "another phone is another matter"
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=61)):
        assert caller.post(SIGN_IN, {"phone": PHONE}).status_code == 201


def test_of_many_who_ask_at_once_one_is_sent_a_code(tenant: Tenant, caller: ApiClient, api: ApiClient) -> None:
    """From everywhere: at the door, and at a till."""
    doors = [(caller, SIGN_IN), (api, "/api/v1/enrolments")] * 6
    answers: Any = in_parallel(12, lambda n: doors[n][0].post(doors[n][1], {"phone": PHONE}).status_code)
    assert (sorted(answers), len(letters(tenant))) == ([201] + [429] * 11, 1)


# -- so many compares ---------------------------------------------------------------------------


def test_of_fifty_compares_at_once_over_many_challenges_so_many_are_compared(tenant: Tenant, caller: ApiClient) -> None:
    made = challenges(tenant, 13)

    def guess(n: int) -> Any:
        challenge_id, right = made[n % 13]
        return caller.post(f"{SIGN_IN}/{challenge_id}", {"code": wrong(right)} | TERMS).json()["code"]

    answers: Any = in_parallel(50, guess)
    assert max(tries for (tries,) in rows("customers_challenge", tenant, "tries")) < MOST_COMPARES, "no challenge is over by itself"
    compared = answers.count("customers.code_wrong")
    assert (compared, answers.count("customers.too_many_compares")) == (MOST_COMPARES_OF_ONE, 50 - MOST_COMPARES_OF_ONE)
    challenge_id, right = made[0]
    refused = caller.post(f"{SIGN_IN}/{challenge_id}", {"code": right} | TERMS)
    assert (refused.status_code, refused.json()["code"]) == (429, "customers.too_many_compares"), "the right one as well"
    assert 0 < int(refused.headers["Retry-After"]) <= COMPARES_SPAN.total_seconds()


def test_no_code_is_sent_that_could_not_be_compared_and_after_an_hour_it_is(tenant: Tenant, caller: ApiClient) -> None:
    used_up(tenant, caller)
    sent = len(letters(tenant))
    a_minute_later()
    refused = caller.post(SIGN_IN, {"phone": PHONE})
    assert (refused.status_code, refused.json()["code"], len(letters(tenant))) == (429, "customers.too_many_compares", sent)
    with time_machine.travel(datetime.now(UTC) + COMPARES_SPAN):
        assert signed_in(tenant, caller).status_code == 200


def test_it_is_the_same_whether_anybody_has_the_number_or_not(tenant: Tenant, caller: ApiClient) -> None:
    do(tenant, RegisterCustomer(phone=PHONE))
    known, unknown = used_up(tenant, caller), used_up(tenant, caller, OTHER)
    assert [a.json()["code"] for a in known] == [a.json()["code"] for a in unknown]
    a_minute_later()
    told = [caller.post(SIGN_IN, {"phone": phone}) for phone in (PHONE, OTHER)]
    assert [(a.status_code, a.json()["code"]) for a in told] == [(429, "customers.too_many_compares")] * 2


def test_a_right_code_makes_it_none_again(tenant: Tenant, caller: ApiClient) -> None:
    for _ in range(2):
        for _ in range(2):
            where = asked(caller)
            for _ in range(4):
                caller.post(where, {"code": wrong(last_code(tenant))} | TERMS)
        assert caller.post(where, {"code": last_code(tenant)} | TERMS).status_code == 200


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "12a456", "      "])
def test_what_cannot_be_a_code_uses_nothing_up(tenant: Tenant, caller: ApiClient, typed: str) -> None:
    where = asked(caller)
    for _ in range(MOST_COMPARES + 1):
        refused = caller.post(where, {"code": typed} | TERMS)
        assert (refused.status_code, refused.json()["code"], refused.json()["errors"][0]["pointer"]) == (
            422,
            "customers.code_shape",
            "/code",
        )
    assert rows("customers_challenge", tenant, "tries") == [(0,)]
    full_width = "".join(chr(ord(digit) - ord("0") + ord("０")) for digit in last_code(tenant))
    assert caller.post(where, {"code": f" {full_width[:3]} {full_width[3:]}"} | TERMS).status_code == 200


# -- strangers shut nobody out ------------------------------------------------------------------


def test_what_strangers_use_up_does_not_count_on_a_device_that_is_known(tenant: Tenant, caller: ApiClient) -> None:
    kept = signed_in(tenant, caller).json()["known_device"]
    mark = signed_in(tenant, caller, OTHER).json()["known_device"]
    used_up(tenant, caller)
    a_minute_later()
    for forged in ("", mark, kept[:-1], "\u0111", "x" * 60):
        assert caller.post(SIGN_IN, {"phone": PHONE, "known_device": forged}).json()["code"] == "customers.too_many_compares"
    where = caller.post(SIGN_IN, {"phone": PHONE, "known_device": kept}).json()["challenge_id"]
    assert caller.post(f"{SIGN_IN}/{where}", {"code": last_code(tenant)}).status_code == 200


def test_their_own_browser_keeps_it_after_they_signed_out(tenant: Tenant, caller: ApiClient) -> None:
    browser = visitor(tenant)
    for shut_out in (False, True):
        if shut_out:
            used_up(tenant, caller)
        a_minute_later()
        where = browser.post("/app/sign-in/", {"phone": PHONE}).headers["Location"]
        answer = browser.post(where, {"code": last_code(tenant), "join": "1", "terms_version": "on"})
        assert (answer.status_code, bool(browser.cookies[KNOWN_COOKIE]["httponly"])) == (302, True)
        browser.post("/app/sign-out/")
    assert b"0912345678" not in browser.cookies[KNOWN_COOKIE].value.encode()


def test_nor_does_it_count_at_a_till(tenant: Tenant, caller: ApiClient, api: ApiClient) -> None:
    used_up(tenant, caller)
    a_minute_later()
    where = api.post("/api/v1/enrolments", {"phone": PHONE}).json()["challenge_id"]
    assert api.post(f"/api/v1/enrolments/{where}", {"code": last_code(tenant)} | TERMS).status_code == 200


def test_even_a_device_that_is_known_does_not_guess_for_ever(tenant: Tenant, caller: ApiClient) -> None:
    kept, answers = signed_in(tenant, caller).json()["known_device"], []
    for _ in range(2):
        a_minute_later()
        where = caller.post(SIGN_IN, {"phone": PHONE, "known_device": kept}).json()["challenge_id"]
        guess = {"code": wrong(last_code(tenant))}
        answers += [caller.post(f"{SIGN_IN}/{where}", guess).status_code for _ in range(MOST_COMPARES)]
    assert answers == [422] * MOST_COMPARES_OF_ONE
    with time_machine.travel(datetime.now(UTC) + GOOD_FOR):
        assert caller.post(SIGN_IN, {"phone": PHONE, "known_device": kept}).json()["code"] == "customers.too_many_compares"


# -- what leaves in all ---------------------------------------------------------------------------


def flooded(tenant: Tenant, monkeypatch: pytest.MonkeyPatch, budget: str) -> None:
    """Strangers have used up what of codes may leave: at numbers of their own choice, from the address of everybody else."""
    monkeypatch.setitem(BUDGETS, budget, 3)
    told = {"purpose": "sign_in", "kind": "phone", "code": "123456", "asked_from": "127.0.0.1", "language": "en"}
    left = 0
    with suppress(Throttled):
        while left < 4:
            do(tenant, SendCode(to=f"{PHONE[:-3]}{left:03}", **told))
            left += 1
    assert left < 4, "nothing ends them"


@pytest.mark.parametrize("budget", ["all", "prefix", "shared"])
def test_strangers_use_up_what_is_theirs_and_nobody_elses(
    tenant: Tenant, caller: ApiClient, api: ApiClient, monkeypatch: pytest.MonkeyPatch, budget: str
) -> None:
    joined = signed_in(tenant, caller).json()
    a_minute_later()
    flooded(tenant, monkeypatch, budget)
    mine = ApiClient(joined["token"], tenant.hosts[0])
    assert caller.post(SIGN_IN, {"phone": PHONE}).status_code == 429, "another device is nobody's"
    assert caller.post(SIGN_IN, {"phone": PHONE, "known_device": joined["known_device"]}).status_code == 201
    assert mine.post("/api/v1/me/phone", {"phone": f"{PHONE[:-3]}777"}).status_code == 201
    assert api.post("/api/v1/enrolments", {"phone": f"{PHONE[:-3]}778"}).status_code == 201
    assert mine.post("/api/v1/me/invitations", {"phone": f"{PHONE[:-3]}779"}).status_code == 201


def test_each_crowd_has_an_end_as_well(tenant: Tenant, caller: ApiClient, api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = ApiClient(signed_in(tenant, caller).json()["token"], tenant.hosts[0])
    monkeypatch.setitem(BUDGETS, "all", 2)
    for one, path in ((mine, "/api/v1/me/phone"), (api, "/api/v1/enrolments")):
        answers = [one.post(path, {"phone": f"{PHONE[:-3]}{100 + n}"}) for n in range(3)]
        assert [a.status_code for a in answers][-1] == 429, path
        a_minute_later()


def test_one_customer_asks_for_so_many_codes_only(tenant: Tenant, caller: ApiClient) -> None:
    """An account of one's own is no way to have messages sent to whole rows of numbers."""
    mine = ApiClient(signed_in(tenant, caller).json()["token"], tenant.hosts[0])
    answers = [mine.post("/api/v1/me/phone", {"phone": f"+8491200{n:04}"}) for n in range(BUDGETS["by"] + 1)]
    assert [a.status_code for a in answers] == [201] * BUDGETS["by"] + [429]
    other = ApiClient(signed_in(tenant, caller, OTHER).json()["token"], tenant.hosts[0])
    assert other.post("/api/v1/me/phone", {"phone": "+84912009999"}).status_code == 201
