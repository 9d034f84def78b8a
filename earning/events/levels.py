"""What happened to level sets."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from earning.domain.levels.terms import LevelTerms
from loyalty.domain.event import event


@event("earning.level_set_created", version=1)
class LevelSetCreated:
    """A level set was drafted: version 1, nobody reaches its levels yet."""

    set_id: UUID
    terms: LevelTerms


@event("earning.level_set_changed", version=1)
class LevelSetChanged:
    """A level set got new terms: version `version`. What purchases counted before stays counted."""

    set_id: UUID
    version: int
    terms: LevelTerms
    effective_at: datetime


@event("earning.level_set_activated", version=1)
class LevelSetActivated:
    """Customers reach the levels of a set from `effective_at` on."""

    set_id: UUID
    version: int
    effective_at: datetime


@event("earning.level_set_deactivated", version=1)
class LevelSetDeactivated:
    """Nobody reaches or loses levels of a set from `effective_at` on, until it is activated again."""

    set_id: UUID
    version: int
    effective_at: datetime
