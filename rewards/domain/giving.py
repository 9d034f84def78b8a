"""A reward for everybody in a segment: decided once, carried out as long work."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from loyalty.domain.aggregate import Aggregate
from loyalty.domain.errors import DomainError
from rewards.events.givings import RewardGivenToSegment


class Giving(Aggregate):
    """It is begun; what each customer got of it is a fact of their coupons."""

    stream = "reward_giving"
    stays_folded = False

    def begin(self, reward_id: UUID, segment_id: UUID, customers: int, now: datetime) -> None:
        """Decide it. Raises DomainError `rewards.segment_empty`."""
        if not customers:
            raise DomainError("rewards.segment_empty", field="segment_id")
        self.record(RewardGivenToSegment(giving_id=self.id, reward_id=reward_id, segment_id=segment_id, customers=customers, begun_at=now))

    def evolve(self, event: RewardGivenToSegment) -> None:
        """Nothing is asked of it later."""
