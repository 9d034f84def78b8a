"""Who has to say a second fact before they spend: also whoever stands for them, and whoever has the points of both."""

from __future__ import annotations

from uuid import UUID

import pytest

from customers.commands import ChangeDoors, MergeCustomers, RegisterCustomer
from loyalty.tenancy.models import Tenant
from tests.customers.test_second_fact import BORN, imported, mine, passed_on
from tests.customers.test_sign_in import do, signed_in
from tests.earning.counter import Counter
from tests.support.client import ApiClient


@pytest.fixture
def caller(tenant: Tenant) -> ApiClient:
    return ApiClient(None, tenant.hosts[0])


def test_a_question_that_is_open_goes_to_who_stands_for_them(tenant: Tenant, caller: ApiClient) -> None:
    do(tenant, ChangeDoors(doors=("phone",), fact_above=20))
    older = ApiClient(signed_in(tenant, caller, "0987654321").json()["token"], tenant.hosts[0])
    friend = do(tenant, RegisterCustomer(first_name="An")).customer_id
    younger = imported(tenant, 250_000)
    theirs = mine(tenant, caller)
    assert [one.get("/api/v1/me").json()["fact_needed"] for one in (older, theirs)] == [False, True]
    do(tenant, MergeCustomers(customer_id=younger, other_id=UUID(older.get("/api/v1/me").json()["id"]), reason="one person"))
    for one in (older, theirs):
        assert (one.get("/api/v1/me").json()["fact_needed"], passed_on(one, friend).json().get("code")) == (True, "customers.fact_needed")


@pytest.mark.parametrize(("above", "needed"), [(24, True), (25, False)])
def test_what_a_merged_one_has_counts_for_whether_it_is_asked(tenant: Tenant, caller: ApiClient, above: int, needed: bool) -> None:
    """The unproven phone itself has no points; who was merged into its customer has 25."""
    do(tenant, ChangeDoors(doors=("phone",), fact_above=above))
    whose = imported(tenant)
    other = do(tenant, RegisterCustomer(first_name="Bình", birth_date=BORN, active=True)).customer_id
    counter = Counter(tenant)
    counter.rule()
    counter.sell(other, 250_000)
    do(tenant, MergeCustomers(customer_id=whose, other_id=other, reason="one person"))
    assert mine(tenant, caller).get("/api/v1/me").json()["fact_needed"] is needed
