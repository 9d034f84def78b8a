"""What happened to points accounts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from earning.domain.terms import Contribution, Wallet
from loyalty.domain.event import event


@event("earning.points_earned", version=1, subject="customer_id")
class PointsEarned:
    """A purchase brought its customer points: one lot, with what each rule gave.

    `points` are in the wallet's smallest unit. They count from `earned_at`, the time of the purchase; before `active_from`
    and from `expires_at` on they cannot be spent (None: no limit).
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


@event("earning.points_clawed_back", version=1, subject="customer_id")
class PointsClawedBack:
    """Goods came back, and with them the points that they had brought: what each rule no longer gives."""

    account_id: UUID
    customer_id: UUID
    lot_id: UUID
    purchase_id: UUID
    return_id: UUID
    wallet: Wallet
    points: int
    contributions: tuple[Contribution, ...]
    clawed_back_at: datetime
