"""Whoever has an account hears when it changes hands: at the phone of before, whoever did it, and however many codes were asked for."""

from __future__ import annotations

from uuid import UUID

import pytest

from customers.commands import ChangeDoors, EditCustomer, EraseCustomer, MergeCustomers, RegisterCustomer
from customers.domain.challenge import BUDGETS
from loyalty.messages.models import Message
from loyalty.messages.outbox import send_waiting, text_of
from loyalty.messages.sending import Outgoing
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.customers.given import a_minute_later
from tests.customers.test_passwords import OTHER, OTHERS, app, said, with_password
from tests.customers.test_proof import ERASE, ME, NEW_PHONE, NUMBER
from tests.customers.test_sign_in import PHONE, do, last_code, signed_in
from tests.support.client import ApiClient

ALERTS = ("account_changed", "account_erased")


@pytest.fixture
def visitor(tenant: Tenant) -> ApiClient:
    return ApiClient(None, tenant.hosts[0])


@pytest.fixture
def mine(tenant: Tenant, visitor: ApiClient) -> ApiClient:
    return app(tenant, signed_in(tenant, visitor, first_name="Hương", last_name="Đỗ", language="en"))


class Collected:
    """A sender that keeps what leaves."""

    def __init__(self) -> None:
        self.left: list[Outgoing] = []

    def send(self, message: Outgoing) -> None:
        self.left.append(message)


def told(tenant: Tenant) -> list[tuple[str, str]]:
    """Where alerts went since the last look, and what they say."""
    with reading(tenant.id):
        alerts = {str(m.id) for m in Message.objects.filter(tenant_id=tenant.id, kind__in=ALERTS, state="waiting")}
    collected = Collected()
    send_waiting(tenant.id, collected)
    return [(one.to, one.text) for one in collected.left if str(one.message_id) in alerts]


def test_the_phone_of_before_hears_that_there_is_another_one(tenant: Tenant, mine: ApiClient) -> None:
    challenge = mine.post(NEW_PHONE, {"phone": NUMBER}).json()["challenge_id"]
    assert mine.post(f"{NEW_PHONE}/{challenge}", {"code": last_code(tenant)}).status_code == 200
    ((to, text),) = told(tenant)
    assert (to, "another phone number" in text, "Quán Thử" in text) == (PHONE, True, True)
    for known in ("Hương", "Đỗ", NUMBER, NUMBER[-4:], PHONE[-4:]):
        assert known not in text


def test_also_when_staff_change_it_and_of_an_email_the_phone_hears(tenant: Tenant, mine: ApiClient) -> None:
    customer = UUID(mine.get(ME).json()["id"])
    do(tenant, EditCustomer(customer_id=customer, email="huong@example.com"))
    assert told(tenant) == [], "what is added takes nothing away"
    do(tenant, EditCustomer(customer_id=customer, email="other@example.com"))
    ((to, text),) = told(tenant)
    assert (to, "email address" in text) == (PHONE, True)
    do(tenant, EditCustomer(customer_id=customer, phone=None, first_name="Lan"))
    ((to, text),) = told(tenant)
    assert (to, "another phone number" in text) == (PHONE, True)
    do(tenant, EditCustomer(customer_id=customer, first_name="Hoa"))
    assert told(tenant) == []


def test_a_number_that_nobody_has_shown_to_be_theirs_may_be_a_slip_and_hears_nothing(tenant: Tenant) -> None:
    slip = do(tenant, RegisterCustomer(first_name="Lan", phone=PHONE)).customer_id
    do(tenant, EditCustomer(customer_id=slip, phone=OTHER))
    do(tenant, EraseCustomer(customer_id=slip))
    assert told(tenant) == []


@pytest.mark.parametrize(("language", "word"), [("vi", "mật khẩu"), ("en", "password"), ("pl", "hasł")])
def test_a_password_that_is_set_or_taken_away_is_told_in_the_customers_language(
    tenant: Tenant, visitor: ApiClient, language: str, word: str
) -> None:
    mine = app(tenant, signed_in(tenant, visitor, language=language))
    told(tenant)
    mine = with_password(tenant, mine)
    set_one = told(tenant)
    mine.put("/api/v1/me/password", {"password": None})
    gone = told(tenant)
    assert [to for to, _text in (*set_one, *gone)] == [PHONE, PHONE]
    assert all(word in text.casefold() for _to, text in (*set_one, *gone))
    assert set_one != gone


