"""What other systems can be told of points: in the smallest unit of their wallet."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from msgspec import Struct, convert

from earning.events import (
    AccountBlocked,
    AccountUnblocked,
    DeedRewarded,
    ExpiryAnnounced,
    HoldReleased,
    PointsActivated,
    PointsCancelled,
    PointsClawedBack,
    PointsDeducted,
    PointsEarned,
    PointsExpired,
    PointsGranted,
    PointsHeld,
    PointsReceived,
    PointsRestored,
    PointsSent,
    PointsSpent,
)
from earning.permissions import SEE_ACCOUNTS
from loyalty.webhooks.event_types import published


class Points(Struct, frozen=True, kw_only=True):
    """What all events of points tell."""

    account_id: UUID
    customer_id: UUID
    wallet: str
    points: int


@published("points.earned.v1", _("Points earned"), PointsEarned, permission=SEE_ACCOUNTS)
class PointsEarnedHook(Points, frozen=True, kw_only=True):
    """A purchase brought points. Before `active_from` and from `expires_at` on they cannot be spent."""

    lot_id: UUID
    purchase_id: UUID
    earned_at: datetime
    active_from: datetime | None
    expires_at: datetime | None


@published("points.deed_rewarded.v1", _("Points for a custom event"), DeedRewarded, permission=SEE_ACCOUNTS)
class DeedRewardedHook(Points, frozen=True, kw_only=True):
    """A custom event of a `type` brought points. Before `active_from` and from `expires_at` on they cannot be spent."""

    lot_id: UUID
    custom_event_id: UUID
    type: str
    earned_at: datetime
    active_from: datetime | None
    expires_at: datetime | None


@published("points.granted.v1", _("Points given by hand"), PointsGranted, permission=SEE_ACCOUNTS)
class PointsGrantedHook(Points, frozen=True, kw_only=True):
    """Points were given without a purchase."""

    lot_id: UUID
    granted_at: datetime
    expires_at: datetime | None


@published("points.activated.v1", _("Points can be spent"), PointsActivated, permission=SEE_ACCOUNTS)
class PointsActivatedHook(Points, frozen=True, kw_only=True):
    """Points that had to wait can be spent."""

    activated_at: datetime


@published("points.spent.v1", _("Points spent"), PointsSpent, permission=SEE_ACCOUNTS)
class PointsSpentHook(Points, frozen=True, kw_only=True):
    """Points were spent, on what `reference_id` names; with `hold_id` they had been kept aside."""

    spend_id: UUID
    reference_id: UUID | None
    hold_id: UUID | None
    spent_at: datetime


@published("points.restored.v1", _("Points given back"), PointsRestored, permission=SEE_ACCOUNTS)
class PointsRestoredHook(Points, frozen=True, kw_only=True):
    """Points that were spent came back."""

    restore_id: UUID
    spend_id: UUID
    restored_at: datetime


@published("points.held.v1", _("Points kept aside"), PointsHeld, permission=SEE_ACCOUNTS)
class PointsHeldHook(Points, frozen=True, kw_only=True):
    """Points were kept aside until `ends_at`."""

    hold_id: UUID
    reference_id: UUID | None
    held_at: datetime
    ends_at: datetime


@published("points.released.v1", _("Points kept aside are free again"), HoldReleased, permission=SEE_ACCOUNTS)
class PointsReleasedHook(Points, frozen=True, kw_only=True):
    """Points that were kept aside are free again before their time."""

    hold_id: UUID
    released_at: datetime


@published("points.expiring.v1", _("Points will end"), ExpiryAnnounced, permission=SEE_ACCOUNTS)
class PointsExpiringHook(Points, frozen=True, kw_only=True):
    """It is time to tell a customer that points end at `expires_at`."""

    expires_at: datetime
    announced_at: datetime


@published("points.expired.v1", _("Points ended"), PointsExpired, permission=SEE_ACCOUNTS)
class PointsExpiredHook(Points, frozen=True, kw_only=True):
    """Points ended unspent at `expired_at`, whenever that was noticed. `cause`: time, level_lost or erased."""

    cause: str
    expired_at: datetime


@published("points.clawed_back.v1", _("Points taken back for returned goods"), PointsClawedBack, permission=SEE_ACCOUNTS)
class PointsClawedBackHook(Points, frozen=True, kw_only=True):
    """Goods came back, and with them the points that they had brought; `owed` of these were spent already and stand against the account."""

    purchase_id: UUID
    return_id: UUID
    owed: int
    clawed_back_at: datetime


@published("points.deducted.v1", _("Points taken by hand"), PointsDeducted, permission=SEE_ACCOUNTS)
class PointsDeductedHook(Points, frozen=True, kw_only=True):
    """Points were taken from an account by hand."""

    deduction_id: UUID
    deducted_at: datetime


@published("points.cancelled.v1", _("Points cancelled"), PointsCancelled, permission=SEE_ACCOUNTS)
class PointsCancelledHook(Points, frozen=True, kw_only=True):
    """What was left of points that should not have been given was cancelled."""

    lot_id: UUID
    cancelled_at: datetime


@published("points.sent.v1", _("Points passed on"), PointsSent, permission=SEE_ACCOUNTS)
class PointsSentHook(Points, frozen=True, kw_only=True):
    """A customer passed points on to another account."""

    transfer_id: UUID
    to_account_id: UUID
    sent_at: datetime

    @classmethod
    def of(cls, event: PointsSent) -> PointsSentHook | None:
        """Nothing between accounts of one person."""
        return None if event.pooled else convert(event, cls, from_attributes=True)


@published("points.received.v1", _("Points received"), PointsReceived, permission=SEE_ACCOUNTS)
class PointsReceivedHook(Points, frozen=True, kw_only=True):
    """A customer got points from another account."""

    transfer_id: UUID
    from_account_id: UUID
    received_at: datetime

    @classmethod
    def of(cls, event: PointsReceived) -> PointsReceivedHook | None:
        """Nothing between accounts of one person."""
        return None if event.pooled else convert(event, cls, from_attributes=True)


class Account(Struct, frozen=True, kw_only=True):
    """What events of a whole account tell."""

    account_id: UUID
    customer_id: UUID
    wallet: str


@published("account.blocked.v1", _("Account blocked"), AccountBlocked, permission=SEE_ACCOUNTS)
class AccountBlockedHook(Account, frozen=True, kw_only=True):
    """Points come into an account, but none can be spent or passed on."""

    blocked_at: datetime


@published("account.unblocked.v1", _("Account unblocked"), AccountUnblocked, permission=SEE_ACCOUNTS)
class AccountUnblockedHook(Account, frozen=True, kw_only=True):
    """An account can be used again."""

    unblocked_at: datetime
