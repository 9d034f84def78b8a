"""The register's tables say what the events say: written live, rebuilt one by one or a thousand at a time."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers import queries
from customers.commands import ActivateCustomer, DeactivateCustomer, EditCustomer, RegisterCustomer
from customers.models import Identifier
from earning.commands import ReturnGoods, ReturnLine
from loyalty.bus import dispatch, dispatch_all
from loyalty.domain.command import Command
from loyalty.domain.errors import DomainError
from loyalty.eventstore import store
from loyalty.lookup import lookup_digest
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.rebuild import checksum, rebuild
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.customers.given import MERCHANT, NOW, bring_level, buy
from tests.support.people import new_tenant

TABLE = "customers_customer"


def carry_out(tenant: Tenant, commands: Sequence[Command[Any]]) -> list[Any]:
    outcomes = dispatch_all(commands, tenant_id=tenant.id, actor="staff:1", channel="test")
    return [o.result for o in outcomes]


def rows(tenant: Tenant, table: str, schema: str = "public") -> list[tuple[Any, ...]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"select * from {schema}.{table} where tenant_id = %s order by 1, 2", [tenant.id])
        return list(cursor.fetchall())


def a_life(tenant: Tenant) -> None:
    """Customers with every kind of event, several of them in one batch."""
    people = [
        RegisterCustomer(
            first_name=f"Đường {n}", last_name="Nguyễn", phone=f"+84912345{n:03d}", email=f"d{n}@example.com", card=f"97{n:03d}",
            external_id=f"x{n}", birth_date=date(1990, 1, 1 + n), gender="female", address="12 Lê Lợi", company="Cà Phê", language="vi",
            labels={"n": str(n)}, customer_id=uuid4(),
        )
        for n in range(5)
    ]  # fmt: skip
    ids = [p.customer_id for p in people if p.customer_id is not None]
    carry_out(tenant, [*people, EditCustomer(customer_id=ids[0], first_name="Lan"), DeactivateCustomer(customer_id=ids[0], reason="asked")])
    carry_out(tenant, [EditCustomer(customer_id=ids[1], phone=None, email="new@example.com")])
    carry_out(tenant, [EditCustomer(customer_id=ids[1], first_name="Mai"), ActivateCustomer(customer_id=ids[0])])
    carry_out(tenant, [EditCustomer(customer_id=ids[2], card=None, labels={}, birth_date=None, address="")])
    carry_out(tenant, [RegisterCustomer(external_id="only", active=False)])


@pytest.mark.usefixtures("own_log")
def test_a_rebuilt_register_is_the_live_one_to_the_byte(tenant: Tenant) -> None:
    a_life(tenant)
    live = checksum(TABLE)
    for batch in (1, 2, 1000):
        assert rebuild(PROJECTIONS["customers.customers"], batch=batch, swap=False).checksums == {TABLE: live}, batch


@pytest.mark.usefixtures("own_log")
def test_a_register_swapped_in_serves_on(tenant: Tenant) -> None:
    a_life(tenant)
    before = rows(tenant, TABLE)
    rebuild(PROJECTIONS["customers.customers"])
    assert rows(tenant, TABLE) == before
    carry_out(tenant, [RegisterCustomer(first_name="Sau", phone="+84987654321")])
    with reading(tenant.id):
        assert [c.first_name for c in queries.search("0987654321")] == ["Sau"]


@pytest.mark.usefixtures("own_log")
def test_rebuilt_names_are_found_as_before(tenant: Tenant) -> None:
    a_life(tenant)
    with reading(tenant.id):
        before = [c.id for c in queries.search("duong")]
    rebuild(PROJECTIONS["customers.names"])
    with reading(tenant.id):
        assert [c.id for c in queries.search("duong")] == before
        assert len(before) == 3


NAMES = st.sampled_from(["", "An", "Đường"])
PHONES = st.sampled_from([None, "+84911111111", "+84922222222"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("register"), st.integers(0, 3), NAMES, PHONES),
        st.tuples(st.just("edit"), st.integers(0, 3), NAMES, PHONES),
        st.tuples(st.just("deactivate"), st.integers(0, 3)),
        st.tuples(st.just("activate"), st.integers(0, 3)),
    ),
    max_size=25,
)


def asked(step: tuple[Any, ...], people: Sequence[UUID]) -> Command[Any]:
    who = people[step[1]]
    match step[0]:
        case "register":
            return RegisterCustomer(customer_id=who, first_name=step[2], phone=step[3], external_id=str(step[1]))
        case "edit":
            return EditCustomer(customer_id=who, first_name=step[2], phone=step[3])
        case "deactivate":
            return DeactivateCustomer(customer_id=who, reason="asked")
        case _:
            return ActivateCustomer(customer_id=who)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS, sizes=st.randoms(use_true_random=False))
def test_rows_and_guard_say_what_a_replay_says(steps: list[tuple[Any, ...]], sizes: random.Random) -> None:
    tenant, people = new_tenant(), [uuid4() for _ in range(4)]
    while steps:
        size = sizes.randint(1, 5)
        carry_out(tenant, [asked(s, people) for s in steps[:size]])
        steps = steps[size:]
    from customers.domain.customer import Customer

    with reading(tenant.id):
        held = {bytes(d): c for c, d in Identifier.objects.filter(state="active", kind="phone").values_list("customer_id", "digest")}
        for person in people:
            replayed = Customer.replay(person, [r.event for r in store.load(person)])
            if not replayed.exists:
                with pytest.raises(DomainError):
                    queries.customer(person)
                continue
            card = queries.customer(person)
            assert (card.first_name, card.state, card.code) == (replayed.profile.first_name, replayed.state, replayed.code)
            number = replayed.identifiers.get("phone")
            assert queries.contacts(person).phone == number
            if number is not None:
                assert held.pop(lookup_digest("phone", number)) == person
    assert held == {}


# -- what customers have bought -------------------------------------------------------------------


def test_purchases_total_and_last_purchase_follow_the_till(tenant: Tenant) -> None:
    an, binh = (r.customer_id for r in carry_out(tenant, [RegisterCustomer(first_name=n) for n in ("An", "Bình")]))
    later = NOW + timedelta(hours=3)
    bought = buy(tenant, an, "1", 250_000, later)
    buy(tenant, an, "2", 100_000, NOW)
    buy(tenant, None, "3", 900_000)
    back = ReturnGoods(
        purchase_id=bought, customer_id=an, merchant_id=MERCHANT, pos_id=None, document_scope="merchant", document_number="R1",
        returned_at=later, zone="Asia/Ho_Chi_Minh", lines=(ReturnLine(line=2, amount=1000),),
    )  # fmt: skip
    dispatch(back, tenant_id=tenant.id, actor="staff:1", channel="test", at=NOW + timedelta(days=1))
    with reading(tenant.id):
        assert queries.customer(an).purchases == 0, "it follows the log"
    bring_level("customers.spending")
    with reading(tenant.id):
        card, other = queries.customer(an), queries.customer(binh)
    assert (card.purchases, card.total, card.currency, card.last_purchase_at) == (2, 349_000, "VND", later)
    assert (other.purchases, other.total, other.currency, other.last_purchase_at) == (0, 0, "VND", None)


@pytest.mark.usefixtures("own_log")
def test_rebuilt_spending_is_the_live_one_to_the_byte(tenant: Tenant) -> None:
    people = [r.customer_id for r in carry_out(tenant, [RegisterCustomer(external_id=str(n)) for n in range(3)])]
    for n in range(12):
        buy(tenant, people[n % 3], f"no {n}", 10_000 * (n + 1), NOW + timedelta(minutes=n * 7 % 5))
        if n % 4 == 0:
            bring_level("customers.spending")
    bring_level("customers.spending")
    live = checksum("customers_spending")
    done = rebuild(PROJECTIONS["customers.spending"], swap=False)
    assert done.checksums == {"customers_spending": live}
