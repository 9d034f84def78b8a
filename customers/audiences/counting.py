"""How many customers criteria mean, told at once to whoever is still writing them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import OperationalError, connection, transaction

from customers.audiences.asking import Asking
from customers.audiences.statements import matching
from customers.domain.criteria import Criteria, checked
from customers.queries.here import tenant_here
from loyalty.tenancy.middleware import tenant_of_id


@dataclass(frozen=True, slots=True)
class Reach:
    """How many customers meet criteria now (None: it takes too long to say), and some of them, who joined last.

    `estimated`: counted among a part of all customers, and rounded.
    """

    customers: int | None
    some: tuple[UUID, ...] = ()
    estimated: bool = False


REACH = "with met (id) as materialized ({met}) select (select count(*) from met), array(select id from met order by id desc limit %s)"
PATIENCE = """select set_config('statement_timeout', %s, true), set_config('work_mem', '64MB', true), set_config('jit', 'off', true),
    set_config('plan_cache_mode', 'force_custom_plan', true)"""
EXACTLY, ROUGHLY = "2s", "3s"
SHOWN = 5
SAMPLE = 10_000
"""So many customers are looked at where all of them are too many."""
PARTS = 65_536
DRAWN = """select id from customers_customer where tenant_id = %s
    and get_byte(uuid_send(id), 14) * 256 + get_byte(uuid_send(id), 15) < %s"""
"""The end of an id is chance, and the same customers are drawn each time."""


def reach(criteria: Criteria, now: datetime) -> Reach:
    """Whom criteria mean. Needs an open `reading`; answers within 5 seconds. Raises DomainError as `checked` does."""
    tenant, right = tenant_of_id(tenant_here()), checked(criteria)
    asking = Asking(tenant.id, tenant.zone, now)
    try:
        return Reach(*_counted(right, asking, EXACTLY))
    except OperationalError:
        return _estimated(right, asking)


def _estimated(criteria: Criteria, asking: Asking) -> Reach:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(PATIENCE, [ROUGHLY])
            cursor.execute("select count(*) from customers_customer where tenant_id = %s", [asking.tenant_id])
            parts = max(1, min(PARTS, PARTS * SAMPLE // max(cursor.fetchone()[0], 1)))
            cursor.execute(DRAWN, [asking.tenant_id, parts])
            drawn: Sequence[UUID] = [row[0] for row in cursor.fetchall()]
        number, some = _counted(criteria, replace(asking, among=drawn), ROUGHLY)
    except OperationalError:
        return Reach(None)
    return Reach(_rounded(number * PARTS // parts), some, estimated=True)


def _counted(criteria: Criteria, asking: Asking, patience: str) -> tuple[int, tuple[UUID, ...]]:
    """Their number, and some of them. Raises OperationalError when patience ends."""
    met = matching(criteria, asking)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(PATIENCE, [patience])
        cursor.execute(REACH.format(met=met.text), [*met.params, SHOWN])
        number, some = cursor.fetchone()
    return number, tuple(some)


def _rounded(number: int) -> int:
    """Two digits count: the rest would be false precision."""
    step = int(10 ** max(len(str(number)) - 2, 0))
    return round(number / step) * step
