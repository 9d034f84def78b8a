"""`manage.py verify_guards`: what the guard of identifiers holds is what the log says, and every difference is found."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connections

from customers.commands import EditCustomer, RegisterCustomer
from loyalty.bus import dispatch
from loyalty.guards import checks_guard, disagreements
from loyalty.tenancy.models import Tenant

pytestmark = pytest.mark.usefixtures("own_log_of_module")


@pytest.fixture
def customer(tenant: Tenant) -> UUID:
    """Somebody who joined with a phone and an email, and has another phone since."""
    by: dict[str, Any] = {"tenant_id": tenant.id, "actor": "staff:test", "channel": "admin"}
    joined = dispatch(RegisterCustomer(first_name="Ngọc", phone="+84912000001", email="ngoc@example.com"), **by).customer_id
    dispatch(EditCustomer(customer_id=joined, phone="+84912000002"), **by)
    return joined


def tamper(sql: str, *params: object) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(sql, params)
        assert cursor.rowcount == 1


def found(tenant: Tenant) -> list[tuple[UUID, str]]:
    return [(d.stream_id, d.what) for _, d in disagreements() if d.tenant_id == tenant.id]


def test_guards_that_say_what_the_log_says_are_left_in_peace(tenant: Tenant, customer: UUID) -> None:
    assert found(tenant) == []


@pytest.mark.parametrize(
    ("change", "kind", "what"),
    [
        ("state = 'released'", "email", "does not hold its email"),
        ("digest = sha256('x')", "code", "holds another code than its events name"),
        ("key_version = 99", "phone", "the environment lacks key 99, with which its phone is held"),
        ("kind = 'card'", "phone", "does not hold its phone"),
        ("kind = 'card'", "phone", "holds a card that its events do not name"),
    ],
)
def test_a_claim_that_is_not_what_events_name_is_found(tenant: Tenant, customer: UUID, change: str, kind: str, what: str) -> None:
    tamper(f"update customers_identifier set {change} where customer_id = %s and kind = %s and state = 'active'", customer, kind)
    assert (customer, what) in found(tenant)


def test_a_holder_who_never_registered_is_found(tenant: Tenant, customer: UUID) -> None:
    nobody = uuid4()
    tamper("update customers_identifier set customer_id = %s where customer_id = %s and kind = 'email'", nobody, customer)
    assert set(found(tenant)) == {(customer, "does not hold its email"), (nobody, "holds an identifier and never registered")}


def test_the_command_names_tenant_stream_and_kind_and_no_person(tenant: Tenant, customer: UUID) -> None:
    tamper("delete from customers_identifier where customer_id = %s and kind = 'email'", customer)
    said = StringIO()
    with pytest.raises(CommandError, match="Guards and log disagree"):
        call_command("verify_guards", stdout=said)
    assert f"customers.identifiers: tenant {tenant.id}, stream {customer}: does not hold its email" in said.getvalue()
    assert "ngoc" not in said.getvalue()


def test_a_guard_has_one_check(customer: UUID) -> None:
    list(disagreements())
    check: Callable[..., Any] = checks_guard("customers.identifiers")
    with pytest.raises(ValueError, match="is checked by"):
        check(lambda using: iter(()))
