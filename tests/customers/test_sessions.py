"""Where a customer is signed in, how that ends, and how a phone becomes another's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from customers import queries
from customers.commands import ActivateCustomer, DeactivateCustomer, EraseCustomer, OpenSession, RegisterCustomer
from customers.handlers.sign_in import SESSION
from loyalty.staff.models import token_hash
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.customers.given import a_minute_later
from tests.customers.test_sign_in import PHONE, asked, do, last_code, letters, people, signed_in
from tests.earning.counter import in_parallel, rows
from tests.support.client import ApiClient

ME, SESSIONS, NEW_PHONE, OTHER = "/api/v1/me", "/api/v1/me/sessions", "/api/v1/me/phone", "+84912999888"


@pytest.fixture
def visitor(tenant: Tenant) -> ApiClient:
    return ApiClient(None, tenant.hosts[0])


@pytest.fixture
def mine(tenant: Tenant, visitor: ApiClient) -> ApiClient:
    """A customer who has just joined with a phone, on one device."""
    return ApiClient(signed_in(tenant, visitor, first_name="Hương", device="Safari · iPhone").json()["token"], tenant.hosts[0])


def whose(caller: ApiClient) -> UUID:
    return UUID(caller.get(ME).json()["id"])


# -- sessions -----------------------------------------------------------------------------------


def test_a_customer_sees_where_they_are_signed_in_and_ends_one_of_them(tenant: Tenant, visitor: ApiClient, mine: ApiClient) -> None:
    other = ApiClient(signed_in(tenant, visitor, device="  Chrome\t· Windows ").json()["token"], tenant.hosts[0])
    whose(other)
    shown = mine.get(SESSIONS).json()["items"]
    assert [(s["device"], s["current"]) for s in shown] == [("Chrome · Windows", False), ("Safari · iPhone", True)]
    assert {s["last_used"] for s in shown} == {datetime.now(UTC).date().isoformat()}
    ended = mine.post(f"{SESSIONS}/{shown[0]['id']}/end")
    assert (ended.status_code, other.get(ME).status_code, mine.get(ME).status_code) == (200, 401, 200)
    assert mine.post(f"{SESSIONS}/{shown[1]['id']}/end").status_code == 200
    assert mine.get(ME).status_code == 401, "who ends the session that asks is signed out"


def test_nobody_ends_or_sees_a_session_of_somebody_else(tenant: Tenant, other_tenant: Tenant, visitor: ApiClient, mine: ApiClient) -> None:
    stranger = ApiClient(signed_in(tenant, visitor, OTHER).json()["token"], tenant.hosts[0])
    theirs = stranger.get(SESSIONS).json()["items"][0]["id"]
    answers = [mine.post(f"{SESSIONS}/{one}/end") for one in (theirs, uuid4())]
    assert {(a.status_code, a.json()["code"]) for a in answers} == {(404, "customers.token_unknown")}
    assert stranger.get(ME).status_code == 200
    assert ApiClient(mine.token, other_tenant.hosts[0]).get(SESSIONS).status_code == 404


def test_what_a_program_issued_stands_among_them(api: ApiClient, mine: ApiClient) -> None:
    assert api.post(f"/api/v1/customers/{whose(mine)}/tokens", {}).status_code == 201
    assert sorted(s["device"] for s in mine.get(SESSIONS).json()["items"]) == ["", "Safari · iPhone"]


def test_sessions_end_with_their_time(tenant: Tenant, mine: ApiClient) -> None:
    order = OpenSession(customer_id=whose(mine), kind="phone", value=PHONE, hash=token_hash("ltc_old"), device="old")
    do(tenant, order, at=datetime.now(UTC) - SESSION + timedelta(minutes=1))
    old = ApiClient("ltc_old", tenant.hosts[0])
    assert old.get(ME).status_code == 200
    do(tenant, OpenSession(**{**vars_of(order), "hash": token_hash("ltc_older")}), at=datetime.now(UTC) - SESSION)
    assert ApiClient("ltc_older", tenant.hosts[0]).get(ME).status_code == 401


def vars_of(order: Any) -> dict[str, Any]:
    return {name: getattr(order, name) for name in order.__dataclass_fields__}


def test_sessions_end_with_the_customers_part_and_with_the_customer(tenant: Tenant, visitor: ApiClient, mine: ApiClient) -> None:
    customer = whose(mine)
    do(tenant, DeactivateCustomer(customer_id=customer, reason="asked for it"))
    do(tenant, ActivateCustomer(customer_id=customer))
    assert mine.get(ME).status_code == 401
    back = ApiClient(signed_in(tenant, visitor).json()["token"], tenant.hosts[0])
    assert whose(back) == customer
    do(tenant, EraseCustomer(customer_id=customer))
    assert back.get(ME).status_code == 401
    assert rows("customers_token", tenant, "id") == []


# -- another phone ------------------------------------------------------------------------------


def changed(tenant: Tenant, mine: ApiClient, phone: str = OTHER) -> Any:
    answer = mine.post(NEW_PHONE, {"phone": phone})
    assert answer.status_code == 201, answer.content
    return mine.post(f"{NEW_PHONE}/{answer.json()['challenge_id']}", {"code": last_code(tenant)})


def test_another_phone_needs_its_code_and_the_one_before_is_free_for_a_stranger(
    tenant: Tenant, visitor: ApiClient, mine: ApiClient
) -> None:
    customer = whose(mine)
    assert changed(tenant, mine).status_code == 200
    assert [address for address, *_ in letters(tenant)][-2:] == [OTHER, PHONE], "the code, and word of it to the one before"
    with reading(tenant.id):
        assert queries.contacts(customer).phone == OTHER
    kept = {state: (since, until) for state, since, until in rows("customers_identifier", tenant, "state, valid_from, valid_to") if until}
    assert list(kept) == ["released"]
    stranger = signed_in(tenant, visitor).json()
    assert (stranger["registered"], stranger["customer_id"] != str(customer), people(tenant)) == (True, True, 2)
    back = signed_in(tenant, visitor, OTHER).json()
    assert (back["registered"], back["customer_id"]) == (False, str(customer))


def test_a_phone_that_somebody_else_has_stays_theirs(tenant: Tenant, mine: ApiClient) -> None:
    do(tenant, RegisterCustomer(phone=OTHER))
    asked_for = mine.post(NEW_PHONE, {"phone": OTHER})
    refused = mine.post(f"{NEW_PHONE}/{asked_for.json()['challenge_id']}", {"code": last_code(tenant)})
    assert (asked_for.status_code, refused.status_code, refused.json()["code"]) == (201, 409, "customers.phone_not_yours")
    with reading(tenant.id):
        assert queries.contacts(whose(mine)).phone == PHONE


def test_a_code_changes_a_phone_for_whom_it_was_sent_and_signs_nobody_in(tenant: Tenant, visitor: ApiClient, mine: ApiClient) -> None:
    stranger = ApiClient(signed_in(tenant, visitor, "+84912000001").json()["token"], tenant.hosts[0])
    challenge = mine.post(NEW_PHONE, {"phone": OTHER}).json()["challenge_id"]
    code = last_code(tenant)
    for caller, path in ((stranger, f"{NEW_PHONE}/{challenge}"), (visitor, f"/api/v1/sign-in/{challenge}")):
        assert caller.post(path, {"code": code}).json()["code"] == "customers.code_wrong"
    to_sign_in = asked(visitor, OTHER).rpartition("/")[2]
    assert mine.post(f"{NEW_PHONE}/{to_sign_in}", {"code": last_code(tenant)}).json()["code"] == "customers.code_wrong"
    assert stranger.post(f"{NEW_PHONE}/{challenge}/resend").status_code == 404
    assert mine.post(f"{NEW_PHONE}/{challenge}", {"code": code}).status_code == 200


def test_of_two_who_want_one_phone_at_once_one_gets_it(tenant: Tenant, visitor: ApiClient, mine: ApiClient) -> None:
    other = ApiClient(signed_in(tenant, visitor, "+84912000001").json()["token"], tenant.hosts[0])
    ready = []
    for caller in (mine, other):
        a_minute_later()
        challenge = caller.post(NEW_PHONE, {"phone": OTHER}).json()["challenge_id"]
        ready.append((caller, f"{NEW_PHONE}/{challenge}", last_code(tenant)))

    def one(n: int) -> int:
        caller, path, code = ready[n]
        return int(caller.post(path, {"code": code}).status_code)

    assert sorted(in_parallel(2, one)) == [200, 409]  # type: ignore[type-var]
    with reading(tenant.id):
        assert sorted(str(queries.contacts(whose(caller)).phone == OTHER) for caller in (mine, other)) == ["False", "True"]


def test_a_landline_is_no_new_phone(mine: ApiClient) -> None:
    assert mine.post(NEW_PHONE, {"phone": "028 3823 4567"}).json()["errors"][0]["code"] == "phone.not_mobile"
