"""Accounts that are joined, since their customers turned out to be one: each keeps its own lots, and together they are one pool.

Whatever is done belongs to the account by whose customer it came, and is charged to its own lots. What these cannot cover is its debt,
as long as the others have as much to spare: so nothing has to be undone when they part again, and each account is at any time what it
would be if it had always been alone and could go into debt.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from earning.domain.account import Account
from earning.domain.lots import cut, free_of
from earning.domain.shares import NewLot, Share, total
from earning.events import PointsReceived, PointsSent
from loyalty.domain.errors import DomainError
from loyalty.domain.identity import derived_id


def cover_of(account: Account, beside: Sequence[Account], now: datetime, *, blocked: bool = False) -> int:
    """What those `beside` an account have to spare at `now`: for what it lacks, and for what any of them owes or holds beyond its own.

    Below zero, what this one stands for with its own. Raises DomainError when one of them is blocked, but where that does not matter.
    """
    if not blocked and any(one.blocked for one in beside):
        raise DomainError("earning.account_is_blocked")
    settle_together((account, *beside), now)
    spare = sum(one.available(now) for one in beside)
    return spare - sum(one.owed + one.beyond(now) for one in (account, *beside)) if beside else 0


def settle_together(accounts: Sequence[Account], now: datetime) -> None:
    """Note what has ended by now; but first it goes towards what other accounts of the person paid for this one, and what they owe.

    So nobody loses by time what they have spent already.
    """
    there = [one for one in accounts if one.exists]
    for one in (one for one in there if one.all.any_ended(now)):
        others = [other for other in there if other is not one]
        for other in others:
            _pass_on_ended(one, other, one.borrowed[other.id], now)
        for other in others:
            _pass_on_ended(one, other, other.owed, now)
    for one in there:
        one.settle(now)


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


def _pass_on_ended(lender: Account, borrower: Account, points: int, now: datetime) -> None:
    held = lender.held(now)
    shares, _ = cut(points, ((lot, free_of(lot, held)) for lot in list(lender.all.ended(now)))) if points > 0 else ([], 0)
    if not shares:
        return
    name = derived_id("covered", borrower.id, shares[0].lot_id, now.isoformat())
    lots = tuple(passed_on(lender, share, name) for share in shares)
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
