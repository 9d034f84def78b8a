"""Purchases that were made before they could count towards levels: counted by long work, which may be interrupted and done twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import structlog
from django.db import connection
from django.utils.translation import gettext_lazy as _

from customers.queries import MAY_EARN
from earning.commands import CountPastOfCustomer
from earning.levelbook import MOST_PURCHASES
from loyalty.bus import dispatch
from loyalty.jobs.models import name_counts, name_kinds
from loyalty.jobs.work import Work
from loyalty.tenancy import reading
from loyalty.tenancy.current import database_is_away

KIND, COUNTED, FAILED = "earning.count_past", "past_purchases", "past_failed"
FIRST, LOOKED_AT = UUID(int=0), 500
UNCOUNTED = """from earning_purchase p where p.tenant_id = %(tenant)s and p.customer_id > %(after)s and p.standing = any (%(standings)s)
    and exists (select from earning_level_set s where s.tenant_id = p.tenant_id and s.state = 'active' and not exists (
        select from earning_progress g where g.tenant_id = p.tenant_id and g.customer_id = p.customer_id and g.set_id = s.id
            and g.purchase_id = p.id))"""
"""Purchases that count in no active set, or not in all of them; whether they should, the customer's stream decides."""
NEXT = f"select distinct p.customer_id {UNCOUNTED} order by 1 limit %(most)s"
NUMBER = f"select count(distinct p.customer_id) {UNCOUNTED}"
log = structlog.get_logger(__name__)
name_kinds({KIND: _("Earlier purchases towards levels")})
name_counts({COUNTED: _("earlier purchases counted"), FAILED: _("customers left out after a failure")})


def count_past(work: Work) -> None:
    """Count what earlier purchases of all customers should count towards levels, one customer after the other, beside the tills."""
    with reading(work.tenant_id):
        work.expect(work.done + _rows(NUMBER, work.tenant_id, FIRST)[0][0])
    after = FIRST
    while customers := _next(work.tenant_id, after):
        for after in customers:
            _count(work, after)
            work.advance(1)


def _count(work: Work, customer_id: UUID) -> None:
    """A failure is logged, and holds up no other customer; without a database there is none to go on with."""
    order = CountPastOfCustomer(customer_id=customer_id)
    try:
        while found := dispatch(order, tenant_id=work.tenant_id, actor=work.actor, channel="process"):
            work.count(COUNTED, found)
            if found < MOST_PURCHASES:
                break
    except Exception as failure:
        if database_is_away(failure):
            raise
        log.exception("past not counted", tenant=work.tenant_id, customer=str(customer_id))
        work.count(FAILED)


def _next(tenant_id: int, after: UUID) -> list[UUID]:
    with reading(tenant_id):
        return [row[0] for row in _rows(NEXT, tenant_id, after)]


def _rows(sql: str, tenant_id: int, after: UUID) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"tenant": tenant_id, "after": after, "standings": list(MAY_EARN), "most": LOOKED_AT})
        return list(cursor.fetchall())
