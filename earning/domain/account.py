"""A points account: one wallet of one customer, made of lots."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, assert_never
from uuid import UUID

from earning.domain.carrying import Carried
from earning.domain.holds import ByLot, Holds
from earning.domain.lacking import later, not_enough
from earning.domain.lots import FOREVER, Lot, Lots, PurchaseLot, cut, free_of
from earning.domain.shares import Share, total
from earning.domain.spends import Spend
from earning.domain.wallets import WalletPolicy
from earning.events import (
    AccountBlocked,
    AccountUnblocked,
    DebtPaid,
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
    SpendCounted,
)
from loyalty.domain.aggregate import Aggregate
from loyalty.domain.errors import Conflict, DomainError
from loyalty.domain.identity import derived_id
from loyalty.domain.points import LARGEST

CORRECTING = timedelta(hours=24)
"""Corrections by one person within this time count as one."""
INTO = PointsEarned | PointsGranted | PointsReceived | PointsRestored
OUT_OF = PointsClawedBack | PointsSpent | PointsExpired | PointsDeducted | PointsCancelled | PointsSent | DebtPaid
OTHER = PointsHeld | HoldReleased | PointsActivated | ExpiryAnnounced | AccountBlocked | AccountUnblocked


@lru_cache(maxsize=10_000)
def account_id(tenant_id: int, wallet: str, customer_id: UUID) -> UUID:
    """The stream of a customer's account for one wallet."""
    return derived_id("account", tenant_id, wallet, customer_id)


