"""Erasing a customer: no table holds what tells who it was, rebuilt or live, and nothing brings it back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connections

from customers import queries
from customers.commands import (
    CreateSegment,
    EditCustomer,
    EnterSegment,
    EraseCustomer,
    IssueCustomerToken,
    RegisterCustomer,
)
from earning.commands import Reference
from loyalty.bus import dispatch
from loyalty.domain.errors import DomainError, NotFound
from loyalty.eventstore import store
from loyalty.guards import disagreements
from loyalty.lookup import lookup_digests
from loyalty.projections.rebuild import checksum
from loyalty.staff.models import token_hash
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from omnichannel.outbox import write
from tests.earning.counter import Counter, in_parallel, rows
from tests.support.client import ApiClient

PHONE, OLD_PHONE, EMAIL, CARD, OWN_ID = "+84912345678", "+84987000111", "quynhhoa@example.com", "KTQX97040001", "CRM-QXZ-7"
TOLD = {
    "first_name": "Quỳnhhoa",
    "last_name": "Trầnbá",
    "address": "12 ngõ Lạcxa",
    "company": "Côngty Hoaxa",
    "labels": {"nhãnxa": "giátrịxa"},
}
FORMS = [*(str(told) for told in TOLD.values() if isinstance(told, str)), "quynhhoa", "tranba", "nhãnxa", "giátrịxa", CARD, OWN_ID]
PHONES = [PHONE, OLD_PHONE, PHONE[3:], OLD_PHONE[3:]]
LATER = {"search_word": "words of the dictionary go when the index is expunged"}
"""Tables that are not searched here, and why."""


def do(tenant: Tenant, command: Any, **how: Any) -> Any:
    return dispatch(command, tenant_id=tenant.id, actor="staff:1", channel="test", **how)


@pytest.fixture
def somebody(tenant: Tenant) -> UUID:
    """Somebody with all that is kept of a person: also a token, a message, tries, a segment, and a receipt that names them."""
    Counter(tenant).sell(None, 50_000, references=(Reference("phone", PHONE), Reference("card", CARD)))
    held = {"phone": OLD_PHONE, "email": EMAIL, "card": CARD, "external_id": OWN_ID, "gender": "female"}
    customer: UUID = do(tenant, RegisterCustomer(**held, **TOLD)).customer_id
    do(tenant, EditCustomer(customer_id=customer, phone=PHONE))
    do(tenant, IssueCustomerToken(customer_id=customer, hash=token_hash("ltc_quynhhoa"), minutes=60))
    do(tenant, EnterSegment(segment_id=do(tenant, CreateSegment(code="vip", name="VIP")).segment_id, customer_id=customer))
    with reading(tenant.id):
        write(tenant.id, customer, customer, "points_end", "vi", "Quỳnhhoa, 25 điểm", datetime.now(UTC))
    with connections["owner"].cursor() as cursor:
        tried = "insert into earning_attempts (tenant_id, customer_id, guess, day, tried) values (%s, %s, 'receipt', current_date, 1)"
        cursor.execute(tried, [tenant.id, customer])
    return customer


def tables(tenant: Tenant) -> dict[str, str]:
    """Every row of the tenant as text, by table."""
    having = """select format('%I.%I', table_schema, table_name) from information_schema.columns join pg_class c
        on c.oid = format('%I.%I', table_schema, table_name)::regclass and c.relkind in ('r', 'p') and not c.relispartition
        where column_name = 'tenant_id' and table_schema in ('public', 'event')"""
    with connections["owner"].cursor() as cursor:
        cursor.execute(having)
        names = [name for (name,) in cursor.fetchall() if name.rpartition(".")[2] not in LATER]
        found = {}
        for name in names:
            cursor.execute(f"select coalesce(string_agg(t::text, ' '), '') from {name} t where tenant_id = %s", [tenant.id])
            found[name] = cursor.fetchone()[0]
    return found


def tell_tales(tenant: Tenant, customer: UUID) -> set[tuple[str, str]]:
    """Table and what in it tells of the person: in clear, by digest, or as a row of their own that nobody but they need."""
    kinds = {"phone": [PHONE, OLD_PHONE], "email": [EMAIL], "card": [CARD], "external_id": [OWN_ID]}
    digests = [d.hex() for kind, texts in kinds.items() for text in texts for d in lookup_digests(kind, text, tenant.id)]
    kept = tables(tenant)
    found = {
        (name, form) for name, text in kept.items() for form in [*FORMS, *PHONES, EMAIL, *digests] if form.casefold() in text.casefold()
    }
    theirs = ("customers_token", "omnichannel_message", "earning_attempts", "customers_segment_member")
    return found | {(name, "a row") for name in (f"public.{one}" for one in theirs) if str(customer) in kept[name]}


def test_no_table_tells_who_it_was(tenant: Tenant, somebody: UUID) -> None:
    before = {name.rpartition(".")[2] for name, _ in tell_tales(tenant, somebody)}
    assert {"customers_customer", "customers_identifier", "earning_reference", "customers_token", "omnichannel_message"} <= before
    do(tenant, EraseCustomer(customer_id=somebody))
    assert tell_tales(tenant, somebody) == set()
    with reading(tenant.id):
        registered = store.load(somebody)[0].event
    assert (registered.first_name, registered.phone, registered.labels) == ("ERASED",) * 3
    assert [one for _, one in disagreements() if one.tenant_id == tenant.id] == []


def test_who_was_erased_is_not_there_any_more(tenant: Tenant, somebody: UUID) -> None:
    assert ApiClient("ltc_quynhhoa", tenant.hosts[0]).get("/api/v1/me").status_code == 200
    with reading(tenant.id):
        code = queries.customer(somebody).code
    do(tenant, EraseCustomer(customer_id=somebody))
    assert ApiClient("ltc_quynhhoa", tenant.hosts[0]).get("/api/v1/me").status_code == 401
    with reading(tenant.id):
        assert [queries.search(typed) for typed in ("quynhhoa", PHONE, EMAIL, PHONE[-4:], CARD)] == [[]] * 5
        with pytest.raises(NotFound):
            queries.customer(somebody)
        assert [queries.named(typed) for typed in (code, PHONE)] == [None, None]
        assert (queries.identified("code", [code]), queries.holders([("code", code)])) == ({}, {})
    (vip,) = [segment for (segment,) in rows("customers_segment", tenant, "id")]
    for command in (
        EraseCustomer(customer_id=somebody),
        EditCustomer(customer_id=somebody, first_name="Hoa"),
        EnterSegment(segment_id=vip, customer_id=somebody),
        IssueCustomerToken(customer_id=somebody, hash=b"x" * 32, minutes=5),
    ):
        with pytest.raises(NotFound):
            do(tenant, command)
    assert do(tenant, RegisterCustomer(phone=PHONE, card=CARD)).customer_id != somebody


def test_what_is_read_is_the_same_when_it_is_made_anew(tenant: Tenant, somebody: UUID) -> None:
    do(tenant, EraseCustomer(customer_id=somebody))
    live = [checksum(table) for table in ("customers_customer", "customers_segment_member")]
    call_command("rebuild", "customers.customers", "customers.members")
    assert [checksum(table) for table in ("customers_customer", "customers_segment_member")] == live
    assert tell_tales(tenant, somebody) == set()


def test_nobody_comes_into_a_segment_while_they_are_erased(tenant: Tenant, somebody: UUID) -> None:
    segments = [do(tenant, CreateSegment(code=f"s{n}", name=f"S{n}")).segment_id for n in range(7)]

    def one(n: int) -> Any:
        return do(tenant, EraseCustomer(customer_id=somebody) if n == 3 else EnterSegment(segment_id=segments[n], customer_id=somebody))

    answers = in_parallel(7, one)
    assert {answer.code for answer in answers if isinstance(answer, DomainError)} <= {"customers.not_found"}
    assert rows("customers_segment_member", tenant, "id") == []


def test_a_dry_run_erases_nobody(tenant: Tenant, somebody: UUID) -> None:
    do(tenant, EraseCustomer(customer_id=somebody), dry_run=True)
    with reading(tenant.id):
        assert queries.customer(somebody).first_name == "Quỳnhhoa"
        assert store.load(somebody)[0].event.first_name == "Quỳnhhoa"
