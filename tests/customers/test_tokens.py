"""A customer's token: minted by a program, good for a short while, for that customer and for nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from customers.commands import ActivateCustomer, DeactivateCustomer, IssueCustomerToken, RegisterCustomer
from customers.tasks import forget_old_tokens_of_all
from loyalty.bus import dispatch
from loyalty.domain.errors import DomainError
from loyalty.staff.models import ApiToken, token_hash
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.counter import in_parallel, rows
from tests.support.client import ApiClient

ME = "/api/v1/me"


def do(tenant: Tenant, command: Any, **how: Any) -> Any:
    return dispatch(command, tenant_id=tenant.id, actor="staff:1", channel="test", **how)


@pytest.fixture
def somebody(tenant: Tenant) -> UUID:
    return do(tenant, RegisterCustomer(first_name="Hương", last_name="Đỗ", language="pl")).customer_id


def tokens_of(customer: UUID) -> str:
    return f"/api/v1/customers/{customer}/tokens"


def test_a_program_mints_a_token_for_one_customer(tenant: Tenant, api: ApiClient, somebody: UUID) -> None:
    first, again = (api.post(tokens_of(somebody), {}, key="one") for _ in range(2))
    assert (first.status_code, again.content) == (201, first.content)
    made = first.json()
    left = datetime.fromisoformat(made["expires_at"]) - datetime.now(UTC)
    assert timedelta(minutes=14) < left <= timedelta(minutes=15)
    me = ApiClient(made["token"], tenant.hosts[0]).get(ME)
    assert me.json()["first_name"] == "Hương"
    ((kept, by),) = rows("customers_token", tenant, "hash, issued_by")
    assert (bytes(kept), by.partition(":")[0]) == (token_hash(made["token"]), "token")


@pytest.mark.parametrize("minutes", [0, -1, 24 * 60 + 1, "15", None])
def test_it_lasts_a_day_at_most(api: ApiClient, somebody: UUID, minutes: Any) -> None:
    assert api.post(tokens_of(somebody), {"minutes": minutes}).status_code == 400


def test_it_ends_at_its_time(tenant: Tenant, somebody: UUID) -> None:
    for minutes, status in ((10, 401), (20, 200)):
        token = f"ltc_{uuid4().hex}"
        order = IssueCustomerToken(customer_id=somebody, hash=token_hash(token), minutes=minutes)
        do(tenant, order, at=datetime.now(UTC) - timedelta(minutes=15))
        assert ApiClient(token, tenant.hosts[0]).get(ME).status_code == status


def test_it_ends_when_it_is_revoked(tenant: Tenant, api: ApiClient, somebody: UUID) -> None:
    made = api.post(tokens_of(somebody), {}).json()
    caller = ApiClient(made["token"], tenant.hosts[0])
    where = f"{tokens_of(somebody)}/{made['id']}/revoke"
    assert caller.get(ME).status_code == 200
    assert api.post(where).status_code == 200
    assert caller.get(ME).status_code == 401
    assert api.post(where).status_code == 404


def test_it_ends_with_the_customers_part_and_does_not_come_back(tenant: Tenant, api: ApiClient, somebody: UUID) -> None:
    caller = ApiClient(api.post(tokens_of(somebody), {}).json()["token"], tenant.hosts[0])
    do(tenant, DeactivateCustomer(customer_id=somebody, reason="asked for it"))
    assert caller.get(ME).status_code == 401
    refused = api.post(tokens_of(somebody), {})
    assert (refused.status_code, refused.json()["code"]) == (422, "customers.not_active")
    do(tenant, ActivateCustomer(customer_id=somebody))
    assert caller.get(ME).status_code == 401


def test_it_ends_with_the_program_that_minted_it(tenant: Tenant, api: ApiClient, api_as: Any, somebody: UUID) -> None:
    ended, stays = (ApiClient(one.post(tokens_of(somebody), {}).json()["token"], tenant.hosts[0]) for one in (api, api_as()))
    assert [caller.get(ME).status_code for caller in (ended, stays)] == [200, 200]
    with reading(tenant.id):
        assert ApiToken.objects.filter(hash=token_hash(api.token or "")).update(revoked_at=datetime.now(UTC)) == 1
    assert [caller.get(ME).status_code for caller in (ended, stays)] == [401, 200]


def test_none_that_is_issued_meanwhile_outlives_the_customers_part(tenant: Tenant, somebody: UUID) -> None:
    def one(number: int) -> Any:
        if number == 4:
            return do(tenant, DeactivateCustomer(customer_id=somebody, reason="asked for it"))
        return do(tenant, IssueCustomerToken(customer_id=somebody, hash=token_hash(f"ltc_{number}"), minutes=15))

    answers = in_parallel(8, one)
    assert {answer.code for answer in answers if isinstance(answer, DomainError)} <= {"customers.not_active"}
    assert all(revoked is not None for (revoked,) in rows("customers_token", tenant, "revoked_at"))


def test_it_opens_nothing_of_another_tenant(other_tenant: Tenant, api: ApiClient, somebody: UUID) -> None:
    token = api.post(tokens_of(somebody), {}).json()["token"]
    assert ApiClient(token, other_tenant.hosts[0]).get(ME).status_code == 404
    assert ApiClient(token, "localhost").get(ME).status_code == 200


def test_nobody_without_the_right_mints_one(api: ApiClient, api_as: Any, admin_user: Any, somebody: UUID) -> None:
    told = {"auth.forbidden": (api_as("marketer"), api_as("seller")), "auth.for_programs": (api_as(user=admin_user),)}
    for code, callers in told.items():
        for caller in callers:
            refused = caller.post(tokens_of(somebody), {})
            assert (refused.status_code, refused.json()["code"]) == (403, code)


@pytest.mark.usefixtures("own_log")
def test_what_ended_long_ago_is_forgotten(tenant: Tenant, somebody: UUID) -> None:
    for days in (40, 1):
        order = IssueCustomerToken(customer_id=somebody, hash=token_hash(f"ltc_{days}"), minutes=15)
        do(tenant, order, at=datetime.now(UTC) - timedelta(days=days))
    assert forget_old_tokens_of_all() >= 1
    assert [bytes(kept) for (kept,) in rows("customers_token", tenant, "hash")] == [token_hash("ltc_1")]
