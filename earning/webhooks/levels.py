"""What other systems can be told of the levels of customers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from msgspec import Struct

from earning.events import (
    LevelGiven,
    LevelGrantEnded,
    LevelLost,
    LevelPaid,
    LevelReached,
)
from earning.events.levels import LossReason
from earning.permissions import SEE_LEVELS
from loyalty.webhooks.event_types import published


class OfLevel(Struct, frozen=True, kw_only=True):
    """What all events of levels tell: the code of a level, and the set that it belongs to."""

    customer_id: UUID
    set_id: UUID
    level: str


@published("level.reached.v1", pgettext_lazy("webhook", "Level reached"), LevelReached, permission=SEE_LEVELS)
class LevelReachedHook(OfLevel, frozen=True, kw_only=True):
    """A customer reached a level; `before` is the one that they had, empty for none."""

    before: str
    purchase_id: UUID | None
    reached_at: datetime


@published("level.lost.v1", pgettext_lazy("webhook", "Level lost"), LevelLost, permission=SEE_LEVELS)
class LevelLostHook(OfLevel, frozen=True, kw_only=True):
    """A customer lost a level and has `after` instead, empty for none. `reason` says why."""

    after: str
    reason: LossReason
    lost_at: datetime


@published("level.given.v1", _("Level given by hand"), LevelGiven, permission=SEE_LEVELS)
class LevelGivenHook(OfLevel, frozen=True, kw_only=True):
    """Somebody gave a customer a level until `ends_at`, whatever they earn."""

    given_at: datetime
    ends_at: datetime


@published("level.paid.v1", _("Level paid for"), LevelPaid, permission=SEE_LEVELS)
class LevelPaidHook(OfLevel, frozen=True, kw_only=True):
    """A customer paid the fee of a level, and has it from `starts_at` until `ends_at`."""

    purchase_id: UUID
    starts_at: datetime
    ends_at: datetime


@published("level.ended.v1", _("Given or paid level ended"), LevelGrantEnded, permission=SEE_LEVELS)
class LevelEndedHook(OfLevel, frozen=True, kw_only=True):
    """A level that was given, or paid for, came to its end; `cause` as for a level that was lost."""

    cause: LossReason
    ended_at: datetime
