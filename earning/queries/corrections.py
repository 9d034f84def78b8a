"""Corrections of points that need, or needed, a second person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from customers.queries import sides
from earning.models import Correction
from earning.queries.here import tenant_here
from loyalty.domain.errors import NotFound
from loyalty.eventstore import store

Place = tuple[datetime, UUID]
"""Where a page of corrections ends: time and id of its last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionCard:
    """Points (signed, smallest unit of the wallet) that `proposed_by` wants to give or take, and why; `state` is waits, approved or
    rejected. Nobody decided it, at no time, while it waits.
    """

    correction_id: UUID
    customer_id: UUID
    wallet: str
    points: int
    reason: str
    state: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str
    decided_at: datetime | None


def corrections(
    state: str | None = None, customer_id: UUID | None = None, after: Place | None = None, limit: int = 50
) -> list[CorrectionCard]:
    """The latest first, at most `limit`, all or those in one state and of one customer; `after` is the place of the last one seen."""
    asked = {"state": state, "customer_id__in": None if customer_id is None else sides(customer_id)}
    rows = Correction.objects.filter(tenant_id=tenant_here(), **{name: value for name, value in asked.items() if value is not None})
    if after is not None:
        rows = rows.filter(Q(proposed_at__lt=after[0]) | Q(proposed_at=after[0], id__lt=after[1]))
    return _cards(list(rows.order_by("-proposed_at", "-id")[:limit]))


def correction(correction_id: UUID) -> CorrectionCard:
    """One correction, with the reason that its event holds. Raises NotFound `earning.correction_unknown`."""
    row = Correction.objects.filter(tenant_id=tenant_here(), id=correction_id).first()
    if row is None:
        raise NotFound("earning.correction_unknown")
    return _cards([row])[0]


def _cards(rows: Sequence[Correction]) -> list[CorrectionCard]:
    """With the reasons that their first events hold."""
    reasons = {r.stream_id: r.event.reason for r in store.first([row.id for row in rows])} if rows else {}
    return [
        CorrectionCard(
            correction_id=row.id,
            customer_id=row.customer_id,
            wallet=row.wallet,
            points=row.points,
            reason=reasons.get(row.id, ""),
            state=row.state,
            proposed_by=row.proposed_by,
            proposed_at=row.proposed_at,
            decided_by=row.decided_by,
            decided_at=row.decided_at,
        )
        for row in rows
    ]
