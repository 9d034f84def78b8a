"""Accounts that are joined, since their customers turned out to be one: each keeps its own lots, and together they are one pool.

Whatever is done belongs to the account by whose customer it came, and is charged to its own lots. What these cannot cover is its debt,
as long as the others have as much to spare: so nothing has to be undone when they part again, and each account is at any time what it
would be if it had always been alone and could go into debt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from uuid import UUID

from earning.domain.account import Account
from earning.domain.expiring import Losses, lost_with, reset
from earning.domain.holds import ByLot
from earning.domain.lots import Lot, cut, free_of
from earning.domain.shares import NewLot, Share, total
from earning.events import PointsReceived, PointsSent
from loyalty.domain.identity import derived_id


def cover_of(account: Account, beside: Sequence[Account], now: datetime, *, blocked: bool = False) -> int:
    """What those `beside` an account have to spare at `now`: for what it lacks, and for what any of them owes or holds beyond its own.

    Below zero, what this one stands for with its own. Raises DomainError when one of them is blocked, but where that does not matter.
    """
    for one in beside if not blocked else ():
        one.refuse_blocked()
    settle_together((account, *beside), now)
    spare = sum(one.available(now) for one in beside)
    return spare - sum(one.owed + one.holds.beyond(now) for one in (account, *beside)) if beside else 0


def settle_together(accounts: Sequence[Account], now: datetime) -> None:
    """Note what has ended by now; but first it goes towards what other accounts of the person paid for this one, and what they owe.

    So nobody loses by time what they have spent already. What is paid back has ended for who gets it, too, and may go further. One moment
    after the other, so that it comes to the same whenever it is noted.
    """
    there = [one for one in accounts if one.exists]
    for at in _moments(there, now):
        for one in (one for one in there * len(there) if one.all.any_ended(at)):
            _pass_on(one, there, partial(one.gone, at), one.held(at), at)
        for one in there:
            one.settle(at) if at == now else one.note(at)


def _moments(there: Sequence[Account], now: datetime) -> list[datetime]:
    """When something ends of accounts that owe each other, and now."""
    if not any(one.owed or +one.borrowed for one in there) or len(there) == 1:
        return [now]
    return sorted({at for one in there for at in one.moments(now)})


def reset_together(accounts: Sequence[Account], losses: Losses, now: datetime) -> int:
    """Let the points end that go with levels that were lost; but first they pay as those do that end by time. Says how many ended."""
    taken = sum(_lose(accounts, set_id, lost_at, now) for set_id, lost_at in sorted(losses, key=lambda loss: loss[1]))
    settle_together(accounts, now)
    return taken


def _lose(accounts: Sequence[Account], set_id: UUID, lost_at: datetime, now: datetime) -> int:
    """What went with one level, as of the moment when it did: what was held then is there, whenever it is noticed."""
    there, at = [one for one in accounts if one.exists], min(lost_at, now)
    settle_together(there, at)
    held = _held_together(there, lost_at, now)
    for one in there:
        _pass_on(one, there, partial(lost_with, one, set_id, lost_at), held[one.id], at)
    settle_together(there, at)
    return sum(reset(one, set_id, lost_at, held[one.id]) for one in there)


def _held_together(there: Sequence[Account], then: datetime, now: datetime) -> dict[UUID, ByLot]:
    """What of each account was held then, or is now, also by holds of others that it stands for."""
    held = {one.id: one.holds.then(then) | one.held(now) for one in there}
    for one in there:
        lent = one.holds.beyond_then(then)
        for other in (other for other in there if other is not one):
            lots = (lot for lot in other.all.in_order() if lot.came_at <= then and lot.is_active(then))
            shares, lent = cut(lent, ((lot, free_of(lot, held[other.id])) for lot in lots))
            held[other.id].update({share.lot_id: share.points for share in shares})
    return held


def call_back(lender: Account, borrower: Account, now: datetime) -> None:
    """Two persons after all: what the lender paid for the other one is the borrower's debt, and had ended."""
    if (points := borrower.borrowed[lender.id]) <= 0:
        return
    name = derived_id("called back", lender.id, borrower.id, now.isoformat())
    borrower.record(_sent(borrower, lender, name, points, (), points, now))
    lot = NewLot(lot_id=derived_id("transferred", name, lender.id), origin_id=name, points=points, earned_at=now, expires_at=now)
    lender.record(_received(lender, borrower, name, (lot,), now))
    lender.settle(now)
    borrower.settle(now)


def _pass_on(lender: Account, there: Sequence[Account], ending: Callable[[], Iterable[Lot]], held: ByLot, now: datetime) -> None:
    """What ends of an account, and is not held, goes back to those who paid for it, then towards what others owe."""
    others = [other for other in there if other is not lender]
    for other in others:
        _pass_on_to(other, lender, ending(), held, lender.borrowed[other.id], now)
    for other in others:
        _pass_on_to(other, lender, ending(), held, other.debts.until(now), now)


def _pass_on_to(borrower: Account, lender: Account, ending: Iterable[Lot], held: ByLot, points: int, now: datetime) -> None:
    shares, _ = cut(points, ((lot, free_of(lot, held)) for lot in ending)) if points > 0 else ([], 0)
    if not shares:
        return
    name = derived_id("covered", lender.id, lender.version + len(lender.pending))
    lots = tuple(replace(lot, expires_at=min(lot.expires_at or now, now)) for lot in (passed_on(lender, one, name) for one in shares))
    lender.record(_sent(lender, borrower, name, total(shares), tuple(shares), 0, now))
    borrower.record(_received(borrower, lender, name, lots, now))
    borrower.pay(now, {lot.lot_id for lot in lots})


def passed_on(sender: Account, share: Share, transfer_id: UUID) -> NewLot:
    """The lot that comes out of a share of one of the sender's: it ends as that does."""
    lot = sender.all.by_id[share.lot_id]
    return NewLot(
        lot_id=derived_id("transferred", transfer_id, share.lot_id),
        origin_id=share.lot_id,
        points=share.points,
        earned_at=lot.earned_at,
        expires_at=sender.all.end_of(lot),
    )


def _sent(account: Account, to: Account, name: UUID, points: int, shares: tuple[Share, ...], owed: int, now: datetime) -> PointsSent:
    told = {"transfer_id": name, "to_account_id": to.id, "points": points}
    return PointsSent(**account.named(), **told, shares=shares, owed=owed, sent_at=now, pooled=True)  # type: ignore[arg-type]


def _received(account: Account, sender: Account, name: UUID, lots: tuple[NewLot, ...], now: datetime) -> PointsReceived:
    told = {"transfer_id": name, "from_account_id": sender.id, "points": total(lots)}
    return PointsReceived(**account.named(), **told, lots=lots, received_at=now, pooled=True)  # type: ignore[arg-type]


def available_in(account: Account, beside: Sequence[Account], now: datetime) -> int:
    """What can be spent at `now` of all of them together; nothing where one of them is blocked."""
    if any(one.blocked for one in (account, *beside)):
        return 0
    return max(0, account.available(now) + cover_of(account, beside, now))
