"""Spending points: at once, or kept aside first; and giving back what was spent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from earning.domain.account import Account
from earning.domain.lots import FOREVER, cut, free_of
from earning.domain.pooling import draw_together, live_on, pay_together, settle_together
from earning.domain.shares import NewLot, Share, total
from earning.domain.spends import Spend
from earning.domain.wallets import WalletPolicy
from earning.events import HoldReleased, PointsHeld, PointsRestored, PointsSpent
from loyalty.domain.errors import Conflict, DomainError, NotFound
from loyalty.domain.identity import derived_id

LONGEST_HOLD = timedelta(days=7)


def spend(
    account: Account,
    policy: WalletPolicy,
    points: int,
    spend_id: UUID,
    reference_id: UUID | None,
    now: datetime,
    beside: Sequence[Account] = (),
    *,
    owing: bool = False,
) -> PointsSpent:
    """Take what ends soonest, then what is oldest, also of those `beside` it, which it is joined with; `owing` what is not there.

    Raises DomainError `earning.not_enough_points`, earning.account_is_blocked.
    """
    shares = draw_together(account, beside, policy, points, now, owing=owing)
    spent = _spent(account, policy, spend_id, shares, points - total(shares), reference_id, None, now)
    live_on((account, *beside), now)
    return spent


def hold(
    account: Account,
    policy: WalletPolicy,
    points: int,
    hold_id: UUID,
    reference_id: UUID | None,
    ends_at: datetime,
    now: datetime,
    beside: Sequence[Account] = (),
    *,
    owing: bool = False,
) -> PointsHeld:
    """Keep points aside until `ends_at`, at most a week. Otherwise as `spend`."""
    if ends_at <= now:
        raise DomainError("earning.hold_ends_before_now", field="ends_at")
    if ends_at > now + LONGEST_HOLD:
        raise DomainError("earning.hold_too_long", field="ends_at", days=LONGEST_HOLD.days)
    shares = draw_together(account, beside, policy, points, now, owing=owing)
    held = PointsHeld(
        **account.named(),
        hold_id=hold_id,
        points=points,
        shares=shares,
        owed=points - total(shares),
        reference_id=reference_id,
        held_at=now,
        ends_at=ends_at,
    )
    account.record(held)
    return held


def confirm(
    account: Account, policy: WalletPolicy, hold_id: UUID, spend_id: UUID, now: datetime, beside: Sequence[Account] = ()
) -> PointsSpent:
    """Spend what was kept aside, which lets also the points `beside` it live on. Raises NotFound, or Conflict: `earning.hold_ended` when
    its time is over, or another order saw it so; `earning.hold_confirmed` (param spent_at) or `earning.hold_released` (param released_at)
    when that was done before.
    """
    found = _open(account, hold_id, now)
    account.refuse_blocked()
    _check_still_there(account, found, now)
    account.settle(now)
    spent = _spent(account, policy, spend_id, found.shares, found.owed, found.reference_id, hold_id, now)
    live_on((account, *beside), now)
    return spent


def release(account: Account, hold_id: UUID, now: datetime, beside: Sequence[Account] = ()) -> int:
    """Free what was kept aside, and say how much it was: it pays first what the account owes, or those `beside` it. Raises as `confirm`."""
    found = _open(account, hold_id, now)
    settle_together((account, *beside), now)
    account.record(HoldReleased(**account.named(), hold_id=hold_id, points=found.points, released_at=now))
    settle_together((account, *beside), now)
    return found.points


def had_hold(account: Account, hold_id: UUID) -> bool:
    """Whether these points were kept aside there, whatever became of them since."""
    holds = account.holds
    known = hold_id in holds or hold_id in holds.released or holds.over_since(hold_id) is not None
    return known or _spent_of(account, hold_id) is not None


def restore(
    account: Account,
    policy: WalletPolicy,
    spend_id: UUID,
    points: int | None,
    restore_id: UUID,
    now: datetime,
    beside: Sequence[Account] = (),
    *,
    up_to: bool = False,
) -> int:
    """Give back what was spent, all that has not come back or `points` of it, to the lots that gave it; says how much. With `up_to` it
    is no more than what has not come back, and may be nothing.

    What was drawn last comes back first, so that what stays spent is what would have ended soonest; before that, what it had owed, as a new
    lot. A lot that has ended, or will before the wallet's days of grace, is replaced by one that ends then. What was let go for want of
    these points, also of those `beside` the account, is owed again, and paid by them first. Raises NotFound, or DomainError for too much.
    """
    account.settle(now)
    if (found := account.spends.get(spend_id)) is None:
        raise NotFound("earning.spend_unknown", field="spend_id")
    left = found.event.points - found.restored.total()
    wanted = left if points is None else min(points, left) if up_to else points
    if up_to and not wanted:
        return 0
    if not left:
        raise DomainError("earning.restored_before", field="points", **policy.counted(points=found.event.points))
    if not 0 < wanted <= left:
        raise DomainError("earning.restored_too_much", field="points", **policy.counted(left=left))
    lent = min(wanted, found.event.owed - found.restored[spend_id])
    shares, lots = _back(account, found, wanted - lent, policy.restored_until(now), restore_id)
    if lent:
        lots = (*lots, _lot_of_lent(account, policy, found, lent, restore_id, now))
    account.record(
        PointsRestored(
            **account.named(),
            restore_id=restore_id,
            spend_id=spend_id,
            points=wanted,
            shares=shares,
            lots=lots,
            restored_at=now,
            owed=account.waived_for_want_of(found, wanted, beside),
        )
    )
    pay_together(account, beside, now)
    return wanted


def _spent(
    account: Account,
    policy: WalletPolicy,
    spend_id: UUID,
    shares: tuple[Share, ...],
    owed: int,
    reference_id: UUID | None,
    hold_id: UUID | None,
    now: datetime,
) -> PointsSpent:
    spent = PointsSpent(
        **account.named(),
        spend_id=spend_id,
        points=total(shares) + owed,
        shares=shares,
        owed=owed,
        reference_id=reference_id,
        hold_id=hold_id,
        active_until=policy.active_until(now),
        spent_at=now,
    )
    account.record(spent)
    return spent


def _open(account: Account, hold_id: UUID, now: datetime) -> PointsHeld:
    if (found := account.holds.get(hold_id)) is None:
        if (spent := _spent_of(account, hold_id)) is not None:
            raise Conflict("earning.hold_confirmed", field="hold_id", spent_at=spent.spent_at)
        if hold_id in account.holds.released:
            raise Conflict("earning.hold_released", field="hold_id", released_at=account.holds.released[hold_id])
        if (ended_at := account.holds.over_since(hold_id)) is not None:
            raise Conflict("earning.hold_ended", field="hold_id", ended_at=ended_at)
        raise NotFound("earning.hold_unknown", field="hold_id")
    if found.ends_at <= now:
        raise Conflict("earning.hold_ended", field="hold_id", ended_at=found.ends_at)
    return found


def _spent_of(account: Account, hold_id: UUID) -> PointsSpent | None:
    return next((one.event for one in account.spends.values() if one.event.hold_id == hold_id), None)


def _check_still_there(account: Account, hold: PointsHeld, now: datetime) -> None:
    """An order with a later clock may have come before this one, and spent what it saw free again."""
    others = account.held(now) - Counter({share.lot_id: share.points for share in hold.shares})
    if any(free_of(account.all.by_id[share.lot_id], others) < share.points for share in hold.shares):
        raise Conflict("earning.hold_ended", field="hold_id", ended_at=hold.ends_at)


def _back(
    account: Account, spent: Spend, points: int, earliest_end: datetime, restore_id: UUID
) -> tuple[tuple[Share, ...], tuple[NewLot, ...]]:
    shares, lots = [], []
    for share in _given(account, spent, points):
        lot = account.all.by_id[share.lot_id]
        if (account.all.end_of(lot) or FOREVER) >= earliest_end:
            shares.append(share)
        else:
            new_id = derived_id("restored", restore_id, share.lot_id)
            lots.append(
                NewLot(lot_id=new_id, origin_id=share.lot_id, points=share.points, earned_at=lot.earned_at, expires_at=earliest_end)
            )
    return tuple(shares), tuple(lots)


def _lot_of_lent(account: Account, policy: WalletPolicy, spent: Spend, points: int, restore_id: UUID, now: datetime) -> NewLot:
    """What comes back of points that were owed: they end as those would that were earned when they were spent."""
    earliest_end = policy.restored_until(now)
    lives_on = policy.active_until(now) is not None
    end = account.all.active_until if lives_on else policy.expires_at(spent.event.spent_at)
    return NewLot(
        lot_id=derived_id("restored", restore_id, spent.event.spend_id),
        origin_id=spent.event.spend_id,
        points=points,
        earned_at=spent.event.spent_at,
        expires_at=max(end, earliest_end) if end else None,
        rolling=lives_on and end is not None and end >= earliest_end,
    )


def _given(account: Account, spent: Spend, points: int) -> Iterator[Share]:
    last_first = ((account.all.by_id[s.lot_id], s.points - spent.restored[s.lot_id]) for s in reversed(spent.event.shares))
    yield from cut(points, last_first)[0]
