"""Customers who like set a password, sign in by it, change it, forget it and take it away; nobody learns who has one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connections

from customers.commands import ChangeDoors, DeactivateCustomer, EraseCustomer, MergeCustomers, RegisterCustomer, UnmergeCustomer
from customers.domain.challenge import MOST_PASSWORDS_OF_ONE
from customers.passwords import is_right, normal
from loyalty.tenancy.models import Tenant
from tests.customers.given import a_minute_later
from tests.customers.test_second_fact import imported
from tests.customers.test_sign_in import PHONE, do, last_code, signed_in, wrong
from tests.earning.counter import in_parallel, rows
from tests.support.client import ApiClient

IN, OWN, CODE, ME = "/api/v1/sign-in/password", "/api/v1/me/password", "/api/v1/me/proof/code", "/api/v1/me"
OTHER = "+84987654321"
WORDS, OTHERS = "xoài chín cây nhà", "four green kites fly"


@pytest.fixture
def visitor(tenant: Tenant) -> ApiClient:
    return ApiClient(None, tenant.hosts[0])


def app(tenant: Tenant, answer: Any) -> ApiClient:
    assert answer.status_code == 200, answer.content
    return ApiClient(answer.json()["token"], tenant.hosts[0])


@pytest.fixture
def mine(tenant: Tenant, visitor: ApiClient) -> ApiClient:
    """Who has just joined by a code."""
    return app(tenant, signed_in(tenant, visitor, first_name="Hương", last_name="Đỗ Nguyễn"))


def with_password(tenant: Tenant, mine: ApiClient, password: str = WORDS, **told: Any) -> ApiClient:
    """The session goes on by another token."""
    return app(tenant, mine.put(OWN, {"password": password} | told))


def said(visitor: ApiClient, password: str = WORDS, phone: str = PHONE, **told: Any) -> Any:
    return visitor.post(IN, {"phone": phone, "password": password} | told)


def refused(answer: Any) -> tuple[int, str, str]:
    body = answer.json()
    return answer.status_code, body["code"], body["errors"][0]["pointer"] if body.get("errors") else ""


WRONG = (422, "customers.password_wrong", "/password")


def an_hour_later() -> None:
    """As if what was said by codes were long ago."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("update customers_token set proven_at = proven_at - interval '16 minutes'")


# -- having one ---------------------------------------------------------------------------------


def test_who_has_just_said_a_code_sets_one_and_signs_in_by_it(tenant: Tenant, visitor: ApiClient, mine: ApiClient) -> None:
    customer = mine.get(ME).json()["id"]
    shown = mine.get(OWN).json()
    assert (shown["set_at"], shown["open"], shown["proven_until"] is not None) == (None, True, True)
    renewed = with_password(tenant, mine)
    assert renewed.get(OWN).json()["set_at"] is not None
    for spelling in ("0912 345 678", "+84 912 345 678"):
        answer = said(visitor, phone=spelling, device="Chrome · Android")
        assert (answer.json()["customer_id"], answer.json()["registered"]) == (customer, False)
    inside = app(tenant, answer)
    assert {s["device"] for s in inside.get("/api/v1/me/sessions").json()["items"]} >= {"Chrome · Android"}
    assert inside.get(OWN).json()["proven_until"] is not None, "a password shows who it is as a code does"
    assert refused(said(visitor, "not this one")) == WRONG


def test_only_a_slow_hash_is_kept_and_no_event_has_it(tenant: Tenant, mine: ApiClient) -> None:
    before = len(rows("event.event", tenant, "payload::text"))
    with_password(tenant, mine)
    ((encoded,),) = rows("customers_password", tenant, "encoded")
    assert (WORDS in encoded, is_right(WORDS, encoded), is_right(OTHERS, encoded), is_right("", encoded)) == (False, True, False, False)
    assert len(rows("event.event", tenant, "payload::text")) == before
    for (kept,) in rows("api_idempotency", tenant, "body"):
        assert WORDS.encode() not in bytes(kept)


def test_it_is_the_same_from_every_keyboard() -> None:
    assert normal("xoa\u0300i chi\u0301n") == normal("xoài chín")
    assert normal("１２ab") == "12ab"
    assert [normal(no) for no in ("a\x00b", "a\udcffb", "a\nb", "x" * 129, "\ufdfa" * 128)] == [""] * 5


