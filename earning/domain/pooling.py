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
from earning.domain.expiring import lost_with, reset
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
    return spare - sum(one.owed + one.beyond(now) for one in (account, *beside)) if beside else 0


def settle_together(accounts: Sequence[Account], now: datetime) -> None:
    """Note what has ended by now; but first it goes towards what other accounts of the person paid for this one, and what they owe.

    So nobody loses by time what they have spent already. What is paid back has ended for who gets it, too, and may go further.
    """
    there = [one for one in accounts if one.exists]
    for one in (one for one in there * len(there) if one.all.any_ended(now)):
        _pass_on(one, there, partial(one.all.ended, now), now)
    for one in there:
        one.settle(now)


def reset_together(accounts: Sequence[Account], set_id: UUID, lost_at: datetime, now: datetime) -> int:
    """Let the points end that go with a level of the set that was lost then; but first they pay as those do that end by time."""
    settle_together(accounts, now)
    there = [one for one in accounts if one.exists]
    for one in there:
        _pass_on(one, there, partial(lost_with, one, set_id, lost_at), now)
    settle_together(there, now)
    return sum(reset(one, set_id, lost_at, now) for one in there)


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


def _pass_on(lender: Account, there: Sequence[Account], ending: Callable[[], Iterable[Lot]], now: datetime) -> None:
    """What ends of an account goes back to those who paid for it, then towards what others owe."""
    others = [other for other in there if other is not lender]
    for other in others:
        _pass_on_to(other, lender, ending(), lender.borrowed[other.id], now)
    for other in others:
        _pass_on_to(other, lender, ending(), other.owed, now)


def _pass_on_to(borrower: Account, lender: Account, ending: Iterable[Lot], points: int, now: datetime) -> None:
    held = lender.held(now)
    shares, _ = cut(points, ((lot, free_of(lot, held)) for lot in ending)) if points > 0 else ([], 0)
    if not shares:
        return
    name = derived_id("covered", lender.id, lender.version + len(lender.pending))
    lots = tuple(replace(lot, expires_at=min(lot.expires_at or now, now)) for lot in (passed_on(lender, one, name) for one in shares))
    lender.record(_sent(lender, borrower, name, total(shares), tuple(shares), 0, now))
    borrower.record(_received(borrower, lender, name, lots, now))
    borrower.pay(now)


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
