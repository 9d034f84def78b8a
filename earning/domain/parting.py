"""What accounts that were joined would have, had they never been: what was done since is decided again, each by its own lots, and what
these do not cover is owed. So it is found out once their customers part, and recorded as what they pass on to each other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from earning.domain.account import INTO, OTHER, OUT_OF, Account
from earning.domain.correcting import deduct
from earning.domain.earned import claw_back
from earning.domain.expiring import reset
from earning.domain.lots import free_of
from earning.domain.pooling import draw_together, received_in_pool, sent_in_pool, settle_together
from earning.domain.shares import NewLot, Share, total
from earning.domain.spending import confirm, hold, release, restore, spend
from earning.domain.wallets import WalletPolicy
from earning.events import (
    AccountBlocked,
    AccountUnblocked,
    DebtPaid,
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
    PointsProlonged,
    PointsReceived,
    PointsRestored,
    PointsSent,
    PointsSpent,
    SpendCounted,
)
from loyalty.domain.errors import DomainError
from loyalty.domain.event import Recorded
from loyalty.domain.identity import derived_id

Policies = Callable[[datetime], WalletPolicy]
"""Says the terms of the wallet at a time."""
PARTED = ""
"""The reason of points that are given because time took them only while accounts were joined."""


class Apart:
    """Accounts of customers who stay one, without those from whom they part: `since` says for each account, by id, from which position of
    the log on it was joined with the others of them, or with those others.
    """

    def __init__(self, since: Mapping[UUID, int], policies: Policies) -> None:
        self.since, self.policies = since, policies
        self.accounts = {account_id: Account(account_id) for account_id in since}
        self._at = 0
        self._origins: dict[UUID, UUID] = {}

    def take(self, events: Iterable[Recorded[Any]], pending: Iterable[Any], now: datetime) -> Mapping[UUID, Account]:
        """The accounts after all that happened in them, in the order of the log, and is `pending` now; settled."""
        for recorded in events:
            account, self._at = self.accounts[recorded.event.account_id], recorded.position
            if self._at > self.since[account.id]:
                self._decide(account, recorded.event, recorded.metadata.occurred_at)
            else:
                account.evolve(recorded.event)
            account.version += 1
        self._at = max((self._at, *(position + 1 for position in self.since.values())))
        for event in pending:
            self._decide(self.accounts[event.account_id], event, now)
        settle_together([*self.accounts.values()], now)
        return self.accounts

    def _beside(self, account: Account) -> list[Account]:
        return [one for one in self.accounts.values() if one is not account and one.exists and self._at > self.since[one.id]]

    def _settle(self, account: Account, now: datetime) -> None:
        settle_together([account, *self._beside(account)], now)

    def _decide(self, account: Account, event: INTO | OUT_OF | OTHER | SpendCounted, now: datetime) -> None:
        match event:
            case PointsReceived(pooled=True):
                self._origins |= {lot.lot_id: lot.origin_id for lot in event.lots}
            case PointsSent(pooled=True) | DebtPaid() | PointsProlonged():
                pass
            case PointsGranted(reason=reason) if reason == PARTED:
                pass
            case PointsEarned() | DeedRewarded() | PointsGranted() | PointsReceived():
                self._settle(account, now)
                account.evolve(event)
                self._settle(account, now)
            case PointsExpired() if event.cause == "level_lost" and event.set_id is not None:
                self._settle(account, min(event.expired_at, now))
                reset(account, event.set_id, event.expired_at, account.holds.then(event.expired_at) | account.held(now))
            case PointsExpired():
                self._settle(account, now)
            case SpendCounted() | AccountBlocked() | AccountUnblocked():
                account.evolve(event)
            case PointsActivated() | ExpiryAnnounced():
                known = tuple(share for share in event.shares if share.lot_id in account.all.by_id)
                account.evolve(replace(event, shares=known))
            case _:
                self._move(account, event, now)

    def _move(
        self,
        account: Account,
        event: PointsRestored | PointsClawedBack | PointsSpent | PointsHeld | HoldReleased | PointsCancelled | PointsDeducted | PointsSent,
        now: datetime,
    ) -> None:
        policy, beside = self.policies(now), self._beside(account)
        match event:
            case PointsSpent() if event.hold_id in account.holds and _confirmed(account, policy, event, now, beside):
                pass
            case PointsSpent():
                spend(account, policy, event.points, event.spend_id, event.reference_id, now, beside, owing=True)
            case PointsHeld():
                hold(account, policy, event.points, event.hold_id, event.reference_id, event.ends_at, now, beside, owing=True)
            case HoldReleased() if event.hold_id in account.holds and event.released_at < account.holds[event.hold_id].ends_at:
                release(account, event.hold_id, now, beside)
            case HoldReleased():
                account.evolve(event)
            case PointsRestored():
                restore(account, policy, event.spend_id, event.points, event.restore_id, now, beside, up_to=True)
                self._settle(account, now)
            case PointsClawedBack():
                then, lot = self.policies(event.clawed_back_at), account.lots[event.purchase_id]
                claw_back(account, lot, _Back(event.return_id, event.clawed_back_at), event.contributions, then, now, beside)
                self._settle(account, now)
            case PointsDeducted():
                deduct(account, policy, event.points, event.deduction_id, event.reason, now, event.corrected_by, beside, owing=True)
            case PointsSent():
                shares = draw_together(account, beside, policy, event.points, now, owing=True)
                account.record(replace(event, shares=shares, owed=event.points - total(shares)))
            case PointsCancelled():
                self._cancel(account, event, now)

    def _cancel(self, account: Account, event: PointsCancelled, now: datetime) -> None:
        """All that is left of the lot; where it had come out of one of another account, as much of that."""
        self._settle(account, now)
        lot_id, most = event.lot_id, None
        while lot_id in self._origins and lot_id not in account.all.by_id:
            lot_id, most = self._origins[lot_id], event.points
        for one in (account, *self._beside(account)):
            if (lot := one.all.by_id.get(lot_id)) is not None and (left := free_of(lot, one.held(now))):
                points = left if most is None else min(left, most)
                one.record(replace(event, **one.named(), lot_id=lot_id, points=points))


def _confirmed(account: Account, policy: WalletPolicy, spent: PointsSpent, now: datetime, beside: Sequence[Account]) -> bool:
    """Spend what was kept aside; False where that is not there any more, since clocks ran ahead of each other."""
    assert spent.hold_id is not None
    try:
        confirm(account, policy, spent.hold_id, spent.spend_id, now, beside)
    except DomainError:
        account.holds.end(spent.hold_id, now)
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Back:
    """Goods that came back, as far as points are concerned."""

    return_id: UUID
    returned_at: datetime


def part(there: Sequence[Account], apart: Mapping[UUID, Account], leaving: Collection[UUID], now: datetime) -> None:
    """Let each of the accounts that are `there` have what it has `apart`: they pass it on to each other, those that are `leaving` to the
    first that stays, and those that stay to the first that leaves. What they would have lost by now alone is gone.

    What lies in a hold stays there, and its account owes it.
    """
    stays, leaves = (next(one for one in there if (one.id in leaving) == is_leaving) for is_leaving in (False, True))
    due = {one.id: _Due(one, apart[one.id], now) for one in there}
    over = sum(one.out - one.into for one in due.values())
    for one in sorted(there, key=lambda one: due[one.id].out):
        other = stays if one.id in leaving else leaves
        name = derived_id("parted", one.id, one.version + len(one.pending))
        over = due[one.id].settle(other, name, over)
    for one in there:
        one.settle(now)


class _Due:
    """What an account has too much, and what it lacks."""

    def __init__(self, account: Account, alone: Account, now: datetime) -> None:
        self.account, self.now = account, now
        held, wanted = account.held(now), {lot.lot_id: lot for lot in alone.all.in_order()}
        self.shares = tuple(
            Share(lot_id=lot.lot_id, points=points)
            for lot in account.all.in_order()
            if (points := min(free_of(lot, held), lot.remaining - (wanted[lot.lot_id].remaining if lot.lot_id in wanted else 0))) > 0
        )
        self.lots = [
            (lot, points, alone.all.end_of(lot))
            for lot in wanted.values()
            if (points := lot.remaining - (account.all.by_id[lot.lot_id].remaining if lot.lot_id in account.all.by_id else 0)) > 0
        ]
        after = account.balance - total(self.shares) + sum(points for _, points, _ in self.lots)
        self.owed = max(0, after - alone.balance)
        self.paid = max(0, alone.balance - after)

    @property
    def out(self) -> int:
        """What it passes on."""
        return total(self.shares) + self.owed

    @property
    def into(self) -> int:
        """What it gets."""
        return sum(points for _, points, _ in self.lots) + self.paid

    def settle(self, other: Account, name: UUID, over: int) -> int:
        """Pass on and get. What all pass on `over` what they get has ended, for the first, which pays least; below zero time took it
        only since they were joined, and the first are given it anew. Says what is left of that.
        """
        account, now = self.account, self.now
        if self.out:
            account.record(sent_in_pool(account, other.id, name, self.out, self.shares, self.owed, now))
        lots, anew = [], max(0, -over)
        wanted = [(lot.lot_id, points, lot.earned_at, end, lot.rolling) for lot, points, end in self.lots]
        for origin_id, points, earned_at, end, rolling in (*wanted, (name, self.paid, now, now, False)):
            lot_id = origin_id if origin_id in account.all.by_id else derived_id("parted", name, origin_id)
            if given := min(points, anew):
                self._give(derived_id("anew", name, lot_id), given, end, rolling=rolling)
            if rest := points - given:
                made: dict[str, Any] = {"lot_id": lot_id, "origin_id": origin_id, "points": rest}
                lots.append(NewLot(**made, earned_at=earned_at, expires_at=end, rolling=rolling))
            anew -= given
        if over > 0:
            lots.append(NewLot(lot_id=derived_id("ended", name), origin_id=name, points=over, earned_at=now, expires_at=now))
        if lots:
            account.record(received_in_pool(account, other.id, name, tuple(lots), now))
        if self.paid:
            account.pay(now, {derived_id("parted", name, name), derived_id("anew", name, derived_id("parted", name, name))})
        return -anew

    def _give(self, lot_id: UUID, points: int, end: datetime | None, *, rolling: bool) -> None:
        given: dict[str, Any] = {"lot_id": lot_id, "points": points, "source": "manual", "reason": PARTED}
        ends: dict[str, Any] = {"active_until": end} if rolling else {"expires_at": end}
        self.account.record(PointsGranted(**self.account.named(), **given, granted_at=self.now, **ends))