class Account(Aggregate):
    """Holds lots. Its balance is what remains of them, less what it owes; what is held is still there, but not free.

    Deciding begins with `settle`, so that what has ended is gone, whether a job had noticed or not.
    """

    stream = "account"

    def __init__(self, stream_id: UUID) -> None:
        super().__init__(stream_id)
        self.customer_id: UUID | None = None
        self.wallet, self.owed = "", 0
        self.all = Lots()
        self.lots: dict[UUID, PurchaseLot] = {}
        """By purchase: one purchase makes at most one lot in a wallet."""
        self.blocked_at: datetime | None = None
        """Since when nothing may be spent or passed on; None: it may."""
        self.unblocked_at: datetime | None = None
        self.waived = self.ever_waived = 0
        """What was let go when goods came back: what of it has not been set off since, and all of it."""
        self.holds = Holds()
        self.spends: dict[UUID, Spend] = {}
        self.sent: list[datetime] = []
        self.borrowed: Counter[UUID] = Counter()
        """What other accounts of the same person paid for this one, by account."""
        self.reset_for: set[tuple[UUID | None, datetime]] = set()
        """The losses of levels with which points ended: of which set, and when."""
        self.carried: dict[UUID, Carried] = {}
        """What purchases count together, by the rules that carry what is left of full amounts."""
        self._corrected: list[tuple[datetime, str, int]] = []
        """When, by whom alone, and how many points: those of the last day."""
        self._known_balance = 0

    @classmethod
    def holding(cls, stream_id: UUID, balance: int) -> Account:
        """An account of which only the balance is known: enough to try out a new sale on."""
        account = cls(stream_id)
        account._known_balance = balance
        return account

    @property
    def blocked(self) -> bool:
        return self.blocked_at is not None

    def refuse_blocked(self) -> None:
        """Raises DomainError `earning.account_is_blocked` (param since)."""
        if self.blocked:
            raise DomainError("earning.account_is_blocked", since=self.blocked_at)

    @property
    def balance(self) -> int:
        """What remains of the lots, less what the account owes."""
        return self._known_balance + self.all.remaining - self.owed

    def held(self, now: datetime) -> ByLot:
        """What is held at `now`, by lot."""
        return self.holds.at(now)

    def available(self, now: datetime) -> int:
        """What can be spent at `now`: nothing of a blocked account."""
        held, lots = self.held(now), () if self.blocked else self.all.in_order()
        return sum(free_of(lot, held) for lot in lots if lot.is_active(now) and (self.all.end_of(lot) or FOREVER) > now)

    def corrected(self, person: str, now: datetime) -> int:
        """What a person alone gave and took by hand within the last 24 hours, in all."""
        return sum(points for at, who, points in self._corrected if who == person and at > now - CORRECTING)

    def waived_for_want_of(self, spend: Spend, points: int) -> int:
        """What of `points` of a spend that come back was let go while they were spent."""
        return min(points, self.waived, self.ever_waived - spend.waived_before)

    def draw(self, policy: WalletPolicy, points: int, now: datetime, *, cover: int = 0, blocked: bool = False) -> tuple[Share, ...]:
        """Shares of `points` that can be spent at `now`, even of a `blocked` account: fewer where the accounts that it is joined with
        stand for the rest. So many have these to spare (`cover`); below zero, what this one stands for itself.

        Raises DomainError `earning.not_enough_points` (params available, wanted, missing, later), `earning.account_is_blocked`.
        """
        if points <= 0:
            raise DomainError("earning.points_not_positive", field="points")
        if not blocked:
            self.refuse_blocked()
        held = self.held(now)
        shares, missing = cut(points, ((lot, free_of(lot, held)) for lot in self.all.in_order() if lot.is_active(now)))
        free = sum(free_of(lot, held) for lot in self.all.in_order() if lot.is_active(now)) if cover else points - missing
        if (lacking := points - free - cover) > 0:
            raise not_enough(policy, points, lacking, later(policy, self.holds.values(), self.all.in_order(), now))
        return tuple(shares)

    def settle(self, now: datetime) -> None:
        """Note what has ended by now, and let what is free go towards what is owed: what a hold let go, at its end."""
        for hold in self.holds.ended(now) if self.owed else ():
            self._settle(hold.ends_at, {share.lot_id for share in hold.shares})
        self._settle(now)

    def _settle(self, now: datetime, lots: Container[UUID] | None = None) -> None:
        if self.all.any_ended(now):
            self._end(now)
        self.pay(now, lots)

    def _end(self, now: datetime) -> None:
        held = self.held(now)
        ended: dict[datetime, list[Share]] = {}
        for lot in self.all.ended(now):
            if free := free_of(lot, held):
                ended.setdefault(self.all.gone_at(lot, held), []).append(Share(lot_id=lot.lot_id, points=free))
        for at, shares in sorted(ended.items()):
            self.record(PointsExpired(**self.named(), points=total(shares), shares=tuple(shares), expired_at=at))

    def pay(self, now: datetime, lots: Container[UUID] | None = None) -> None:
        """Let what is free, of these lots or of all, go towards what is owed."""
        if not self.owed:
            return
        held = self.held(now)
        free = ((lot, free_of(lot, held)) for lot in self.all.in_order() if lots is None or lot.lot_id in lots)
        shares, left = cut(self.owed, free)
        if shares:
            self.record(DebtPaid(**self.named(), points=self.owed - left, shares=tuple(shares), paid_at=now))

    def named(self, customer_id: UUID | None = None, wallet: str = "") -> dict[str, Any]:
        """Which account an event is of."""
        return {"account_id": self.id, "customer_id": self.customer_id or customer_id, "wallet": self.wallet or wallet}

    def check_room(self, policy: WalletPolicy, points: int, field: str) -> None:
        """Raises DomainError for more than an account can hold (params most, room)."""
        if points > (room := LARGEST - self.balance):
            raise DomainError("earning.too_many_points", field=field, **policy.counted(most=LARGEST, room=room))

    def block(self, customer_id: UUID, wallet: str, reason: str, now: datetime) -> None:
        """Let nothing be spent or passed on. Raises Conflict when that is so."""
        if self.blocked:
            raise Conflict("earning.account_is_blocked_already", since=self.blocked_at)
        self.record(AccountBlocked(**self.named(customer_id, wallet), reason=reason, blocked_at=now))

    def unblock(self, reason: str, now: datetime) -> None:
        """Let it be used again. Raises Conflict when it can be."""
        if not self.blocked:
            since = self.unblocked_at
            raise Conflict("earning.account_is_unblocked_already", since=since) if since else Conflict("earning.account_is_not_blocked")
        self.record(AccountUnblocked(**self.named(), reason=reason, unblocked_at=now))

    def evolve(self, event: INTO | OUT_OF | OTHER | SpendCounted) -> None:
        self.customer_id, self.wallet = event.customer_id, event.wallet
        match event:
            case PointsEarned() | PointsGranted() | PointsReceived() | PointsRestored():
                self._came(event)
            case PointsClawedBack() | PointsSpent() | PointsExpired() | PointsDeducted() | PointsCancelled() | PointsSent() | DebtPaid():
                self._went(event)
            case PointsHeld() | HoldReleased() | PointsActivated() | ExpiryAnnounced() | AccountBlocked() | AccountUnblocked():
                self._stood(event)
            case SpendCounted():
                self.carried.setdefault(event.carry_id, Carried()).put(event)
            case _:
                assert_never(event)

    def _came(self, event: INTO) -> None:
        match event:
            case PointsEarned():
                lot = self.lots[event.purchase_id] = PurchaseLot(event)
                self.all.add(lot)
                self.all.live_until(event.active_until)
            case PointsGranted():
                self._correct(event.granted_at, event)
                rolling = event.active_until is not None
                self.all.add(Lot(event.lot_id, event.points, event.granted_at, expires_at=event.expires_at, rolling=rolling))
                self.all.live_until(event.active_until)
            case PointsReceived():
                self.all.add_new(event.lots, event.received_at)
                self.borrowed[event.from_account_id] += event.points if event.pooled else 0
            case PointsRestored():
                self.all.give(event.shares, event.restored_at)
                self.all.add_new(event.lots, event.restored_at)
                back = {share.lot_id: share.points for share in event.shares} | {lot.origin_id: lot.points for lot in event.lots}
                self.spends[event.spend_id].restored.update(back)
                self.owed, self.waived = self.owed + event.owed, self.waived - event.owed

    def _went(self, event: OUT_OF) -> None:
        match event:
            case PointsClawedBack():
                self.all.take(event.taken)
                lot = self.lots[event.purchase_id]
                lot.clawed_back[event.return_id] = lot.clawed_back.get(event.return_id, 0) + event.points
                lot.expired -= event.expired
                lot.cancelled -= event.cancelled
                self.owed += event.owed
                self.waived += event.waived
                self.ever_waived += event.waived
            case PointsSpent():
                self._take(event)
                self.spends[event.spend_id] = Spend(event, waived_before=self.ever_waived)
                self.all.live_until(event.active_until)
                if event.hold_id is not None:
                    self._let_go(event.hold_id, event.spent_at)
            case PointsExpired():
                self.all.expire(event.shares)
                if event.cause == "level_lost":
                    self.reset_for.add((event.set_id, event.expired_at))
            case PointsCancelled():
                self._correct(event.cancelled_at, event)
                self.all.take_by_hand([Share(lot_id=event.lot_id, points=event.points)])
            case PointsDeducted():
                self._correct(event.deducted_at, event)
                self.all.take_by_hand(event.shares)
                self.owed += event.owed
            case PointsSent():
                self._take(event)
                self.sent += [] if event.pooled else [event.sent_at]
                self.borrowed[event.to_account_id] -= event.points if event.pooled else 0
            case DebtPaid():
                self.all.take(event.shares)
                self.owed -= event.points

    def _take(self, event: PointsSpent | PointsSent) -> None:
        self.all.take(event.shares)
        self.owed += event.owed

    def _stood(self, event: OTHER) -> None:
        match event:
            case PointsHeld():
                self.holds.begin(event)
                self.all.hold_until(event.shares, self.holds.values(), event.held_at)
            case HoldReleased():
                self.holds.released[event.hold_id] = event.released_at
                self.all.free(self._let_go(event.hold_id, event.released_at), event.released_at)
            case PointsActivated():
                self.all.activate(event.shares)
            case ExpiryAnnounced():
                self.all.announce(event.shares, event.expires_at)
            case AccountBlocked() | AccountUnblocked():
                self.blocked_at = event.blocked_at if isinstance(event, AccountBlocked) else None
                self.unblocked_at = event.unblocked_at if isinstance(event, AccountUnblocked) else None

    def _correct(self, at: datetime, event: PointsGranted | PointsDeducted | PointsCancelled) -> None:
        if event.corrected_by:
            recent = [one for one in self._corrected if one[0] > at - CORRECTING]
            self._corrected = [*recent, (at, event.corrected_by, event.points)]

    def _let_go(self, hold_id: UUID, at: datetime) -> tuple[Share, ...]:
        shares = self.holds.end(hold_id, at)
        self.all.hold_until(shares, self.holds.values(), at)
        return shares


Accounts = Mapping[str, Account]
"""A customer's accounts by wallet; none without a customer."""
