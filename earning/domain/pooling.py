"""Accounts that are joined, since their customers turned out to be one: each keeps its own stream, and together they are one pool.

Whatever is decided is recorded in the account by whose customer it came, and takes what ends soonest of all lots of the pool: what others
have of it is brought there first. So while they are one, they are as one account. What each would have without the others is found out
once they part: see `earning.domain.parting`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from heapq import merge
from operator import itemgetter
from uuid import UUID

from earning.domain.account import Account
from earning.domain.expiring import Losses, reset
from earning.domain.lacking import later, not_enough
from earning.domain.lots import FOREVER, Key, Lot, free_of
from earning.domain.shares import NewLot, Share, total
from earning.domain.wallets import WalletPolicy
from earning.events import PointsProlonged, PointsReceived, PointsSent
from loyalty.domain.errors import DomainError
from loyalty.domain.identity import derived_id

NEVER = datetime.min.replace(tzinfo=UTC)
Free = tuple[Key, Account, Lot, int]
"""A lot in the order of drawing, whose it is, and what of it is not held."""
Chosen = list[tuple[Account, Share]]
"""Who gives what."""


def draw_together(
    account: Account,
    beside: Sequence[Account],
    policy: WalletPolicy,
    points: int,
    now: datetime,
    *,
    owing: bool = False,
) -> tuple[Share, ...]:
    """Shares of `points` that an account and those `beside` it can spend at `now`, all of its own lots: what others give is brought there.
    What is not there may be owed (`owing`): the shares are fewer then. Raises as `chosen_of`.
    """
    return gather(account, chosen_of((account, *beside), policy, points, now, owing=owing), now)


def chosen_of(
    pool: Sequence[Account], policy: WalletPolicy, points: int, now: datetime, *, owing: bool = False, blocked: bool = False
) -> Chosen:
    """Who of them gives what of `points` at `now`; they are settled. With `blocked` also blocked accounts give.

    Raises DomainError `earning.not_enough_points` (params available, wanted, missing, later) unless the rest may be owed (`owing`),
    `earning.account_is_blocked`, `earning.points_not_positive`.
    """
    if points <= 0:
        raise DomainError("earning.points_not_positive", field="points")
    for one in pool if not blocked else ():
        one.refuse_blocked()
    settle_together(pool, now)
    chosen = choose(free_in(pool, now), points)
    lacking = points - sum(share.points for _, share in chosen)
    if lacking and not owing:
        holds, lots = [hold for one in pool for hold in one.holds.values()], [lot for one in pool for lot in one.all.in_order()]
        raise not_enough(policy, points, lacking, later(policy, holds, lots, now))
    return chosen


def gather(account: Account, chosen: Chosen, now: datetime) -> tuple[Share, ...]:
    """Shares of what was `chosen`, all of the account's own lots: what others give is brought there."""
    brought: dict[UUID, UUID] = {}
    for one in dict.fromkeys(one for one, _ in chosen if one is not account):
        lots = _lend(one, account, [share for lender, share in chosen if lender is one], now)
        brought |= {lot.origin_id: lot.lot_id for lot in lots}
    return tuple(share if one is account else replace(share, lot_id=brought[share.lot_id]) for one, share in chosen)


def choose(free: Iterable[Free], points: int) -> Chosen:
    """Who gives what of `points`, or of what is `free`, in this order."""
    chosen: Chosen = []
    for _, one, lot, there in free:
        if not points:
            break
        chosen.append((one, Share(lot_id=lot.lot_id, points=min(points, there))))
        points -= chosen[-1][1].points
    return chosen


def pay_together(account: Account, beside: Sequence[Account], now: datetime) -> None:
    """Let what is free go towards what an account owes, in the one order of all lots."""
    if not beside:
        account.pay(now)
    elif shares := gather(account, choose(free_in((account, *beside), now), account.owed), now):
        account.pay(now, {share.lot_id for share in shares})


def came_out_of(lot: Lot, pool: Iterable[Account]) -> dict[UUID, Lot]:
    """The lots of a pool that came out of that one, by whatever way, and are still of the same person."""
    found: dict[UUID, Lot] = {}
    asked, accounts = [lot], list(pool)
    while asked:
        origin = asked.pop()
        asked += (new := [one for account in accounts for one in account.all.out_of(origin.lot_id) if one.lot_id not in found])
        found |= {one.lot_id: one for one in new}
    return found


def others_than(lot: Lot, pool: Sequence[Account], now: datetime) -> Iterator[Free]:
    """What is free of all other lots of a pool as they are drawn on, those that still wait last."""
    for waiting in (False, True):
        yield from (one for one in free_in(pool, now, waiting=waiting) if one[2] is not lot)


def free_in(pool: Iterable[Account], now: datetime, *, waiting: bool = False) -> Iterator[Free]:
    """Lots of all accounts that can be drawn on at `now` (or still are `waiting`), in their one order, with what of each is not held."""
    return merge(*(_free_of(one, now, waiting) for one in pool), key=itemgetter(0))


def _free_of(account: Account, now: datetime, waiting: bool) -> Iterator[Free]:
    held = account.held(now)
    for lot in account.all.in_order():
        if lot.is_active(now) != waiting and (free := free_of(lot, held)):
            yield _key(account, lot), account, lot, free