@pytest.mark.parametrize(
    ("password", "codes"),
    [
        ("", ["customers.password_short"]),
        ("ngắn", ["customers.password_short"]),
        ("password", ["customers.password_common"]),
        ("2026202620262026", ["customers.password_digits"]),
        ("7777777", ["customers.password_short", "customers.password_common", "customers.password_digits"]),
        ("đỗ nguyễn", ["customers.password_like_oneself"]),
        ("+84912345678a", ["customers.password_like_oneself"]),
        ("Đỗ Nguyễn Hương 1", ["customers.password_like_oneself"]),
        ("hương đỗ nguyễn 1", ["customers.password_like_oneself"]),
        ("HuongDoNguyen7", ["customers.password_like_oneself"]),
        (" " * 12, ["customers.password_short"]),
        ("a" + " " * 12 + "b", ["customers.password_short", "customers.password_common"]),
        ("xyxyxyxyxyxyxyx", ["customers.password_common"]),
        ("x" * 129, ["customers.password_long"]),
        ("abc\x07defghi", ["customers.unprintable_text"]),
    ],
)
def test_what_is_too_weak_is_refused_with_all_reasons(tenant: Tenant, mine: ApiClient, password: str, codes: list[str]) -> None:
    answer = mine.put(OWN, {"password": password})
    assert (answer.status_code, [(e["pointer"], e["code"]) for e in answer.json()["errors"]]) == (422, [("/password", c) for c in codes])
    assert rows("customers_password", tenant, "customer_id") == []


@pytest.mark.parametrize("language", ["vi", "en", "pl"])
def test_how_long_it_must_be_is_said(mine: ApiClient, language: str) -> None:
    assert " 8 " in mine.speaking(language).put(OWN, {"password": "x9k"}).json()["errors"][0]["detail"]


# -- another one --------------------------------------------------------------------------------


def test_a_session_alone_changes_nothing(tenant: Tenant, visitor: ApiClient, mine: ApiClient) -> None:
    mine = with_password(tenant, mine)
    an_hour_later()
    for password in (OTHERS, None):
        assert refused(mine.put(OWN, {"password": password})) == (422, "customers.proof_needed", "/old")
        assert refused(mine.put(OWN, {"password": password, "old": "not this one"})) == (422, "customers.password_wrong", "/old")
    assert said(visitor).status_code == 200
    with_password(tenant, mine, OTHERS, old=WORDS)
    assert (refused(said(visitor)), said(visitor, OTHERS).status_code) == (WRONG, 200)


def test_who_forgot_it_says_a_code_to_their_own_phone(tenant: Tenant, visitor: ApiClient, mine: ApiClient) -> None:
    mine = with_password(tenant, mine)
    an_hour_later()
    a_minute_later()
    asked = mine.post(CODE)
    assert asked.status_code == 201, asked.content
    where, code = f"{CODE}/{asked.json()['challenge_id']}", last_code(tenant)
    assert refused(mine.post(where, {"code": wrong(code)})) == (422, "customers.code_wrong", "/code")
    stranger = app(tenant, signed_in(tenant, visitor, OTHER))
    assert refused(stranger.post(where, {"code": code})) == (422, "customers.code_wrong", "/code")
    assert mine.post(where, {"code": code}).status_code == 200
    with_password(tenant, mine, OTHERS)
    assert said(visitor, OTHERS).status_code == 200


def test_all_other_sessions_end_and_this_one_goes_on_by_another_token(tenant: Tenant, visitor: ApiClient, mine: ApiClient) -> None:
    mine = with_password(tenant, mine)
    others = [app(tenant, said(visitor)), app(tenant, signed_in(tenant, visitor))]
    neighbor = app(tenant, signed_in(tenant, visitor, OTHER))
    renewed = with_password(tenant, mine, OTHERS, old=WORDS)
    assert [one.get(ME).status_code for one in (mine, *others)] == [401, 401, 401]
    assert [one.get(ME).status_code for one in (renewed, neighbor)] == [200, 200]
    assert len(renewed.get("/api/v1/me/sessions").json()["items"]) == 1


def test_it_is_taken_away_and_a_code_is_good_as_before(tenant: Tenant, visitor: ApiClient, mine: ApiClient) -> None:
    mine = with_password(tenant, mine)
    assert app(tenant, mine.put(OWN, {"password": None})).get(OWN).json()["set_at"] is None
    assert refused(said(visitor)) == WRONG
    assert signed_in(tenant, visitor).status_code == 200


# -- who may not, and what nobody learns --------------------------------------------------------


def test_what_does_not_match_is_answered_alike_for_everybody(tenant: Tenant, visitor: ApiClient, mine: ApiClient) -> None:
    customer = UUID(mine.get(ME).json()["id"])
    with_password(tenant, mine)
    do(tenant, RegisterCustomer(phone=OTHER, email="an@example.com"))
    answers = [said(visitor, "not this one"), said(visitor, phone=OTHER), said(visitor, phone="+84911111111")]
    answers += [said(visitor, odd) for odd in ("", "a\u0007b", "x" * 200)]
    do(tenant, DeactivateCustomer(customer_id=customer, reason="asked for it"))
    answers.append(said(visitor))
    assert {refused(answer) for answer in answers} == {WRONG}
    assert len({answer.json()["errors"][0]["detail"] for answer in answers}) == 1


