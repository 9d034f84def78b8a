"""What happened to level sets, and to the levels of customers."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from earning.domain.levels.counting import Count, PastPurchase
from earning.domain.levels.downgrading import Reset
from earning.domain.levels.grants import LevelSource
from earning.domain.levels.tally import Step
from earning.domain.levels.terms import LevelTerms
from loyalty.domain.event import Personal, event

LossReason = Literal["goods_returned", "period_end", "not_earned", "ended", "by_hand"]
"""period_end, not_earned: a policy let the level go. ended: it was given, or paid for, until then. by_hand: somebody took it,
or two customers who had been merged turned out to be two.
"""


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


@event("earning.level_set_past_counted", version=1)
class LevelSetPastCounted:
    """Purchases made from `since` on count towards a level set as well where it was in force only later: by its terms then."""

    set_id: UUID
    since: datetime
    decided_at: datetime


@event("earning.progress_counted", version=1, subject="customer_id")
class ProgressCounted:
    """A purchase counts so much towards levels from now on, instead of what it counted before: of the goods that are kept."""

    customer_id: UUID
    purchase_id: UUID
    counts: tuple[Count, ...]
    purchased_at: datetime
    counted_at: datetime | None = None


@event("earning.past_counted", version=1, subject="customer_id")
class PastCounted:
    """Purchases that a customer made before they could count do so from now on: of the goods that are kept."""

    customer_id: UUID
    purchases: tuple[PastPurchase, ...]
    counted_at: datetime


@event("earning.level_reached", version=1, subject="customer_id")
class LevelReached:
    """A customer reached a level, through the purchase that brought enough (None: those of the past did); `before` is the level they
    had ("" for none).
    """

    customer_id: UUID
    set_id: UUID
    version: int
    level: str
    before: str
    purchase_id: UUID | None = None
    reached_at: datetime


@event("earning.level_steps_joined", version=1, subject="customer_id")
class LevelStepsJoined:
    """What a customer reached, who turned out to be the same, stands for this one too, as long as its goods are kept.

    The `steps` one above the other stand below those of this one, or `instead` of the level that was reached just now by being the same.
    """

    customer_id: UUID
    set_id: UUID
    joined_id: UUID
    steps: tuple[Step, ...]
    instead: bool
    joined_at: datetime


@event("earning.level_lost", version=1, subject="customer_id")
class LevelLost:
    """A customer lost a level and has the level `after` instead ("" for none); `return_id` is what brought the goods back.

    So many of the levels that were reached one above the other are `standing`. `lost_at` is when it was due, whenever that was noticed.
    Who goes back to a level that stands has had it `since` it was reached (None: `after` is new), or `fallen` to. What it `resets`
    goes with it: what counted until then, or the points that were active.
    """

    customer_id: UUID
    set_id: UUID
    version: int
    level: str
    after: str
    reason: LossReason
    standing: int = 0
    return_id: UUID | None = None
    lost_at: datetime
    since: datetime | None = None
    fallen: bool = False
    resets: Reset = "none"


@event("earning.level_loss_announced", version=1, subject="customer_id")
class LevelLossAnnounced:
    """It was time to tell a customer that they lose a level at `loses_at`, and have the level `after` then: unless they earn it again,
    or pay for it again where a fee is its `source`. With it goes what the loss `resets`.
    """

    customer_id: UUID
    set_id: UUID
    version: int
    level: str
    after: str
    loses_at: datetime
    announced_at: datetime
    source: LevelSource = "earned"
    resets: Reset = "none"


@event("earning.level_given", version=1, subject="customer_id")
class LevelGiven:
    """Somebody gave a customer a level until `ends_at`, whatever they earn, with a reason; instead of one that was given before.

    One that was given to somebody who turned out to be the same (`joined_id`) stands beside it.
    """

    customer_id: UUID
    set_id: UUID
    version: int
    level: str
    reason: Personal[str]
    given_at: datetime
    ends_at: datetime
    joined_id: UUID | None = None


@event("earning.level_paid", version=1, subject="customer_id")
class LevelPaid:
    """A customer paid the fee of a level, for `months` or `days`, and has it from `starts_at` until `ends_at`; told again when part of
    the fee came back, or of one before it.
    """

    customer_id: UUID
    set_id: UUID
    version: int
    level: str
    purchase_id: UUID
    months: int = 0
    days: int = 0
    starts_at: datetime
    ends_at: datetime


@event("earning.level_grant_ended", version=1, subject="customer_id")
class LevelGrantEnded:
    """A level that was given (no `purchase_id`), or paid for, ended at its time, was taken back by hand, or its fee came back."""

    customer_id: UUID
    set_id: UUID
    level: str
    purchase_id: UUID | None = None
    cause: LossReason
    reason: Personal[str] = ""
    ended_at: datetime
    joined_id: UUID | None = None
