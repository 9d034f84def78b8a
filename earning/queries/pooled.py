"""Of accounts that are one: what moved only between them, and which of their lots came out of each other."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from earning.models import Lot
from earning.queries.here import tenant_here

WITHIN = """with pooled as materialized (
        select m.operation_id, m.account_id, m.position, m.points, m.shares from earning_movement m
        where m.tenant_id = %(tenant)s and m.account_id = any (%(accounts)s::uuid[]) and m.kind = 'pooled'
            and m.reference_id = any (%(accounts)s::uuid[])
            and (%(as_of)s::timestamptz is null or m.effective_at <= %(as_of)s)
            and (%(known_at)s::timestamptz is null or m.recorded_at <= %(known_at)s)),
    even as (select operation_id from pooled group by operation_id having sum(points) = 0)
    select p.position from pooled p join even using (operation_id)
    union
    select m.position from earning_movement m join pooled p on p.operation_id = m.operation_id and p.account_id = m.account_id
        join even on even.operation_id = m.operation_id
    where m.tenant_id = %(tenant)s and m.account_id = any (%(accounts)s::uuid[]) and m.kind = 'debt_paid' and p.points > 0
        and p.shares @> jsonb_build_array(jsonb_build_object('lot_id', m.shares -> 0 -> 'lot_id'))"""


def within(account_ids: Collection[UUID], as_of: datetime | None = None, known_at: datetime | None = None) -> list[int]:
    """Positions of movements by which nothing came to these accounts together, or went: what one took from another while they were one, and
    debts that this paid. Of what was in effect at `as_of` and recorded at `known_at` (None: now).

    What one order moved between more accounts than these, so that it does not cancel out, is not among them.
    """
    if len(account_ids) < 2:
        return []
    asked: dict[str, Any] = {"tenant": tenant_here(), "accounts": list(account_ids), "as_of": as_of, "known_at": known_at}
    with connection.cursor() as cursor:
        cursor.execute(WITHIN, asked)
        return [position for (position,) in cursor.fetchall()]


def came_out_of(account_ids: Collection[UUID]) -> Q:
    """Rows of lots that came out of one of these accounts because they are one."""
    origin = Lot.objects.filter(tenant_id=tenant_here(), id=OuterRef("origin_id"), account_id__in=account_ids)
    return Q(Exists(origin), source=Lot.Source.POOLED)


def as_they_came(rows: Sequence[Lot], account_ids: Collection[UUID]) -> list[Lot]:
    """Rows with the source and the purchase of the lots of these accounts that they came out of, however often they went between them."""
    first = firsts(rows, account_ids)
    for row in rows:
        row.source, row.purchase_id = first[row.id].source, first[row.id].purchase_id
    return list(rows)


def firsts(rows: Sequence[Lot], account_ids: Collection[UUID]) -> dict[UUID, Lot]:
    """By lot, that of these accounts which its points came to first: itself, unless it came out of one of another account of the person."""
    known, last = {row.id: row for row in rows}, list(rows)
    while wanted := {row.origin_id for row in last if row.source == Lot.Source.POOLED and row.origin_id is not None} - known.keys():
        last = list(Lot.objects.filter(tenant_id=tenant_here(), account_id__in=account_ids, id__in=wanted))
        known |= {row.id: row for row in last}
    return {row.id: _first(row, known) for row in rows}


def _first(lot: Lot, known: dict[UUID, Lot]) -> Lot:
    while lot.source == Lot.Source.POOLED and lot.origin_id in known:
        lot = known[lot.origin_id]
    return lot
