"""A stranger comes in by a phone and the code that is sent there: in two calls, once, and nobody learns who has a number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from time import sleep
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection

from customers import queries, tokens
from customers.challenges import new_code, start
from customers.commands import DeactivateCustomer, RegisterCustomer, SendCode, SignInByCode
from customers.domain.challenge import BUDGETS, MOST_COMPARES, ChallengeKind, network_of, prefix_of, typed_code
from customers.models import Customer
from customers.phones import mobile
from customers.tasks import forget_old_codes_of_all
from loyalty.bus import dispatch
from loyalty.domain.command import Circumstances
from loyalty.domain.errors import DomainError, Throttled
from loyalty.domain.identity import new_id
from loyalty.messages.models import Message
from loyalty.messages.outbox import address_of, text_of
from loyalty.staff.models import token_hash
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from loyalty.unit import Unit
from tests.customers.given import a_minute_later
from tests.earning.counter import in_parallel, rows
from tests.support.client import ApiClient

SIGN_IN = "/api/v1/sign-in"
PHONE = "+84912345678"
SPELLINGS = ["0912345678", "+84 912 345 678", "0084912345678", "84912345678", "+84(0)912345678", "０９１２３４５６７８"]


def do(tenant: Tenant, command: Any, **how: Any) -> Any:
    return dispatch(command, tenant_id=tenant.id, actor="staff:1", channel="test", **how)


@pytest.fixture
def visitor(tenant: Tenant) -> ApiClient:
    return ApiClient(None, tenant.hosts[0])


def letters(tenant: Tenant) -> list[tuple[str, str]]:
    """Where messages go, and what they say; the latest last."""
    with reading(tenant.id):
        found = Message.objects.filter(tenant_id=tenant.id, customer_id=None).order_by("written_at")
        return [(address_of(tenant.id, m.id, bytes(m.to_sealed)), text_of(tenant.id, m.id, bytes(m.sealed))) for m in found]


def last_code(tenant: Tenant) -> str:
    return letters(tenant)[-1][1].partition(" ")[0]


def asked(visitor: ApiClient, phone: str = PHONE) -> str:
    """A minute after the code before."""
    a_minute_later()
    answer = visitor.post(SIGN_IN, {"phone": phone})
    assert answer.status_code == 201, answer.content
    return f"{SIGN_IN}/{answer.json()['challenge_id']}"


def signed_in(tenant: Tenant, visitor: ApiClient, phone: str = PHONE, **told: Any) -> Any:
    where = asked(visitor, phone)
    return visitor.post(where, {"code": last_code(tenant), "terms_version": "2026-01"} | told)


def people(tenant: Tenant) -> int:
    with reading(tenant.id):
        return Customer.objects.filter(tenant_id=tenant.id).exclude(state="erased").count()


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


# -- in two calls -------------------------------------------------------------------------------


def test_a_stranger_joins_in_two_calls_and_comes_back_by_any_spelling(tenant: Tenant, visitor: ApiClient) -> None:
    first = signed_in(tenant, visitor, first_name="Hương", device="Chrome · Android")
    assert (first.status_code, first.json()["registered"]) == (200, True)
    mine = ApiClient(first.json()["token"], tenant.hosts[0])
    assert mine.get("/api/v1/me").json()["first_name"] == "Hương"
    for spelling in SPELLINGS[1:4]:
        again = signed_in(tenant, visitor, spelling).json()
        assert (again["registered"], again["customer_id"]) == (False, first.json()["customer_id"])
    assert {to for to, _ in letters(tenant)} == {PHONE}
    assert people(tenant) == 1


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_six_spellings_are_one_target(spelling: str) -> None:
    assert mobile(spelling, "VN", ["VN"]) == PHONE


def test_a_retired_prefix_is_the_number_that_took_its_place() -> None:
    assert mobile("01678123456", "VN", ["VN"]) == "+84378123456"


@pytest.mark.parametrize(
    ("phone", "code"),
    [("12345", "phone.invalid"), ("028 3823 4567", "phone.not_mobile"), ("+48601123456", "phone.country"), ("\x00", "")],
)
def test_what_no_code_can_be_sent_to_is_refused_with_the_reason(tenant: Tenant, visitor: ApiClient, phone: str, code: str) -> None:
    answer = visitor.post(SIGN_IN, {"phone": phone})
    assert answer.status_code == (422 if code else 400)
    if code:
        assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("/phone", code)]
    assert letters(tenant) == []


def test_a_programme_says_which_countries_and_whether_emails(tenant: Tenant, visitor: ApiClient) -> None:
    refused = visitor.post(SIGN_IN, {"email": "an@example.com"})
    assert (refused.status_code, refused.json()["code"]) == (422, "customers.sign_in_way")
    call_command("sign_in_by", tenant.code, "phone", "email", "--countries", "vn", "PL", stdout=StringIO())
    asked(visitor, "+48601123456")
    answer = visitor.post(SIGN_IN, {"email": " An@Example.com "})
    where = f"{SIGN_IN}/{answer.json()['challenge_id']}"
    joined = visitor.post(where, {"code": last_code(tenant), "terms_version": "2026-01"}).json()
    assert [to for to, _ in letters(tenant)] == ["+48601123456", "an@example.com"]
    with reading(tenant.id):
        assert queries.contacts(UUID(joined["customer_id"])).email == "an@example.com"
    assert visitor.post(SIGN_IN, {"email": "a@example.com", "phone": PHONE}).json()["code"] == "customers.sign_in_one"


def test_nobody_joins_without_the_terms_and_may_agree_with_the_same_code(tenant: Tenant, visitor: ApiClient) -> None:
    where = asked(visitor)
    refused = visitor.post(where, {"code": last_code(tenant)})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"], people(tenant)) == (422, "/terms_version", 0)
    joined = visitor.post(where, {"code": last_code(tenant), "terms_version": "2026-01"}).json()
    with reading(tenant.id):
        (agreed,) = queries.consents(UUID(joined["customer_id"]))
    assert (joined["registered"], agreed.purpose, agreed.given, agreed.text_version, agreed.source) == (
        True,
        "terms",
        True,
        "2026-01",
        "app",
    )


def test_the_first_proof_signs_in_to_the_customer_who_was_imported(tenant: Tenant, visitor: ApiClient) -> None:
    known = do(tenant, RegisterCustomer(first_name="Nhập", phone=PHONE, active=False)).customer_id
    answer = signed_in(tenant, visitor, terms_version="").json()
    assert (answer["customer_id"], answer["registered"]) == (str(known), False)
    with reading(tenant.id):
        assert queries.customer(known).state == "active"


# -- what a code is good for --------------------------------------------------------------------


def test_a_code_is_good_once_and_the_same_request_gets_the_same_answer(tenant: Tenant, visitor: ApiClient) -> None:
    where = asked(visitor)
    body = {"code": last_code(tenant), "terms_version": "2026-01"}
    first, again = (visitor.post(where, body, key="one") for _ in range(2))
    assert (first.status_code, again.content) == (200, first.content)
    other = visitor.post(where, body)
    assert (other.status_code, other.json()["code"]) == (422, "customers.code_wrong")


@pytest.mark.rounds
def test_of_many_guesses_at_once_five_are_compared(tenant: Tenant, visitor: ApiClient) -> None:
    where = asked(visitor)
    right = last_code(tenant)
    answers = in_parallel(12, lambda n: visitor.post(where, {"code": wrong(right), "terms_version": "2026-01"}).status_code)
    assert answers == [422] * 12
    ((tries,),) = rows("customers_challenge", tenant, "tries")
    assert tries == MOST_COMPARES
    assert visitor.post(where, {"code": right, "terms_version": "2026-01"}).json()["code"] == "customers.code_wrong"
    assert people(tenant) == 0


def test_another_code_comes_after_a_minute_and_takes_the_place_of_the_first(tenant: Tenant, visitor: ApiClient) -> None:
    where = asked(visitor)
    first = last_code(tenant)
    for _ in range(3):
        visitor.post(where, {"code": wrong(first), "terms_version": "2026-01"})
    early = visitor.post(f"{where}/resend")
    assert (early.status_code, early.json()["code"]) == (429, "customers.code_just_sent")
    assert 0 < int(early.headers["Retry-After"]) <= 60
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=61)):
        assert visitor.post(f"{where}/resend").status_code == 200
        assert len(letters(tenant)) == 2
        if first != last_code(tenant):
            assert visitor.post(where, {"code": first, "terms_version": "2026-01"}).status_code == 422
        ((tries,),) = rows("customers_challenge", tenant, "tries")
        assert tries >= 3
        assert visitor.post(where, {"code": last_code(tenant), "terms_version": "2026-01"}).status_code == 200
        assert visitor.post(f"{where}/resend").status_code == 404


def test_it_ends_after_ten_minutes_and_belongs_to_its_challenge_and_programme(
    tenant: Tenant, other_tenant: Tenant, visitor: ApiClient
) -> None:
    first, code = asked(visitor), last_code(tenant)
    second = asked(visitor)
    if code != last_code(tenant):
        assert visitor.post(second, {"code": code, "terms_version": "2026-01"}).status_code == 422
    assert ApiClient(None, other_tenant.hosts[0]).post(first, {"code": code, "terms_version": "2026-01"}).status_code == 422
    assert visitor.post(f"{SIGN_IN}/{uuid4()}", {"code": code, "terms_version": "2026-01"}).json()["code"] == "customers.code_wrong"
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=10)):
        assert visitor.post(first, {"code": code, "terms_version": "2026-01"}).status_code == 422
    assert people(tenant) == 0


@pytest.mark.parametrize(
    ("typed", "code"), [(" 123 456 ", "123456"), ("１２３-４５６", "123456"), ("12345", ""), ("12345x", ""), ("²²²²²²", "222222")],
)  # fmt: skip
def test_a_code_reads_as_it_is_typed(typed: str, code: str) -> None:
    assert typed_code(typed) == code


def test_nothing_of_a_code_or_a_number_is_readable(tenant: Tenant, visitor: ApiClient) -> None:
    asked(visitor)
    code = last_code(tenant)
    for table in ("customers_challenge", "customers_code_budget", "outbox_message"):
        kept = str(rows(table, tenant, "*"))
        assert (code in kept, "912345678" in kept) == (False, False), table


# -- nobody learns who has a number -------------------------------------------------------------


def test_who_asks_is_told_the_same_of_everybody(tenant: Tenant, visitor: ApiClient) -> None:
    do(tenant, RegisterCustomer(phone="+84912000001"))
    left = do(tenant, RegisterCustomer(phone="+84912000002")).customer_id
    do(tenant, DeactivateCustomer(customer_id=left, reason="asked for it"))
    answers = [visitor.post(SIGN_IN, {"phone": f"+8491200000{n}"}) for n in (1, 2, 3)]
    assert {(a.status_code, tuple(a.json())) for a in answers} == {(201, ("challenge_id", "expires_at", "resend_at"))}
    assert len({text.partition(" ")[2] for _, text in letters(tenant)}) == 1


def test_who_does_not_take_part_is_told_what_a_wrong_code_is_told(tenant: Tenant, visitor: ApiClient) -> None:
    left = do(tenant, RegisterCustomer(phone=PHONE)).customer_id
    do(tenant, DeactivateCustomer(customer_id=left, reason="asked for it"))
    inactive = signed_in(tenant, visitor)
    where = asked(visitor)
    guessed = visitor.post(where, {"code": wrong(last_code(tenant)), "terms_version": "2026-01"})
    assert inactive.status_code == guessed.status_code == 422
    assert inactive.json() | {"request_id": ""} == guessed.json() | {"request_id": ""}


def test_a_key_of_somebody_else_tells_nothing(tenant: Tenant, visitor: ApiClient, settings: Any) -> None:
    settings.BEHIND_TLS_PROXY = True
    mine = visitor.post(SIGN_IN, {"phone": PHONE}, key="1", X_Forwarded_For="203.0.113.1").json()
    a_minute_later()
    theirs = visitor.post(SIGN_IN, {"phone": PHONE}, key="1", X_Forwarded_For="203.0.113.2").json()
    assert mine["challenge_id"] != theirs["challenge_id"]


def test_at_an_unknown_host_there_is_no_door(visitor: ApiClient) -> None:
    assert ApiClient(None, "nobody.localhost").post(SIGN_IN, {"phone": PHONE}).status_code == 404


# -- budgets ------------------------------------------------------------------------------------


def send(tenant: Tenant, to: str, asked_from: str, at: datetime | None = None, kind: ChallengeKind = "phone") -> Any:
    order = SendCode(purpose="sign_in", kind=kind, to=to, code=new_code(), asked_from=asked_from, language="en")
    return do(tenant, order, at=at)


@pytest.mark.parametrize(
    ("budget", "to", "asked_from"),
    [
        ("to", lambda n: PHONE, lambda n: f"198.51.100.{n}"),
        ("address", lambda n: f"+8491{n:03}0000", lambda n: f"2001:db8::{n}"),
        ("prefix", lambda n: f"+84912345{n:03}", lambda n: f"198.51.100.{n}"),
    ],
)
def test_only_so_many_codes_leave_in_an_hour(
    tenant: Tenant, budget: str, to: Callable[[int], str], asked_from: Callable[[int], str]
) -> None:
    now, most = datetime.now(UTC), BUDGETS[budget]
    for n in range(most):
        send(tenant, to(n), asked_from(n), now)
        if budget == "to":
            a_minute_later()
    with pytest.raises(Throttled) as refused:
        send(tenant, to(most), asked_from(most), now)
    assert refused.value.code == "customers.too_many_codes"
    assert len(letters(tenant)) == most, "what is refused is not sent"
    send(tenant, to(most), asked_from(most), now + timedelta(hours=1))


@pytest.mark.rounds
def test_too_many_at_once_are_not_more_and_the_api_says_when(tenant: Tenant, visitor: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(BUDGETS, "prefix", 5)
    answers: Any = in_parallel(12, lambda n: visitor.post(SIGN_IN, {"phone": f"{PHONE[:-3]}{n:03}"}))
    assert sorted(a.status_code for a in answers) == [201] * 5 + [429] * 7
    refused = next(a for a in answers if a.status_code == 429)
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    assert len(letters(tenant)) == 5


def test_neighbors_share_what_stands_before_their_last_digits() -> None:
    assert prefix_of("phone", PHONE) == "+84912345"
    assert [prefix_of("email", to) for to in ("an@example.com", "an+1@example.com")] == ["an@example.com"] * 2


def test_nobody_uses_up_the_codes_of_all_who_have_their_email_at_one_provider(tenant: Tenant) -> None:
    now = datetime.now(UTC)
    for n in range(BUDGETS["prefix"]):
        send(tenant, f"a{n}@gmail.com", f"198.51.100.{n}", now, kind="email")
    send(tenant, "duong@gmail.com", "203.0.113.7", now, kind="email")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_the_many_addresses_of_one_device_are_one(address: str, network: str) -> None:
    assert network_of(address) == network


# -- at once ------------------------------------------------------------------------------------


def challenges(tenant: Tenant, number: int) -> list[tuple[UUID, str]]:
    """So many codes for one phone, as if asked for from everywhere at once."""
    made = [(new_id(), new_code()) for _ in range(number)]
    circumstances = Circumstances(
        tenant_id=tenant.id, command_id=new_id(), now=datetime.now(UTC), actor="visitor", channel="test", correlation_id=new_id()
    )
    with reading(tenant.id):
        unit = Unit(connection, circumstances)
        for challenge_id, code in made:
            start(unit, challenge_id, "sign_in", "phone", PHONE, code, None)
    return made


@pytest.mark.rounds
def test_of_fifty_at_once_with_the_same_phone_one_customer_joins(tenant: Tenant) -> None:
    """The number is nobody's before: the guard decides, and everybody is signed in to the same customer."""
    made = challenges(tenant, 50)

    def one(n: int) -> Any:
        challenge_id, code = made[n]
        order = SignInByCode(challenge_id=challenge_id, code=code, hash=token_hash(f"ltc_{n}"), device="phone", terms_version="2026-01")
        return do(tenant, order)

    answers = in_parallel(50, one)
    assert not [a for a in answers if isinstance(a, DomainError)]
    assert len({a.customer_id for a in answers}) == 1
    assert [a.registered for a in answers].count(True) == 1
    assert people(tenant) == 1


