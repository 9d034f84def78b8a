"""`/api/v1/corrections`: corrections of points that were too large for one person."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from earning import queries
from earning.api.shapes import Limit
from earning.permissions import APPROVE
from loyalty.api.paging import Page, opened_cursor, sealed_cursor
from loyalty.api.views import QueryView

StateText = Literal["waits", "approved", "rejected"]
CORRECTIONS = "corrections"


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """Points (signed, smallest unit of the wallet) that `proposed_by` wants to give or take, and why; who decided it, and when (null: it
    waits).
    """

    id: UUID
    customer_id: UUID
    wallet: str
    points: int
    reason: str
    state: StateText
    proposed_by: str
    proposed_at: datetime
    decided_by: str
    decided_at: datetime | None


class CorrectionsQuery(msgspec.Struct):
    """Those in one state, or of one customer."""

    state: StateText | None = None
    customer_id: UUID | None = None
    limit: Limit = 50
    cursor: str | None = None


class CorrectionsView(QueryView):
    """List corrections that need, or needed, a second person, the latest first."""

    permission = APPROVE
    query = CorrectionsQuery
    answer = Page[Correction]

    def ask(self, query: CorrectionsQuery, **path: Any) -> Page[Correction]:
        after = opened_cursor(query.cursor, self.tenant.id, CORRECTIONS)
        place = after and (datetime.fromisoformat(after[0]), UUID(after[1]))
        found = queries.corrections(query.state, query.customer_id, place, query.limit + 1)
        page, more = found[: query.limit], len(found) > query.limit
        last = [page[-1].proposed_at.isoformat(), str(page[-1].correction_id)] if more else None
        return Page([shown(card) for card in page], sealed_cursor(last, self.tenant.id, CORRECTIONS) if last else None)


class CorrectionView(QueryView):
    """Show one correction."""

    permission = APPROVE
    answer = Correction

    def ask(self, query: None, **path: Any) -> Correction:
        return shown(queries.correction(path["correction_id"]))


def shown(card: queries.CorrectionCard) -> Correction:
    """A correction as the API shows it."""
    same = (name for name in Correction.__struct_fields__ if name != "id")
    return Correction(id=card.correction_id, **{name: getattr(card, name) for name in same})