def test_signing_in_by_password_is_told_where_the_device_is_new_and_by_a_code_never(tenant: Tenant, visitor: ApiClient) -> None:
    joined = signed_in(tenant, visitor, language="en").json()
    with_password(tenant, ApiClient(joined["token"], tenant.hosts[0]))
    told(tenant)
    assert said(visitor, known_device=joined["known_device"]).status_code == 200
    assert told(tenant) == []
    assert said(visitor).status_code == 200
    ((to, text),) = told(tenant)
    assert (to, "on another device" in text) == (PHONE, True)
    signed_in(tenant, visitor)
    assert told(tenant) == []


def test_both_numbers_hear_that_two_accounts_are_one(tenant: Tenant, visitor: ApiClient, mine: ApiClient) -> None:
    younger = app(tenant, signed_in(tenant, visitor, OTHER, language="pl"))
    one, other = (UUID(each.get(ME).json()["id"]) for each in (mine, younger))
    unproven = do(tenant, RegisterCustomer(first_name="Lan", phone="+84912000777")).customer_id
    told(tenant)
    do(tenant, MergeCustomers(customer_id=one, other_id=other, reason="same person"))
    heard = dict(told(tenant))
    assert ({*heard}, "two accounts were joined" in heard[PHONE], "kont" in heard[OTHER]) == ({PHONE, OTHER}, True, True)
    do(tenant, MergeCustomers(customer_id=one, other_id=other, reason="said again"))
    assert told(tenant) == []
    do(tenant, MergeCustomers(customer_id=one, other_id=unproven, reason="same person"))
    assert {to for to, _text in told(tenant)} == {PHONE, OTHER}


def test_who_is_erased_hears_it_and_then_nothing_says_where_it_went(tenant: Tenant, visitor: ApiClient, mine: ApiClient) -> None:
    younger = app(tenant, signed_in(tenant, visitor, OTHER))
    one, other = (UUID(each.get(ME).json()["id"]) for each in (mine, younger))
    do(tenant, MergeCustomers(customer_id=one, other_id=other, reason="same person"))
    told(tenant)
    assert mine.post(ERASE, {"code": mine.get(ME).json()["code"]}).status_code == 200
    assert {to for to, _text in told(tenant)} == {PHONE, OTHER}
    with reading(tenant.id):
        kept = Message.objects.filter(tenant_id=tenant.id, kind="account_erased")
        assert {(m.state, m.to_sealed, m.address_digest, m.customer_id) for m in kept} == {("sent", None, None, None)}
        assert all(
            "erased" in text_of(tenant.id, m.id, bytes(m.sealed)) or "Konto" in text_of(tenant.id, m.id, bytes(m.sealed)) for m in kept
        )


def test_what_codes_use_up_keeps_nobody_from_hearing(tenant: Tenant, monkeypatch: pytest.MonkeyPatch, mine: ApiClient) -> None:
    challenge = mine.post(NEW_PHONE, {"phone": NUMBER}).json()["challenge_id"]
    code = last_code(tenant)
    monkeypatch.setattr("customers.budgets.BUDGETS", dict.fromkeys(BUDGETS, 0))
    a_minute_later()
    assert mine.post(NEW_PHONE, {"phone": "+84912000777"}).status_code == 429
    assert mine.post(f"{NEW_PHONE}/{challenge}", {"code": code}).status_code == 200
    assert [to for to, _text in told(tenant)] == [PHONE]


def test_who_reads_emails_hears_it_there(tenant: Tenant, visitor: ApiClient) -> None:
    do(tenant, ChangeDoors(doors=("phone", "email")))
    a_minute_later()
    where = visitor.post("/api/v1/sign-in", {"email": "lan@example.com"}).json()["challenge_id"]
    mine = app(tenant, visitor.post(f"/api/v1/sign-in/{where}", {"code": last_code(tenant), "terms_version": "1", "language": "en"}))
    told(tenant)
    with_password(tenant, mine, OTHERS)
    assert [to for to, _text in told(tenant)] == ["lan@example.com"]
