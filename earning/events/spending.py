"""Points were spent, kept aside, and given back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from earning.domain.shares import NewLot, Share
from earning.domain.terms import Wallet
from loyalty.domain.event import event


@event("earning.points_spent", version=1, subject="customer_id")
class PointsSpent:
    """A customer spent points, on what `reference_id` names; with `hold_id` they had been kept aside before.

    `shares` says which lots gave them; `owed` of them the account did not have itself: the accounts that it is joined with stand for
    them, and they are its debt. With `active_until` it also let the points of the account live until then.
    """

    account_id: UUID
    customer_id: UUID
    spend_id: UUID
    wallet: Wallet
    points: int
    shares: tuple[Share, ...]
    reference_id: UUID | None = None
    hold_id: UUID | None = None
    active_until: datetime | None = None
    spent_at: datetime
    owed: int = 0


@event("earning.points_held", version=1, subject="customer_id")
class PointsHeld:
    """Points were kept aside until `ends_at`: nobody else can spend them, and they do not end meanwhile. `owed` as for points spent."""

    account_id: UUID
    customer_id: UUID
    hold_id: UUID
    wallet: Wallet
    points: int
    shares: tuple[Share, ...]
    reference_id: UUID | None = None
    held_at: datetime
    ends_at: datetime
    owed: int = 0


@event("earning.hold_released", version=1, subject="customer_id")
class HoldReleased:
    """Points that were kept aside are free again before their time."""

    account_id: UUID
    customer_id: UUID
    hold_id: UUID
    wallet: Wallet
    points: int
    released_at: datetime


@event("earning.points_restored", version=1, subject="customer_id")
class PointsRestored:
    """Points that were spent came back: `shares` to the lots that gave them, and as `lots` where those had ended or soon would.

    `owed` of them had been let go when goods came back, for want of these points: they stand against the account now.
    """

    account_id: UUID
    customer_id: UUID
    restore_id: UUID
    spend_id: UUID
    wallet: Wallet
    points: int
    shares: tuple[Share, ...]
    lots: tuple[NewLot, ...] = ()
    restored_at: datetime
    owed: int = 0