@pytest.mark.parametrize("body", [b'{"phone": "0912345678", "password": "\\ud800"}', b'{"phone": "0912345678", "password": 1}', b"[]"])
def test_what_is_no_password_at_all_is_refused_by_its_shape(visitor: ApiClient, body: bytes) -> None:
    assert visitor.post(IN, body).status_code in {400, 422}


def test_a_hash_is_made_also_where_there_is_none(monkeypatch: pytest.MonkeyPatch, tenant: Tenant, visitor: ApiClient) -> None:
    made: list[str] = []
    from django.contrib.auth import hashers

    slow = hashers.make_password
    monkeypatch.setattr(hashers, "make_password", lambda password, *rest, **how: made.append(password) or slow(password, *rest, **how))
    assert refused(said(visitor, phone="+84911111111")) == WRONG
    assert len(made) == 1


def test_guesses_are_counted_for_a_number_whoever_has_it_and_begin_anew_with_the_right_one(
    tenant: Tenant, visitor: ApiClient, mine: ApiClient
) -> None:
    known = said(visitor).json().get("known_device", "")
    with_password(tenant, mine)
    for phone in (PHONE, "+84911111111"):
        codes = [refused(said(visitor, "not this one", phone))[1] for _ in range(MOST_PASSWORDS_OF_ONE + 2)]
        assert codes.count("customers.too_many_passwords") >= 1
        assert codes[-1] == "customers.too_many_passwords"
    late = said(visitor)
    assert (late.status_code, late.json()["code"], "Retry-After" in late.headers) == (429, "customers.too_many_passwords", True)
    assert known == ""
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=61), tick=False):
        assert [refused(said(visitor, "not this one")) for _ in range(MOST_PASSWORDS_OF_ONE - 1)] == [WRONG] * (MOST_PASSWORDS_OF_ONE - 1)
        assert said(visitor).status_code == 200
        assert refused(said(visitor, "not this one")) == WRONG, "the right one makes it none"


def test_strangers_use_up_nothing_of_a_device_that_is_known(tenant: Tenant, visitor: ApiClient) -> None:
    joined = signed_in(tenant, visitor).json()
    with_password(tenant, ApiClient(joined["token"], tenant.hosts[0]))
    while refused(said(visitor, "not this one"))[0] != 429:
        pass
    assert (said(visitor).status_code, said(visitor, known_device=joined["known_device"]).status_code) == (429, 200)


def test_an_address_guesses_for_so_many_numbers_only(tenant: Tenant, monkeypatch: pytest.MonkeyPatch, visitor: ApiClient) -> None:
    monkeypatch.setattr("customers.budgets.MOST_PASSWORDS_FROM", {"address": 3, "shared": 3})
    codes = [refused(said(visitor, "not this one", f"+8491111111{n}"))[1] for n in range(4)]
    assert codes == ["customers.password_wrong"] * 3 + ["customers.too_many_passwords"]


def test_of_many_guesses_at_once_so_many_are_compared(tenant: Tenant, visitor: ApiClient, mine: ApiClient) -> None:
    with_password(tenant, mine)
    answers = in_parallel(16, lambda n: refused(said(visitor, f"guess number {n}"))[1])
    assert answers.count("customers.password_wrong") == MOST_PASSWORDS_OF_ONE


def test_the_old_one_is_not_guessed_either(tenant: Tenant, mine: ApiClient) -> None:
    mine = with_password(tenant, mine)
    an_hour_later()
    codes = [refused(mine.put(OWN, {"password": OTHERS, "old": f"guess number {n}"}))[1] for n in range(MOST_PASSWORDS_OF_ONE + 1)]
    assert codes == ["customers.password_wrong"] * MOST_PASSWORDS_OF_ONE + ["customers.too_many_passwords"]


def test_who_is_asked_who_they_are_sets_none(tenant: Tenant, visitor: ApiClient) -> None:
    do(tenant, ChangeDoors(doors=("phone",), fact_above=0))
    imported(tenant, 1_000_000)
    stranger = app(tenant, signed_in(tenant, visitor))
    assert refused(stranger.put(OWN, {"password": WORDS}))[1] == "customers.fact_needed"


def test_a_programme_takes_none_if_it_likes(tenant: Tenant, visitor: ApiClient, mine: ApiClient) -> None:
    mine = with_password(tenant, mine)
    do(tenant, ChangeDoors(doors=("phone",), passwords=False))
    assert refused(said(visitor))[1] == "customers.passwords_closed"
    assert refused(mine.put(OWN, {"password": OTHERS})) == (422, "customers.passwords_closed", "/password")
    assert mine.get(OWN).json()["open"] is False
    assert mine.put(OWN, {"password": None}).status_code == 200, "what is there may go"


