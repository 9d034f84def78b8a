"""Browsers and accounts in messengers: they lead to a customer, to nobody while several have them, and never from a shop's device."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connections

from customers import queries
from customers.commands import EraseCustomer, LinkIdentifier, RegisterCustomer, UnlinkIdentifier
from customers.domain.customer import MOST_LINKS
from customers.domain.identifiers import normal_link
from loyalty.bus import dispatch
from loyalty.domain.errors import DomainError, NotFound
from loyalty.guards import disagreements
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.customers.given import LATER, a_customer
from tests.earning.counter import in_parallel, rows
from tests.support.client import ApiClient

pytestmark = pytest.mark.usefixtures("own_log_of_module")
pytestmark = pytest.mark.usefixtures("own_log_of_module")
BROWSER = "018f-browser"


def do(tenant: Tenant, command: Any) -> Any:
    return dispatch(command, tenant_id=tenant.id, actor="staff:1", channel="test")


def people(tenant: Tenant, number: int) -> list[UUID]:
    return [do(tenant, RegisterCustomer(first_name=f"Hương {n}")).customer_id for n in range(number)]


def linked(tenant: Tenant, *customers: UUID) -> None:
    for one in customers:
        do(tenant, LinkIdentifier(customer_id=one, kind="browser_id", value=BROWSER))


def led(tenant: Tenant) -> UUID | None:
    with reading(tenant.id):
        return queries.led_to("browser_id", BROWSER)


def states(tenant: Tenant) -> list[str]:
    found = rows("customers_identifier", tenant, "kind, state")
    return sorted(state for kind, state in found if kind == "browser_id")


def held_against_the_log(tenant: Tenant) -> list[str]:
    return [d.what for _, d in disagreements() if d.tenant_id == tenant.id]


def test_a_device_of_a_shop_says_nothing_about_who_somebody_is() -> None:
    with pytest.raises(DomainError, match=r"customers\.identifier_shared"):
        normal_link("store_device", "tablet-7")


def test_a_customer_is_linked_once_and_not_without_end() -> None:
    customer = a_customer()
    assert [customer.link("browser_id", BROWSER, LATER) for _ in range(2)] == [True, False]
    with pytest.raises(NotFound):
        customer.unlink("page_scoped_id", BROWSER, LATER)
    for n in range(MOST_LINKS - 1):
        customer.link("page_scoped_id", str(n), LATER)
    with pytest.raises(DomainError, match=r"customers\.too_many_links"):
        customer.link("browser_id", "one more", LATER)


def test_a_browser_of_two_leads_to_nobody_until_one_is_left(tenant: Tenant) -> None:
    first, second = people(tenant, 2)
    linked(tenant, first, first)
    assert (led(tenant), states(tenant)) == (first, ["active"])
    linked(tenant, second)
    assert (led(tenant), states(tenant), held_against_the_log(tenant)) == (None, ["contested", "contested"], [])
    do(tenant, UnlinkIdentifier(customer_id=first, kind="browser_id", value=BROWSER))
    assert (led(tenant), states(tenant), held_against_the_log(tenant)) == (second, ["active", "released"], [])


def test_who_is_erased_leaves_it_to_the_one_who_is_left(tenant: Tenant) -> None:
    first, second, third = people(tenant, 3)
    linked(tenant, first, second, third)
    do(tenant, EraseCustomer(customer_id=third))
    assert (led(tenant), states(tenant)) == (None, ["contested", "contested"])
    do(tenant, EraseCustomer(customer_id=first))
    assert (led(tenant), states(tenant), held_against_the_log(tenant)) == (second, ["active"], [])


def test_of_many_at_once_it_leads_to_nobody(tenant: Tenant) -> None:
    some = people(tenant, 8)
    in_parallel(8, lambda n: linked(tenant, some[n]))
    assert (led(tenant), states(tenant), held_against_the_log(tenant)) == (None, ["contested"] * 8, [])


def test_a_program_links_and_removes_and_strangers_are_not_there(
    tenant: Tenant, other_tenant: Tenant, api: ApiClient, api_token: Any
) -> None:
    (whose,) = people(tenant, 1)
    path, body = f"/api/v1/customers/{whose}/links", {"kind": "page_scoped_id", "value": "psid-1"}
    assert api.post(path, body).status_code == 200
    with reading(tenant.id):
        assert queries.led_to("page_scoped_id", "psid-1") == whose
    elsewhere = ApiClient(api_token(other_tenant), other_tenant.hosts[0])
    refused = [elsewhere.post(path, body), api.post(f"/api/v1/customers/{uuid4()}/links", body)]
    assert [answer.status_code for answer in refused] == [404, 404]
    shared = api.post(path, body | {"kind": "store_device"})
    assert (shared.status_code, shared.json()["errors"][0]["pointer"]) == (422, "/kind")
    assert [api.post(f"{path}/remove", body).status_code for _ in range(2)] == [200, 404]


def test_a_link_that_is_not_what_the_log_says_is_found(tenant: Tenant) -> None:
    (whose,) = people(tenant, 1)
    linked(tenant, whose)
    for change, what in (
        ("state = 'contested'", "has a browser_id that is contested although its holders say otherwise"),
        ("state = 'released'", "is not led to by what its events name"),
        ("state = 'active', digest = sha256('x')", "is led to by what its events do not name"),
    ):
        with connections["owner"].cursor() as cursor:
            cursor.execute(f"update customers_identifier set {change} where customer_id = %s and kind = 'browser_id'", [whose])
        assert what in held_against_the_log(tenant)
