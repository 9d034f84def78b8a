"""Lots that came out of those of another account of the same person: who looks at them sees how the points were won."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from earning.models import Lot
from earning.queries.here import tenant_here


def as_they_came(rows: Sequence[Lot]) -> list[Lot]:
    """The same rows with the source and the purchase of the lots that they came out of, however often they went between the accounts."""
    known: dict[UUID, Lot] = {}
    wanted = _behind(rows)
    while wanted:
        found = list(Lot.objects.filter(tenant_id=tenant_here(), id__in=wanted))
        known |= {row.id: row for row in found}
        wanted = _behind(found) - known.keys()
    for row in rows:
        first = row
        while first.source == Lot.Source.POOLED and first.origin_id in known:
            first = known[first.origin_id]
        row.source, row.purchase_id = first.source, first.purchase_id
    return list(rows)


def _behind(rows: Sequence[Lot]) -> set[UUID]:
    return {row.origin_id for row in rows if row.source == Lot.Source.POOLED and row.origin_id is not None}