@pytest.mark.rounds
def test_of_one_code_said_many_times_at_once_one_session_comes(tenant: Tenant, visitor: ApiClient) -> None:
    where = asked(visitor)
    body = {"code": last_code(tenant), "terms_version": "2026-01"}
    answers = in_parallel(5, lambda n: visitor.post(where, body).status_code)
    assert sorted(answers) == [200, 422, 422, 422, 422]  # type: ignore[type-var]
    assert len(rows("customers_token", tenant, "id")) == 1


@pytest.mark.parametrize("later", [0, 0.3])
@pytest.mark.rounds
def test_a_request_that_waits_for_the_same_one_spends_one_try(
    tenant: Tenant, visitor: ApiClient, monkeypatch: pytest.MonkeyPatch, later: float
) -> None:
    """The second comes with the first, or while that has used the code and not committed yet."""
    where, issue = asked(visitor), tokens.issue

    def slowly(*given: Any, **more: Any) -> UUID:
        sleep(0.6)
        return issue(*given, **more)

    monkeypatch.setattr(tokens, "issue", slowly)
    body = {"code": last_code(tenant), "terms_version": "2026-01"}

    def post(number: int) -> Any:
        sleep(number * later)
        return visitor.post(where, body, key="twice")

    first, again = in_parallel(2, post)
    assert (first.status_code, again.content) == (200, first.content)  # type: ignore[union-attr]
    ((tries,),) = rows("customers_challenge", tenant, "tries")
    assert tries <= 2


def test_codes_of_yesterday_are_forgotten(tenant: Tenant) -> None:
    send(tenant, PHONE, "198.51.100.1", datetime.now(UTC) - timedelta(days=2))
    send(tenant, "+84912345679", "198.51.100.2")
    assert forget_old_codes_of_all() >= 1
    assert len(rows("customers_challenge", tenant, "id")) == 1
    assert len(rows("customers_code_budget", tenant, "key")) == 5
