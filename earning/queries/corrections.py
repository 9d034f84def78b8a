"""Corrections of points that need, or needed, a second person."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from earning.domain.correcting import Correction as CorrectionStream
from earning.models import Correction
from earning.queries.here import tenant_here
from loyalty.domain.errors import NotFound
from loyalty.eventstore import store


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionCard:
    """Points (signed) that `proposed_by` wants to give or take, and why; `state` is waits, approved or rejected."""

    correction_id: UUID
    customer_id: UUID
    wallet: str
    points: int
    reason: str
    state: str
    proposed_by: str


def correction(correction_id: UUID) -> CorrectionCard:
    """One correction, with the reason that its event holds. Raises NotFound `earning.correction_unknown`."""
    row = Correction.objects.filter(tenant_id=tenant_here(), id=correction_id).first()
    if row is None:
        raise NotFound("earning.correction_unknown")
    told = CorrectionStream.replay(row.id, [r.event for r in store.load(row.id)]).proposed
    return CorrectionCard(
        correction_id=row.id,
        customer_id=row.customer_id,
        wallet=row.wallet,
        points=row.points,
        reason=told.reason if told else "",
        state=row.state,
        proposed_by=row.proposed_by,
    )
