"""A number that was another's: by none of the ways in does its new holder see or get what the customer of before has, who keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine

from customers import queries
from customers.commands import ChangeDoors, EditCustomer, EraseCustomer, RegisterCustomer
from customers.domain.consents import consents_id
from customers.events import IdentifierChanged
from loyalty.domain.errors import DomainError
from loyalty.eventstore import store
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.customers.given import a_minute_later, bring_level
from tests.customers.test_sign_in import PHONE, asked, do, last_code, signed_in
from tests.earning.counter import Counter, rows
from tests.pos.given import a_rule
from tests.support.client import ApiClient

BORN, CARD = date(1990, 5, 17), "97040001"
FACT, WRONG = "17/05/1990", "18/05/1990"
OTHER = "+84987654321"
NAME, POINTS = "Ngọcxưa", 6089


@pytest.fixture
def before(tenant: Tenant) -> Iterator[UUID]:
    """Who had the number, bought, and did nothing for three years since."""
    a_rule(tenant)
    customer = do(tenant, RegisterCustomer(phone=PHONE, first_name=NAME, birth_date=BORN, card=CARD)).customer_id
    Counter(tenant).sell(customer, POINTS * 10_000)
    bring_level("customers.spending")
    with time_machine.travel(datetime.now(UTC) + timedelta(days=3 * 365)):
        yield customer


@pytest.fixture
def caller(tenant: Tenant) -> ApiClient:
    return ApiClient(None, tenant.hosts[0])


def known_of(tenant: Tenant, customer: UUID) -> tuple[int, int, int]:
    """How much happened to somebody, how often they agreed to something, and their points."""
    with reading(tenant.id):
        ((points,),) = rows("earning_account", tenant, "balance")
        return len(store.load(customer)), len(store.load(consents_id(tenant.id, customer))), points


def tells(*answers: Any) -> set[str]:
    """What answers tell of the customer of before."""
    texts = [answer.content.decode() for answer in answers]
    return {told for told in (NAME, str(POINTS), f"{POINTS:,}", CARD, BORN.isoformat()) for text in texts if told in text}


def of_own(me: ApiClient) -> list[Any]:
    """Everything that a customer sees of themselves."""
    return [me.get(f"/api/v1/{path}") for path in ("me", "me/points", "me/statement", "me/purchases", "me/card", "me/export", "me/levels")]


def is_kept(tenant: Tenant, before: UUID, was: tuple[int, int, int]) -> bool:
    """Whether who had the number has all they had but the number."""
    _events, agreed, points = known_of(tenant, before)
    with reading(tenant.id):
        lost = [recorded.event for recorded in store.load(before)][was[0] :]
        known = queries.customer(before)
    assert [(type(e), e.kind, e.value) for e in lost] == [(IdentifierChanged, "phone", None)]
    return (agreed, points, known.first_name, known.state) == (*was[1:], NAME, "active")


def test_by_signing_in(tenant: Tenant, before: UUID, caller: ApiClient) -> None:
    was, where = known_of(tenant, before), asked(caller)
    said = {"code": last_code(tenant), "terms_version": "1"}
    refused = [caller.post(where, said), caller.post(where, said | {"fact": WRONG})]
    assert [a.json()["code"] for a in refused] == ["customers.fact_missing", "customers.fact_wrong"]
    assert (tells(*refused), known_of(tenant, before)) == (set(), was), "nothing is told or changed before"
    entered = caller.post(where, said | {"anew": True})
    assert (entered.status_code, entered.json()["registered"]) == (200, True)
    assert tells(entered, *of_own(ApiClient(entered.json()["token"], tenant.hosts[0]))) == set()
    assert is_kept(tenant, before, was)


def test_at_a_till(tenant: Tenant, before: UUID, api: ApiClient) -> None:
    was, where = known_of(tenant, before), api.post("/api/v1/enrolments", {"phone": PHONE}).json()["challenge_id"]
    path, said = f"/api/v1/enrolments/{where}", {"code": last_code(tenant), "terms_version": "1"}
    refused = [api.post(path, said), api.post(path, said | {"fact": WRONG})]
    assert [a.json()["code"] for a in refused] == ["customers.fact_missing", "customers.fact_wrong"]
    assert (tells(*refused), str(before) in str([a.json() for a in refused]), known_of(tenant, before)) == (set(), False, was)
    joined = api.post(path, said | {"anew": True}).json()
    assert (joined["registered"], joined["customer_id"] == str(before)) == (True, False)
    assert is_kept(tenant, before, was)


def test_at_a_till_who_knows_it_is_found(tenant: Tenant, before: UUID, api: ApiClient) -> None:
    where = api.post("/api/v1/enrolments", {"phone": PHONE}).json()["challenge_id"]
    joined = api.post(f"/api/v1/enrolments/{where}", {"code": last_code(tenant), "terms_version": "1", "fact": FACT}).json()
    assert (joined["registered"], joined["customer_id"]) == (False, str(before))
    with reading(tenant.id):
        assert queries.is_asked(before) is False


@pytest.mark.parametrize(
    ("way", "refusal"), [("phone", (409, "customers.phone_not_yours")), ("merge", (422, "customers.other_fact_needed"))]
)
def test_by_changing_to_it_or_merging_with_who_has_it(
    tenant: Tenant, before: UUID, caller: ApiClient, way: str, refusal: tuple[int, str]
) -> None:
    me = ApiClient(signed_in(tenant, caller, OTHER).json()["token"], tenant.hosts[0])
    was, where = known_of(tenant, before), me.post(f"/api/v1/me/{way}", {"phone": PHONE}).json()["challenge_id"]
    refused = me.post(f"/api/v1/me/{way}/{where}", {"code": last_code(tenant)})
    assert (refused.status_code, refused.json()["code"]) == refusal
    assert (tells(refused, *of_own(me)), known_of(tenant, before)) == (set(), was)


def test_by_beginning_anew_and_merging_that(tenant: Tenant, before: UUID, caller: ApiClient) -> None:
    """Who has an account of their own, and got the number, brings it along by two codes, and nothing of who had it before."""
    mine = ApiClient(signed_in(tenant, caller, OTHER, first_name="Mới").json()["token"], tenant.hosts[0])
    was = known_of(tenant, before)
    signed_in(tenant, caller, PHONE, anew=True)
    a_minute_later()
    where = mine.post("/api/v1/me/merge", {"phone": PHONE}).json()["challenge_id"]
    merged = mine.post(f"/api/v1/me/merge/{where}", {"code": last_code(tenant)})
    assert (merged.status_code, str(before) in merged.content.decode()) == (200, False)
    assert tells(merged, *of_own(mine)) == set()
    assert is_kept(tenant, before, was)


def test_who_lost_the_number_comes_back_by_what_only_they_know(tenant: Tenant, before: UUID, caller: ApiClient) -> None:
    """In a shop: staff find them, and give them the number that they have now."""
    signed_in(tenant, caller, PHONE, anew=True)
    a_minute_later()
    do(tenant, EditCustomer(customer_id=before, phone=OTHER))
    me = ApiClient(signed_in(tenant, caller, OTHER, fact=FACT).json()["token"], tenant.hosts[0])
    assert (me.get("/api/v1/me").json()["first_name"], tells(*of_own(me)) >= {NAME, str(POINTS)}) == (NAME, True)


def test_who_is_not_certain_yet_does_not_let_them_be_forgotten(tenant: Tenant, caller: ApiClient) -> None:
    do(tenant, ChangeDoors(doors=("phone",), fact_above=0))
    a_rule(tenant)
    customer = do(tenant, RegisterCustomer(phone=PHONE, birth_date=BORN)).customer_id
    Counter(tenant).sell(customer, 250_000)
    signed_in(tenant, caller)
    with pytest.raises(DomainError, match="fact_needed"):
        do(tenant, EraseCustomer(customer_id=customer, reason="own"))
