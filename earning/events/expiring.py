"""Points became active, came near their end, lived on, and ended."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from earning.domain.shares import Share
from earning.domain.terms import Wallet
from loyalty.domain.event import event


@event("earning.points_activated", version=1, subject="customer_id")
class PointsActivated:
    """Points that had to wait can be spent since `activated_at`."""

    account_id: UUID
    customer_id: UUID
    wallet: Wallet
    points: int
    shares: tuple[Share, ...]
    activated_at: datetime


@event("earning.expiry_announced", version=1, subject="customer_id")
class ExpiryAnnounced:
    """It was time to tell a customer that `points` end at `expires_at`."""

    account_id: UUID
    customer_id: UUID
    wallet: Wallet
    points: int
    shares: tuple[Share, ...]
    expires_at: datetime
    announced_at: datetime


@event("earning.points_prolonged", version=1, subject="customer_id")
class PointsProlonged:
    """Points of an account that live as long as its customer is active live until then at least: another account was used, whose customer
    turned out to be the same person.
    """

    account_id: UUID
    customer_id: UUID
    wallet: Wallet
    active_until: datetime
    prolonged_at: datetime


@event("earning.points_expired", version=1, subject="customer_id")
class PointsExpired:
    """Points ended unspent at `expired_at`, whenever that was noticed: their time was over, their customer lost a level of the set
    whose terms take them, or was erased.
    """

    account_id: UUID
    customer_id: UUID
    wallet: Wallet
    points: int
    shares: tuple[Share, ...]
    expired_at: datetime
    cause: Literal["time", "level_lost", "erased"] = "time"
    set_id: UUID | None = None


@event("earning.debt_paid", version=1, subject="customer_id")
class DebtPaid:
    """Points went towards what the account owed."""

    account_id: UUID
    customer_id: UUID
    wallet: Wallet
    points: int
    shares: tuple[Share, ...]
    paid_at: datetime
