"""What happened to points accounts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from earning.domain.limits import Limit
from earning.domain.shares import Share, total
from earning.domain.terms import Contribution, Wallet
from loyalty.domain.event import event


@event("earning.points_earned", version=1, subject="customer_id")
class PointsEarned:
    """A purchase brought its customer points: one lot, with what each rule gave.

    `points` are in the wallet's smallest unit. They count from `earned_at`, the time of the purchase; before `active_from`
    and from `expires_at` on they cannot be spent (None: no limit). With `active_until` they live as long as the customer is
    active, together with all such points of the account: until then at least. `limits` are those of the wallet that they count
    towards.
    """

    account_id: UUID
    customer_id: UUID
    lot_id: UUID
    purchase_id: UUID
    wallet: Wallet
    points: int
    contributions: tuple[Contribution, ...]
    earned_at: datetime
    active_from: datetime | None = None
    expires_at: datetime | None = None
    active_until: datetime | None = None
    limits: tuple[Limit, ...] = ()


@event("earning.deed_rewarded", version=1, subject="customer_id")
class DeedRewarded:
    """A custom event of a `type` (its code) brought its customer points: one lot, with what each rule gave.

    `earned_at` is when it happened; times and `limits` as for points earned. No return takes them.
    """

    account_id: UUID
    customer_id: UUID
    lot_id: UUID
    custom_event_id: UUID
    type: str
    wallet: Wallet
    points: int
    contributions: tuple[Contribution, ...]
    earned_at: datetime
    active_from: datetime | None = None
    expires_at: datetime | None = None
    active_until: datetime | None = None
    limits: tuple[Limit, ...] = ()


@event("earning.spend_counted", version=1, subject="customer_id")
class SpendCounted:
    """A purchase counts so much for points that are given for all purchases together: what is left of a full amount counts with the next.

    `amount` (minor units) is what its kept goods count from now on by a rule of this `version`, `points` what it still has by it, `total`
    what all purchases count by `carry_id`: by versions of the rule that give the same for each `per` minor units of `currency`.
    `lost` more are due for that, which limits had no room for. `return_id` says which return changed it (None: it was recorded, or
    claimed).
    """

    account_id: UUID
    customer_id: UUID
    purchase_id: UUID
    rule_id: UUID
    carry_id: UUID
    return_id: UUID | None = None
    wallet: Wallet
    version: int
    currency: str
    per: int
    amount: int
    points: int
    lost: int = 0
    total: int
    counted_at: datetime

    @property
    def due(self) -> int:
        """What it has, and what limits kept from it."""
        return self.points + self.lost


@event("earning.points_clawed_back", version=1, subject="customer_id")
class PointsClawedBack:
    """Goods came back, and with them the points that they had brought: what each rule no longer gives.

    They came off the purchase's own lot, but for `shares`, which other lots gave. Of the own lot, and of those that came out of it,
    `expired` had ended before, and `cancelled` had been cancelled or deducted by hand.
    `owed` were spent already and stand against the account; `waived` were spent and are let go.
    """

    account_id: UUID
    customer_id: UUID
    lot_id: UUID
    purchase_id: UUID
    return_id: UUID
    wallet: Wallet
    points: int
    contributions: tuple[Contribution, ...]
    clawed_back_at: datetime
    shares: tuple[Share, ...] = ()
    expired: int = 0
    owed: int = 0
    waived: int = 0
    cancelled: int = 0

    @property
    def own(self) -> int:
        """What the purchase's own lot gave."""
        return self.points - total(self.shares) - self.expired - self.cancelled - self.owed - self.waived

    @property
    def taken(self) -> tuple[Share, ...]:
        """What each lot gave."""
        return (*((Share(lot_id=self.lot_id, points=self.own),) if self.own else ()), *self.shares)
