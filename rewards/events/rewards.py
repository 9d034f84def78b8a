"""What happened to rewards."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from loyalty.domain.event import event
from rewards.domain.terms import RewardContent


@event("rewards.reward_created", version=1)
class RewardCreated:
    """A reward was drafted: version 1, not to be had yet. `copied_from` is the reward that it was copied from."""

    reward_id: UUID
    content: RewardContent
    copied_from: UUID | None = None
    created_at: datetime


@event("rewards.reward_changed", version=1)
class RewardChanged:
    """A reward got new terms or texts: version `version`. What customers have already keeps the version under which they got it."""

    reward_id: UUID
    version: int
    content: RewardContent
    changed_at: datetime


@event("rewards.reward_activated", version=1)
class RewardActivated:
    """A reward can be had from `effective_at` on."""

    reward_id: UUID
    version: int
    effective_at: datetime


@event("rewards.reward_paused", version=1)
class RewardPaused:
    """A reward cannot be had for a while; what customers have of it stays good."""

    reward_id: UUID
    version: int
    paused_at: datetime


@event("rewards.reward_end_set", version=1)
class RewardEndSet:
    """A reward ends for good at `ends_at`; None takes a planned end back. What customers have of it stays good."""

    reward_id: UUID
    version: int
    ends_at: datetime | None
    set_at: datetime