def _key(account: Account, lot: Lot) -> Key:
    return account.all.end_of(lot) or FOREVER, lot.earned_at, lot.lot_id


def settle_together(accounts: Sequence[Account], now: datetime) -> None:
    """Note what has ended by now, one moment after the other, so that it comes to the same whenever it is noted; what is owed then is paid
    by what others have free. What one side does lets the points of all live on.
    """
    for at in _moments(accounts, now):
        for one in accounts:
            one.settle(at) if at == now else one.note(at)
        for borrower in accounts if len(accounts) > 1 else ():
            _cover(borrower, [one for one in accounts if one is not borrower], at, past=at < now)
    live_on(accounts, now)


def live_on(accounts: Sequence[Account], now: datetime) -> None:
    """Points without an end of their own live as long as the customer is active by whichever side: to be noted when one of them was."""
    until = latest_of(accounts)
    for one in accounts:
        if lags(one, until):
            one.record(PointsProlonged(**one.named(), active_until=until, prolonged_at=now))


def latest_of(accounts: Iterable[Account]) -> datetime:
    """Until when the points of the customer of these live."""
    return max((one.all.active_until for one in accounts if one.all.active_until is not None), default=NEVER)


def lags(account: Account, until: datetime) -> bool:
    """Whether it has points that would end before."""
    return account.all.any_rolling and (account.all.active_until or NEVER) < until


def _cover(borrower: Account, lenders: Sequence[Account], at: datetime, *, past: bool) -> None:
    """Let what lenders have free (at a moment that is past only what holds let go then) pay what the borrower owes, in the one order."""
    if not borrower.owed:
        return
    lots = {one.id: one.holds.let_go(at) if past else None for one in lenders}
    free = merge(*(_payable(one, at, lots[one.id]) for one in lenders), key=itemgetter(0))
    chosen = choose(free, borrower.debts.until(at) if past else borrower.owed)
    if chosen:
        there = max(one.all.by_id[share.lot_id].came_at for one, share in chosen)
        paid_at = max(at, there, borrower.debts.since(sum(share.points for _, share in chosen)))
        brought = gather(borrower, chosen, paid_at)
        borrower.pay(paid_at, {share.lot_id for share in brought})


def _payable(account: Account, at: datetime, lots: Collection[UUID] | None) -> Iterator[Free]:
    for lot, free in account.free_for(at, lots):
        if free:
            yield _key(account, lot), account, lot, free


def _moments(accounts: Sequence[Account], now: datetime) -> list[datetime]:
    """When something may change between accounts that stand for each other, and now."""
    if len(accounts) == 1 or not any(one.owed for one in accounts):
        return [now]
    return sorted({at for one in accounts for at in one.moments(now, owing=True)})


def reset_together(accounts: Sequence[Account], losses: Losses, now: datetime) -> int:
    """Let the points end that go with levels that were lost. Says how many ended."""
    taken = sum(_lose(accounts, set_id, lost_at, now) for set_id, lost_at in sorted(losses, key=lambda loss: loss[1]))
    settle_together(accounts, now)
    return taken


def _lose(accounts: Sequence[Account], set_id: UUID, lost_at: datetime, now: datetime) -> int:
    """What went with one level, as of the moment when it did: what was held then is there, whenever it is noticed."""
    settle_together(accounts, min(lost_at, now))
    return sum(reset(one, set_id, lost_at, one.holds.then(lost_at) | one.held(now)) for one in accounts)


def _lend(lender: Account, borrower: Account, shares: Sequence[Share], now: datetime) -> tuple[NewLot, ...]:
    name = derived_id("covered", lender.id, lender.version + len(lender.pending))
    lots = tuple(replace(passed_on(lender, one, name), rolling=lender.all.by_id[one.lot_id].rolling) for one in shares)
    lender.record(sent_in_pool(lender, borrower.id, name, total(shares), tuple(shares), 0, now))
    borrower.record(received_in_pool(borrower, lender.id, name, lots, now))
    return lots


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


def sent_in_pool(
    account: Account, to_id: UUID, name: UUID, points: int, shares: tuple[Share, ...], owed: int, now: datetime
) -> PointsSent:  # fmt: skip
    """Points that go to another account of the same person; `owed` of them the account does not have."""
    return PointsSent(
        **account.named(), transfer_id=name, to_account_id=to_id, points=points, shares=shares, owed=owed, sent_at=now, pooled=True
    )


def received_in_pool(account: Account, from_id: UUID, name: UUID, lots: tuple[NewLot, ...], now: datetime) -> PointsReceived:
    """Points that come from another account of the same person."""
    return PointsReceived(
        **account.named(), transfer_id=name, from_account_id=from_id, points=total(lots), lots=lots, received_at=now, pooled=True
    )


def available_in(account: Account, beside: Sequence[Account], now: datetime) -> int:
    """What can be spent at `now` of all of them together; nothing where one of them is blocked."""
    pool = (account, *beside)
    if any(one.blocked for one in pool):
        return 0
    settle_together(pool, now)
    return sum(one.available(now) for one in pool)
