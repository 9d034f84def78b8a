"""Lists begin at once, however long they are: how Postgres answers as the role that serves, over 20,000 rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib import admin
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from earning import queries
from earning.history import EVENTS, MONTH
from earning.models import Account
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant

SMALL = UUID(int=77)
"""A merchant with few purchases among many of others."""
PURCHASES = """insert into earning_purchase (id, tenant_id, merchant_id, document_scope, document_number, document_key, currency,
    total, kept, points, state, payment_method, prices_include_tax, labels, lines, returns, purchased_at, recorded_at,
    recorded_by, channel, position)
    select gen_random_uuid(), %s, case when n > 19900 then %s::uuid else gen_random_uuid() end, 'pos', n, n, 'VND', n, n, 0, 'recorded',
    '', true, '{}', '[]', '[]', now() - n * interval '1 minute', now(), 'system', 'api', n from generate_series(1, 20000) n"""
ACCOUNTS = """insert into earning_account (id, tenant_id, customer_id, wallet, balance, earned, clawed_back, movements, position)
    select gen_random_uuid(), %s, gen_random_uuid(), 'points', n, n, 0, 1, n from generate_series(1, 20000) n"""
ACTIVE = UUID(int=78)
"""A customer with many custom events, few of them of one type."""
CUSTOM_EVENTS = """insert into earning_custom_event (id, tenant_id, customer_id, type, reference, occurred_at, reported_at, position)
    select gen_random_uuid(), %s, %s, case when n %% 1000 = 0 then 'review' else 'visit' end, n, now() - n * interval '1 minute', now(), n
    from generate_series(1, 20000) n"""
TABLES = ("earning_purchase", "earning_account", "earning_custom_event")


@pytest.fixture(scope="module")
def crowded(test_database: str) -> Iterator[Tenant]:
    """A tenant whose tables are full. The rows stand on no events, so they go again: rebuilds in other tests compare tables."""
    from tests.support.people import new_tenant

    tenant = new_tenant()
    with connections["owner"].cursor() as cursor:
        cursor.execute(PURCHASES, [tenant.id, SMALL])
        cursor.execute(ACCOUNTS, [tenant.id])
        cursor.execute(CUSTOM_EVENTS, [tenant.id, ACTIVE])
        cursor.execute("analyze " + ", ".join(TABLES))
        try:
            yield tenant
        finally:
            for table in TABLES:
                cursor.execute(f"delete from {table} where tenant_id = %s", [tenant.id])
            cursor.execute("analyze " + ", ".join(TABLES))


def accounts(tenant: Tenant) -> list[Any]:
    """The first page of the administration's list."""
    ordering = admin.site.get_model_admin(Account).ordering or ()
    return list(Account.objects.filter(tenant_id=tenant.id).order_by(*ordering)[:100])


@pytest.mark.parametrize(
    ("asked", "sought"),
    [
        (lambda tenant: queries.purchases(merchant_ids={SMALL}), "merchant_id"),
        (lambda tenant: queries.purchases(pos_id=uuid4()), "pos_id"),
        (lambda tenant: queries.purchases(customer_id=uuid4()), "customer_id"),
        (lambda tenant: queries.purchases(), "tenant_id"),
        (accounts, "tenant_id"),
    ],
    ids=["of a merchant", "of a point of sale", "of a customer", "all", "accounts"],
)
def test_a_list_comes_out_of_an_index_in_its_order(crowded: Tenant, asked: Callable[[Tenant], list[Any]], sought: str) -> None:
    with reading(crowded.id), CaptureQueriesContext(connection) as seen:
        asked(crowded)
    with reading(crowded.id), connection.cursor() as cursor:
        cursor.execute("explain (costs off) " + seen[-1]["sql"])
        said = "\n".join(row[0] for row in cursor.fetchall())
    conditions = " ".join(line for line in said.splitlines() if "Index Cond" in line)
    assert "Seq Scan" not in said, said
    assert "Sort" not in said, said
    assert "tenant_id" in conditions, said
    assert sought in conditions, said


def test_of_a_customers_events_only_those_of_the_types_are_read_that_rules_ask_for(crowded: Tenant) -> None:
    now = datetime.now(UTC)
    with reading(crowded.id), connection.cursor() as cursor:
        cursor.execute("explain (analyze, format json) " + EVENTS, [now - MONTH, crowded.id, [ACTIVE], ["review", "course"], now])
        said = str(cursor.fetchone())
    assert "Rows Removed by Filter" not in said, said
    assert "earning_custom_event_of_type" in said, said
