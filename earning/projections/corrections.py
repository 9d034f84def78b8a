"""Corrections of points that need, or needed, a second person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from earning.events import CorrectionApproved, CorrectionProposed, CorrectionRejected
from loyalty.domain.event import Recorded
from loyalty.projections.projection import Projection, Statement

PROPOSE = """insert into earning_correction (id, tenant_id, customer_id, wallet, points, state, proposed_by, proposed_at, decided_by,
        position)
    values (%s, %s, %s, %s, %s, 'waits', %s, %s, '', %s)"""
DECIDE = """update earning_correction set state = %s, decided_by = %s, decided_at = %s, position = %s
    where tenant_id = %s and id = %s"""


class Corrections(Projection):
    """Corrections are few: one statement after the other."""

    name = "earning.corrections"
    events = (CorrectionProposed, CorrectionApproved, CorrectionRejected)
    tables = ("earning_correction",)
    inline = True

    def statements(self, batch: Sequence[Recorded[Any]]) -> Iterable[Statement]:
        for recorded in batch:
            event, named = recorded.event, (recorded.tenant_id, recorded.event.correction_id)
            match event:
                case CorrectionProposed():
                    told = (event.customer_id, event.wallet, event.points, event.proposed_by, event.proposed_at, recorded.position)
                    yield PROPOSE, (event.correction_id, recorded.tenant_id, *told)
                case CorrectionApproved():
                    yield DECIDE, ("approved", event.approved_by, event.approved_at, recorded.position, *named)
                case CorrectionRejected():
                    yield DECIDE, ("rejected", event.rejected_by, event.rejected_at, recorded.position, *named)
