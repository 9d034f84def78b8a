"""What time does to points: they become active, come near their end, and end. A job notes it; deciding never waits for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from earning.domain.account import Account
from earning.domain.holds import ByLot
from earning.domain.lots import FOREVER, Lot, free_of
from earning.domain.shares import Share, total
from earning.domain.wallets import WalletPolicy
from earning.events import ExpiryAnnounced, HoldReleased, PointsActivated, PointsExpired


def expire(account: Account, now: datetime) -> None:
    """Note what has ended by now; nothing when that is noted."""
    if account.exists:
        account.settle(now)


Losses = Sequence[tuple[UUID, datetime]]
"""Losses of levels with which points ended, by the set and the time of each, the first of them first."""


def reset(account: Account, set_id: UUID, lost_at: datetime, held: ByLot) -> int:
    """Let end what is left of the points that were active when a level of the set was lost, and not `held` then; says how many.

    The account is settled until then. Once it took points for a loss, it takes nothing more for that one.
    """
    shares = tuple(Share(lot_id=lot.lot_id, points=free) for lot in lost_with(account, set_id, lost_at) if (free := free_of(lot, held)))
    _end_with_level(account, shares, set_id, lost_at)
    return total(shares)


def lost_with(account: Account, set_id: UUID, lost_at: datetime) -> list[Lot]:
    """The lots that end with a level of the set that was lost then: none once that was noted."""
    if (set_id, lost_at) in account.reset_for:
        return []
    return [lot for lot in account.all.in_order() if lot.came_at <= lost_at and lot.is_active(lost_at)]


def end_late(account: Account, lot: Lot, losses: Losses) -> None:
    """Let a new lot end that was dated before a loss: the first that would have taken it, had it been there."""
    end = account.all.end_of(lot) or FOREVER
    for set_id, lost_at in losses:
        if lot.earned_at <= lost_at < end and lot.is_active(lost_at):
            _end_with_level(account, (Share(lot_id=lot.lot_id, points=lot.remaining),), set_id, lost_at)
            return


def _end_with_level(account: Account, shares: tuple[Share, ...], set_id: UUID, lost_at: datetime) -> None:
    if shares:
        account.record(
            PointsExpired(**account.named(), points=total(shares), shares=shares, expired_at=lost_at, cause="level_lost", set_id=set_id)
        )


def forfeit(account: Account, now: datetime) -> int:
    """Let end all that is left, kept aside or not yet active, of the points of somebody who was erased; says how many."""
    account.settle(now)
    for hold in sorted(account.holds.values(), key=lambda hold: hold.hold_id):
        if hold.ends_at > now:
            account.record(HoldReleased(**account.named(), hold_id=hold.hold_id, points=hold.points, released_at=now))
    account.settle(now)
    shares = tuple(Share(lot_id=lot.lot_id, points=lot.remaining) for lot in account.all.in_order())
    if shares:
        account.record(PointsExpired(**account.named(), points=total(shares), shares=shares, expired_at=now, cause="erased"))
    return total(shares)


def activate(account: Account, now: datetime) -> None:
    """Note which points have become active by now, each lot once."""
    due: dict[datetime, list[Share]] = {}
    for lot in account.all.waiting(now):
        if lot.active_from is not None:
            due.setdefault(lot.active_from, []).append(Share(lot_id=lot.lot_id, points=lot.remaining))
    for at, shares in due.items():
        account.record(PointsActivated(**account.named(), points=total(shares), shares=tuple(shares), activated_at=at))


def announce(account: Account, policy: WalletPolicy, now: datetime) -> None:
    """Note that it is time to tell the customer of points that end within the days that the wallet warns before, each lot's end once."""
    ending: dict[datetime, list[Share]] = {}
    for lot in account.all.ended(now + timedelta(days=policy.terms.warn_days)):
        end = account.all.end_of(lot)
        if end is not None and end > now and end != lot.announced_end:
            ending.setdefault(end, []).append(Share(lot_id=lot.lot_id, points=lot.remaining))
    for end, shares in ending.items():
        account.record(ExpiryAnnounced(**account.named(), points=total(shares), shares=tuple(shares), expires_at=end, announced_at=now))
