"""Registering, editing, activating and deactivating on real Postgres: what is written, and what cannot be taken twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections

from customers.commands import ActivateCustomer, DeactivateCustomer, EditCustomer, RegisterCustomer, Registered
from customers.models import Customer, Identifier
from customers.sealing import opened
from loyalty.bus import dispatch, dispatch_all
from loyalty.domain.errors import Conflict, DomainError, NotFound
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant

PHONE = "+84912345678"
Say = Callable[..., Any]


@pytest.fixture
def say(tenant: Tenant) -> Say:
    """`say(command)`: have it carried out for the tenant."""
    return lambda command, **given: dispatch(command, tenant_id=tenant.id, actor="staff:test", channel="admin", **given)


def row(tenant: Tenant, customer_id: Any) -> Customer:
    with reading(tenant.id):
        return Customer.objects.get(id=customer_id)


def held(tenant: Tenant, customer_id: Any) -> dict[str, str]:
    with reading(tenant.id):
        return dict(Identifier.objects.filter(customer_id=customer_id, state="active").values_list("kind", "state"))


def test_a_registered_customer_is_in_the_list_at_once(tenant: Tenant, say: Say) -> None:
    done = say(
        RegisterCustomer(
            first_name="Đường", last_name="Nguyễn", phone=PHONE, email="Duong@Example.com", card="9704 0001", external_id="A-1",
            gender="female", birth_date=date(1990, 5, 1), address="12 Lê Lợi", company="Cà Phê Sáng", language="vi", labels={"vip": "yes"},
        )
    )  # fmt: skip
    assert isinstance(done, Registered)
    found = row(tenant, done.customer_id)
    assert (found.code, found.first_name, found.last_name, found.state) == (done.code, "Đường", "Nguyễn", "active")
    assert (found.gender, found.birth_date, found.language, found.labels) == ("female", date(1990, 5, 1), "vi", {"vip": "yes"})
    assert (found.phone_last4, found.registered_by) == ("5678", "staff:test")
    shown = {
        field: opened(getattr(found, f"{field}_sealed"), field, tenant.id, found.id)
        for field in ("phone", "email", "card", "external_id", "address", "company")
    }
    assert shown == {
        "phone": PHONE,
        "email": "duong@example.com",
        "card": "97040001",
        "external_id": "A-1",
        "address": "12 Lê Lợi",
        "company": "Cà Phê Sáng",
    }
    assert set(held(tenant, done.customer_id)) == {"phone", "email", "card", "external_id", "code"}


def test_no_phone_email_or_card_lies_readable_in_the_database(tenant: Tenant, say: Say) -> None:
    say(RegisterCustomer(first_name="Zażółć", phone="+84987654321", email="gesla@example.com", card="JAZN1234"))
    with connections["owner"].cursor() as cursor:
        cursor.execute("select payload::text from event.event where tenant_id = %s", [tenant.id])
        log = " ".join(r[0] for r in cursor.fetchall())
        cursor.execute("select c::text from customers_customer c where tenant_id = %s", [tenant.id])
        rows = " ".join(r[0] for r in cursor.fetchall())
    assert all(text not in log for text in ("Zażółć", "987654321", "gesla", "JAZN1234"))
    assert all(text not in rows for text in ("987654321", "gesla", "JAZN1234"))


@pytest.mark.parametrize(
    ("kind", "first", "second"),
    [
        ("phone", PHONE, PHONE),
        ("email", "a@example.com", "A@Example.com "),
        ("card", "9704-0001", "97040001"),
        ("external_id", "A-1", "A-1"),
    ],
)
def test_an_identifier_belongs_to_one_customer(tenant: Tenant, other_tenant: Tenant, say: Say, kind: str, first: str, second: str) -> None:
    say(RegisterCustomer(first_name="An", **{kind: first}))
    with pytest.raises(Conflict) as refused:
        say(RegisterCustomer(first_name="Bình", **{kind: second}))
    assert (refused.value.code, refused.value.field) == (f"customers.{kind}_taken", kind)
    with reading(tenant.id):
        assert Customer.objects.count() == 1
        assert Identifier.objects.count() == 2, "a refused registration holds nothing"
    dispatch(RegisterCustomer(first_name="Bình", **{kind: second}), tenant_id=other_tenant.id, actor="system", channel="admin")


def test_fifty_clients_with_one_phone_give_one_customer(tenant: Tenant) -> None:
    def register(number: int) -> Registered | str:
        try:
            return dispatch(RegisterCustomer(first_name=f"N{number}", phone=PHONE), tenant_id=tenant.id, actor="system", channel="api")
        except Conflict as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(register, range(50)))
    assert sorted(a if isinstance(a, str) else "registered" for a in answers) == ["customers.phone_taken"] * 49 + ["registered"]
    with reading(tenant.id):
        assert Customer.objects.count() == 1
        assert Identifier.objects.filter(kind="phone").count() == 1


def test_crossing_edits_of_identifiers_end_and_leave_each_with_one_holder(tenant: Tenant) -> None:
    first, second = (
        dispatch(RegisterCustomer(first_name=n, phone=p), tenant_id=tenant.id, actor="system", channel="api").customer_id
        for n, p in (("An", "+84911111111"), ("Bình", "+84922222222"))
    )

    def edit(given: tuple[Any, str]) -> str:
        try:
            dispatch(EditCustomer(customer_id=given[0], phone=given[1]), tenant_id=tenant.id, actor="system", channel="api")
        except Conflict as refused:
            return refused.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(edit, [(c, p) for p in ("+84933333333", "+84944444444") for c in (first, second)] * 5))
    assert set(answers) <= {"done", "customers.phone_taken"}
    with reading(tenant.id):
        shown = {c.id: opened(c.phone_sealed, "phone", tenant.id, c.id) for c in Customer.objects.all()}
        holders = list(Identifier.objects.filter(kind="phone", state="active").values_list("customer_id", "digest"))
        digests = {c.id: bytes(c.phone_digest) for c in Customer.objects.all()}
    assert shown[first] != shown[second]
    assert {c: bytes(d) for c, d in holders} == digests


def test_a_changed_phone_is_free_for_others(tenant: Tenant, say: Say) -> None:
    somebody = say(RegisterCustomer(first_name="An", phone=PHONE)).customer_id
    say(EditCustomer(customer_id=somebody, phone="+84933333333"))
    found = row(tenant, somebody)
    assert (found.phone_last4, found.first_name) == ("3333", "An")
    another = say(RegisterCustomer(first_name="Bình", phone=PHONE)).customer_id
    with pytest.raises(Conflict, match=r"customers\.phone_taken"):
        say(EditCustomer(customer_id=somebody, phone=PHONE, first_name="Anh"))
    assert row(tenant, somebody).first_name == "An", "a refused edit changes nothing"
    assert row(tenant, another).phone_last4 == "5678"
    with reading(tenant.id):
        assert Identifier.objects.filter(kind="phone", state="released", valid_to__isnull=False).count() == 1


def test_an_edit_may_empty_a_field(tenant: Tenant, say: Say) -> None:
    somebody = say(RegisterCustomer(first_name="An", phone=PHONE, birth_date=date(1990, 5, 1), labels={"a": "b"})).customer_id
    say(EditCustomer(customer_id=somebody, phone=None, birth_date=None, labels={}))
    found = row(tenant, somebody)
    assert (found.phone_sealed, found.phone_digest, found.phone_key, found.phone_last4) == (None, None, None, "")
    assert (found.birth_date, found.labels) == (None, {})
    assert set(held(tenant, somebody)) == {"code"}


def test_deactivating_and_activating(tenant: Tenant, say: Say) -> None:
    somebody = say(RegisterCustomer(first_name="An")).customer_id
    say(DeactivateCustomer(customer_id=somebody, reason="asked"))
    assert row(tenant, somebody).state == "inactive"
    say(ActivateCustomer(customer_id=somebody))
    assert row(tenant, somebody).state == "active"


def test_a_customer_of_another_tenant_is_not_there(other_tenant: Tenant, say: Say) -> None:
    somebody = say(RegisterCustomer(first_name="An")).customer_id
    for command in (
        EditCustomer(customer_id=somebody, first_name="X"),
        ActivateCustomer(customer_id=somebody),
        DeactivateCustomer(customer_id=somebody, reason="x"),
    ):
        with pytest.raises(NotFound, match=r"customers\.not_found"):
            dispatch(command, tenant_id=other_tenant.id, actor="system", channel="api")


def test_the_same_customer_is_not_registered_twice(say: Say) -> None:
    chosen = uuid4()
    say(RegisterCustomer(external_id="12346", customer_id=chosen))
    with pytest.raises(Conflict, match=r"customers\.registered_before"):
        say(RegisterCustomer(external_id="12346", customer_id=chosen))


def test_a_dry_run_keeps_nothing(tenant: Tenant, say: Say) -> None:
    say(RegisterCustomer(first_name="An", phone=PHONE), dry_run=True)
    with reading(tenant.id):
        assert not Customer.objects.exists()
        assert not Identifier.objects.exists()


def test_in_a_batch_a_refusal_undoes_nobody_else(tenant: Tenant) -> None:
    commands = [
        RegisterCustomer(first_name="An", phone=PHONE, email="an@example.com"),
        RegisterCustomer(first_name="Bình", phone="+84922222222", email="an@example.com"),
        RegisterCustomer(first_name="Chi", phone="+84922222222"),
        RegisterCustomer(first_name="Dũng", phone=PHONE),
        RegisterCustomer(first_name="a" * 101),
        RegisterCustomer(external_id="9"),
    ]
    outcomes = dispatch_all(commands, tenant_id=tenant.id, actor="system", channel="import")
    refused = [o.refusal.code if o.refusal else None for o in outcomes]
    assert refused == [None, "customers.email_taken", None, "customers.phone_taken", "customers.text_too_long", None]
    with reading(tenant.id):
        assert set(Customer.objects.values_list("first_name", flat=True)) == {"An", "Chi", ""}
        assert Identifier.objects.filter(kind="phone").count() == 2


def test_a_wrong_field_is_refused_with_its_name(say: Say) -> None:
    with pytest.raises(DomainError) as refused:
        say(RegisterCustomer(first_name="An", phone="12345"))
    assert (refused.value.code, refused.value.field) == ("phone.invalid", "phone")


def test_a_taken_code_gives_another_one(tenant: Tenant, say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    from customers import claims

    real = claims.code_for
    taken = say(RegisterCustomer(first_name="An")).code
    monkeypatch.setattr(claims, "code_for", lambda t, c, attempt=0: taken if attempt < 2 else real(t, c, attempt))
    second = say(RegisterCustomer(first_name="Bình", phone=PHONE))
    assert second.code != taken
    assert row(tenant, second.customer_id).code == second.code
    monkeypatch.setattr(claims, "code_for", lambda t, c, attempt=0: taken)
    with pytest.raises(DomainError, match=r"customers\.codes_exhausted"):
        say(RegisterCustomer(first_name="Chi"))
