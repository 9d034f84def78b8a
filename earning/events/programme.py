"""What was settled for all purchases of a programme."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from earning.domain.references import ReferenceKind
from loyalty.domain.event import event


@event("earning.matching_order_set", version=1)
class MatchingOrderSet:
    """Purchases are matched to customers by these references from now on, the first one first; others are not tried."""

    programme_id: UUID
    kinds: tuple[ReferenceKind, ...]
    set_at: datetime
