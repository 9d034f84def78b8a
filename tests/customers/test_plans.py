"""Nobody waits for a sequential scan: how Postgres answers as the role that serves, in a register of 20,000."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections

from customers import claims, finding, invitations, passwords
from customers.audiences import Asking, Within, differing, meeting
from customers.commands import Criteria, Criterion, Group
from customers.domain.criteria import SHAPES, checked
from customers.queries import register, traces
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.customers.criteria_given import FILLED

CUSTOMERS = """insert into customers_customer (id, tenant_id, code, first_name, last_name, state, gender, language, labels, phone_last4,
    registered_by, registered_at, changed_at, position)
    select gen_random_uuid(), %s, lpad(n::text, 8, '0'), 'An', 'Số ' || n, 'active', 'female', 'vi', '{}', lpad((n %% 10000)::text, 4, '0'),
    'system', now() - n * interval '1 minute', now(), 0 from generate_series(1, 20000) n"""
SPENDING = """insert into customers_spending (customer_id, tenant_id, purchases, total, currency, position)
    select id, tenant_id, 1, 1, 'VND', 0 from customers_customer where tenant_id = %s"""
IDENTIFIERS = """insert into customers_identifier (tenant_id, kind, digest, key_version, customer_id, state, valid_from)
    select tenant_id, kind, sha256((kind || id)::bytea), 1, id, 'active', now()
    from customers_customer, unnest(array['phone', 'code']) kind where tenant_id = %s"""
PURCHASES = """insert into customers_purchase (id, tenant_id, customer_id, pos_id, kept, bought, lines, purchased_at, position)
    select gen_random_uuid(), tenant_id, id, id, 1000, '{sku:cf-1}', '[]', registered_at, 0 from customers_customer where tenant_id = %s"""
DEEDS = """insert into customers_custom_event (id, tenant_id, customer_id, type, occurred_at, position)
    select gen_random_uuid(), tenant_id, id, 'cf-1', registered_at, 0 from customers_customer where tenant_id = %s"""
CONSENTS = """insert into customers_consent (id, tenant_id, customer_id, purpose, given, text_version, source, changed_by, changed_at,
        position)
    select gen_random_uuid(), tenant_id, id, 'terms', true, '1', 'staff', 'system', now(), 0 from customers_customer where tenant_id = %s"""
RELEASED = """insert into customers_identifier (tenant_id, kind, digest, key_version, customer_id, state, valid_from)
    select tenant_id, 'email', sha256(id::text::bytea), 1, id, 'released', now() from customers_customer where tenant_id = %s"""
BARRED = """insert into customers_barred (tenant_id, digest, barred_at)
    select tenant_id, sha256(id::text::bytea), now() from customers_customer where tenant_id = %s"""
INVITED = """insert into customers_invited (tenant_id, invitation_id, referrer_id, kind, digest, key_version, to_sealed, code,
        invited_at, ends_at)
    select tenant_id, id, id, 'phone', sha256(id::text::bytea), 1, '', code, now(), now() + interval '1 day'
    from customers_customer where tenant_id = %s"""
PASSWORDS = """insert into customers_password (tenant_id, customer_id, encoded, set_at)
    select tenant_id, id, 'argon2', now() from customers_customer where tenant_id = %s"""
TABLES = ("customers_customer", "customers_spending", "customers_identifier", "customers_purchase", "customers_consent")
TABLES += ("customers_barred", "customers_invited", "customers_custom_event", "customers_password")


@pytest.fixture(scope="module")
def crowded(test_database: str) -> Iterator[Tenant]:
    """A tenant whose tables are full. The rows stand on no events, so they go again: rebuilds in other tests compare tables."""
    from tests.support.people import new_tenant

    tenant = new_tenant()
    with connections["owner"].cursor() as cursor:
        for statement in (CUSTOMERS, SPENDING, IDENTIFIERS, RELEASED, BARRED, INVITED, PURCHASES, DEEDS, CONSENTS, PASSWORDS):
            cursor.execute(statement, [tenant.id])
        cursor.execute("analyze " + ", ".join(TABLES))
        try:
            yield tenant
        finally:
            for table in TABLES:
                cursor.execute(f"delete from {table} where tenant_id = %s", [tenant.id])
            cursor.execute("analyze " + ", ".join(TABLES))


def plan(tenant: Tenant, sql: str, params: list[Any]) -> str:
    with reading(tenant.id), connection.cursor() as cursor:
        cursor.execute("explain (costs off) " + sql, params)
        return "\n".join(row[0] for row in cursor.fetchall())


def asked(tenant_id: int) -> dict[str, tuple[str, list[Any], str]]:
    """Each question with its parameters and what the index must be asked for."""
    card = ["vi", "VND", tenant_id]
    page = " and (c.registered_at, c.id) < (%s, %s) order by c.registered_at desc, c.id desc limit %s"
    return {
        "holders": (finding.HOLDERS, [["t"], ["phone"], [b"d"], tenant_id], "digest = w.digest"),
        "end of a phone": (finding.LAST4, [tenant_id, "1234", 20, 0], "phone_last4"),
        "cards": (register.CARD + " and c.id = any (%s)", [*card, [uuid4()]], "(id = ANY"),
        "a page": (register.CARD + page, [*card, datetime.now(UTC), uuid4(), 50], "ROW(registered_at, id)"),
        "standing": (register.STANDING, [[uuid4(), uuid4()]], "(id = CASE"),
        "person": (register.PERSON, [[uuid4(), uuid4()]], "(id = CASE"),
        "who is asked": (register.ASKED, [[uuid4(), uuid4()]], "(id = CASE"),
        "what tells of somebody": (traces.KNOWN, [[uuid4(), uuid4()]], "(id = (CASE"),
        "who was invited": (invitations.BY_ADDRESS, [tenant_id, [b"d"], datetime.now(UTC)], "digest ="),
        "who was here": (invitations.BEFORE, [tenant_id, [b"d"], tenant_id, [b"d"]], "digest ="),
        "whose password": (passwords.LED_TO, [tenant_id, "phone", [b"d"]], "customer_id ="),
        "release": (claims.RELEASE, [datetime.now(UTC), tenant_id, uuid4(), ["phone"]], "customer_id ="),
    }


def of_all_kinds() -> Criteria:
    filled = {name: FILLED[name] for name in ("places", "what", "values", "name", "wallet", "customers", "at_least")}
    chosen: dict[str, Any] = {"consent": {"values": ("marketing_sms",)}, "birthday": {"days": 7}, "anniversary": {"days": 7}}
    kinds = tuple(
        Criterion(kind=kind, **{name: filled[name] for name in (*shape.needs, *shape.may) if name in filled} | chosen.get(kind, {}))
        for kind, shape in SHAPES.items()
    )
    return checked(Criteria(groups=(Group(any=kinds),)))


def test_an_index_answers_whether_one_customer_meets_criteria(crowded: Tenant) -> None:
    """Of all kinds at once: whoever bought something is looked at again. What they like best is looked for by itself."""
    with reading(crowded.id):
        listing = meeting([of_all_kinds()], Asking(crowded.id, crowded.zone, datetime.now(UTC), [uuid4()]))
    said = plan(crowded, listing.text, list(listing.params))
    assert "Seq Scan" not in said, said
    assert said.count("customers_purchase_whose") == 2, said


def test_the_night_reads_of_each_table_the_stretch_that_it_looks_at(crowded: Tenant) -> None:
    stretch = Within(UUID(int=0), UUID(int=2**121))
    with reading(crowded.id):
        looked = differing({uuid4(): of_all_kinds()}, Asking(crowded.id, crowded.zone, datetime.now(UTC), stretch))
    said = plan(crowded, looked.text, list(looked.params))
    assert "Seq Scan" not in said, said
    for table in ("customers_purchase", "customers_custom_event", "customers_consent", "customers_segment_member", "earning_account"):
        assert re.search(rf"on {table}\b.*\n.*Cond: .*customer_id >= ", said), said


@pytest.mark.parametrize("question", asked(0))
def test_an_index_answers(crowded: Tenant, question: str) -> None:
    sql, params, sought = asked(crowded.id)[question]
    said = plan(crowded, sql, params)
    conditions = " ".join(line for line in said.splitlines() if "Index Cond" in line)
    assert "Seq Scan" not in said, said
    assert sought in conditions, said
    assert "tenant_id" in conditions, said
