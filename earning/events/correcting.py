"""Somebody corrected, cancelled, passed on or blocked points."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from earning.domain.shares import NewLot, Share
from earning.domain.terms import Wallet
from loyalty.domain.event import Personal, event

Source = Literal["manual", "import"]


@event("earning.points_granted", version=1, subject="customer_id")
class PointsGranted:
    """Points were given without a purchase: one lot, with the reason. Times as for points earned.

    `corrected_by` is who decided it alone ("": a second person agreed, or it was not noted).
    """

    account_id: UUID
    customer_id: UUID
    lot_id: UUID
    wallet: Wallet
    points: int
    source: Source
    reason: Personal[str]
    granted_at: datetime
    expires_at: datetime | None = None
    active_until: datetime | None = None
    corrected_by: str = ""


@event("earning.points_deducted", version=1, subject="customer_id")
class PointsDeducted:
    """Points were taken from an account, with the reason; `shares` and `owed` as for points spent, `corrected_by` as for points granted."""

    account_id: UUID
    customer_id: UUID
    deduction_id: UUID
    wallet: Wallet
    points: int
    shares: tuple[Share, ...]
    reason: Personal[str]
    deducted_at: datetime
    corrected_by: str = ""
    owed: int = 0


@event("earning.points_cancelled", version=1, subject="customer_id")
class PointsCancelled:
    """What was left of a lot that should not have been given was cancelled, with the reason. `corrected_by` as for points granted."""

    account_id: UUID
    customer_id: UUID
    lot_id: UUID
    wallet: Wallet
    points: int
    reason: Personal[str]
    cancelled_at: datetime
    corrected_by: str = ""


@event("earning.points_sent", version=1, subject="customer_id")
class PointsSent:
    """A customer passed points on to another one's account; `shares` and `owed` as for points spent.

    `pooled`: both are accounts of one person. Points that would have ended paid what the other account owed, or, once the two turned out to
    be two persons, are owed back.
    """

    account_id: UUID
    customer_id: UUID
    transfer_id: UUID
    wallet: Wallet
    to_account_id: UUID
    points: int
    shares: tuple[Share, ...]
    sent_at: datetime
    owed: int = 0
    pooled: bool = False


@event("earning.points_received", version=1, subject="customer_id")
class PointsReceived:
    """A customer got points from another one's account: lots that end when those ended which they came out of. `pooled` as for points
    sent.
    """

    account_id: UUID
    customer_id: UUID
    transfer_id: UUID
    wallet: Wallet
    from_account_id: UUID
    points: int
    lots: tuple[NewLot, ...]
    received_at: datetime
    pooled: bool = False


@event("earning.account_blocked", version=1, subject="customer_id")
class AccountBlocked:
    """An account was blocked: points come in, but none can be spent or passed on."""

    account_id: UUID
    customer_id: UUID
    wallet: Wallet
    reason: Personal[str]
    blocked_at: datetime


@event("earning.account_unblocked", version=1, subject="customer_id")
class AccountUnblocked:
    """An account can be used again."""

    account_id: UUID
    customer_id: UUID
    wallet: Wallet
    reason: Personal[str]
    unblocked_at: datetime


@event("earning.correction_proposed", version=1, subject="customer_id")
class CorrectionProposed:
    """Somebody wants to give points, or take them (below zero): so many that a second person has to agree."""

    correction_id: UUID
    customer_id: UUID
    wallet: Wallet
    points: int
    reason: Personal[str]
    proposed_by: str
    proposed_at: datetime


@event("earning.correction_approved", version=1)
class CorrectionApproved:
    """A second person agreed to a correction of points."""

    correction_id: UUID
    approved_by: str
    approved_at: datetime


@event("earning.correction_rejected", version=1, subject="customer_id")
class CorrectionRejected:
    """A correction of points was refused, or taken back, with the reason."""

    correction_id: UUID
    customer_id: UUID
    reason: Personal[str]
    rejected_by: str
    rejected_at: datetime