# -- whose it is --------------------------------------------------------------------------------


def two(tenant: Tenant, visitor: ApiClient) -> tuple[ApiClient, ApiClient]:
    """The older and the younger, each with a password, by a phone of their own."""
    older = with_password(tenant, app(tenant, signed_in(tenant, visitor)))
    return older, with_password(tenant, app(tenant, signed_in(tenant, visitor, OTHER)), OTHERS)


def test_who_is_merged_signs_in_as_before_and_acts_as_both(tenant: Tenant, visitor: ApiClient) -> None:
    older, younger = two(tenant, visitor)
    one, other = UUID(older.get(ME).json()["id"]), UUID(younger.get(ME).json()["id"])
    do(tenant, MergeCustomers(customer_id=one, other_id=other, reason="same person"))
    assert said(visitor, OTHERS, OTHER).json()["customer_id"] == str(one)
    assert (refused(said(visitor, WORDS, OTHER)), said(visitor).status_code) == (WRONG, 200)
    do(tenant, UnmergeCustomer(customer_id=other, reason="two people"))
    assert said(visitor, OTHERS, OTHER).json()["customer_id"] == str(other)
    assert said(visitor).json()["customer_id"] == str(one)


def test_a_new_one_is_that_of_all_and_goes_with_the_merge(tenant: Tenant, visitor: ApiClient) -> None:
    older, younger = two(tenant, visitor)
    one, other = UUID(older.get(ME).json()["id"]), UUID(younger.get(ME).json()["id"])
    do(tenant, MergeCustomers(customer_id=one, other_id=other, reason="same person"))
    both = with_password(tenant, younger, "a third set of words")
    assert (older.get(ME).status_code, both.get(ME).status_code) == (401, 200)
    assert [said(visitor, "a third set of words", phone).status_code for phone in (PHONE, OTHER)] == [200, 200]
    do(tenant, UnmergeCustomer(customer_id=other, reason="two people"))
    assert [refused(said(visitor, "a third set of words", phone)) for phone in (PHONE, OTHER)] == [WRONG, WRONG]


def test_a_chain_of_merges_loses_no_way_in_and_gives_nobody_anothers(tenant: Tenant, visitor: ApiClient) -> None:
    """A, who has no password, into B, and B into C; and back."""
    c = app(tenant, signed_in(tenant, visitor, "+84900000003"))
    b = with_password(tenant, app(tenant, signed_in(tenant, visitor)))
    a = app(tenant, signed_in(tenant, visitor, OTHER))
    ids = [UUID(one.get(ME).json()["id"]) for one in (a, b, c)]
    with_password(tenant, c, OTHERS)
    do(tenant, MergeCustomers(customer_id=ids[0], other_id=ids[1], reason="same person"))
    assert said(visitor, WORDS, OTHER).status_code == 200
    do(tenant, MergeCustomers(customer_id=ids[1], other_id=ids[2], reason="same person"))
    assert [said(visitor, WORDS, phone).json()["customer_id"] for phone in (PHONE, OTHER)] == [str(ids[2])] * 2
    assert [said(visitor, OTHERS, phone).status_code for phone in ("+84900000003", OTHER)] == [200, 422]
    do(tenant, UnmergeCustomer(customer_id=ids[1], reason="two people"))
    assert [said(visitor, WORDS, phone).json()["customer_id"] for phone in (PHONE, OTHER)] == [str(ids[1])] * 2
    do(tenant, UnmergeCustomer(customer_id=ids[0], reason="two people"))
    assert (said(visitor).status_code, refused(said(visitor, WORDS, OTHER))) == (200, WRONG), "who was B's guest has none of their own"


def test_it_goes_with_the_person_and_with_the_number(tenant: Tenant, visitor: ApiClient, mine: ApiClient) -> None:
    customer = UUID(mine.get(ME).json()["id"])
    mine = with_password(tenant, mine)
    assert [row["set_at"] is not None for row in mine.get("/api/v1/me/export").json()["customers.password"]] == [True]
    said(visitor, "not this one")
    do(tenant, EraseCustomer(customer_id=customer))
    assert rows("customers_password", tenant, "customer_id") == []
    signed_in(tenant, visitor)
    assert refused(said(visitor)) == WRONG, "who has the number now has no password"


def test_another_tenants_password_opens_nothing(tenant: Tenant, other_tenant: Tenant, visitor: ApiClient, mine: ApiClient) -> None:
    with_password(tenant, mine)
    assert refused(said(ApiClient(None, other_tenant.hosts[0])))[1] in {"customers.password_wrong", "phone.country"}
