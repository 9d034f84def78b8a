"""What was decided about many customers at once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from loyalty.domain.event import event


@event("rewards.reward_given_to_segment", version=1)
class RewardGivenToSegment:
    """Everybody who is in a segment gets a reward without points, one after the other; there were `customers` of them at that moment."""

    giving_id: UUID
    reward_id: UUID
    segment_id: UUID
    customers: int
    begun_at: datetime
