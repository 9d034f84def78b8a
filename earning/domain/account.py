"""A points account: one wallet of one customer, made of lots."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, assert_never
from uuid import UUID

from earning.domain.carrying import Carried
from earning.domain.corrected import Corrected
from earning.domain.debts import Debts
from earning.domain.holds import ByLot, Holds
from earning.domain.lots import FOREVER, Lot, Lots, PurchaseLot, cut, free_of, lot_of
from earning.domain.shares import Share, total
from earning.domain.spends import Spend
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
from loyalty.domain.aggregate import Aggregate
from loyalty.domain.errors import Conflict, DomainError
from loyalty.domain.identity import derived_id
from loyalty.domain.points import LARGEST

INTO = PointsEarned | DeedRewarded | PointsGranted | PointsReceived | PointsRestored
OUT_OF = PointsClawedBack | PointsSpent | PointsExpired | PointsDeducted | PointsCancelled | PointsSent | DebtPaid
OTHER = PointsHeld | HoldReleased | PointsActivated | ExpiryAnnounced | PointsProlonged | AccountBlocked | AccountUnblocked


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
        self.wallet, self.debts = "", Debts()
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
        self.waivers: list[tuple[datetime, int]] = []
        """What was let go when goods came back, and when."""
        self.reset_for: set[tuple[UUID | None, datetime]] = set()
        """The losses of levels with which points ended: of which set, and when."""
        self.carried: dict[UUID, Carried] = {}
        """What purchases count together, by the rules that carry what is left of full amounts."""
        self.corrected = Corrected()
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

    def waived_for_want_of(self, spend: Spend, points: int, beside: Sequence[Account] = ()) -> int:
        """What of `points` of a spend that come back was let go while they were spent, also of the accounts `beside` this one."""
        others = sum(let_go for one in beside for at, let_go in one.waivers if at >= spend.event.spent_at)
        there = self.waived + sum(one.waived for one in beside)
        return max(0, min(points, there, self.ever_waived - spend.waived_before + others))

    @property
    def owed(self) -> int:
        """What the account owes, whatever it holds."""
        return self.debts.total

    def gone(self, at: datetime) -> Iterator[Lot]:
        """The lots that had ended by then, of those that the account had then."""
        return (lot for lot in self.all.ended(at) if lot.came_at <= at)

    def moments(self, now: datetime, *, owing: bool = False) -> list[datetime]:
        """Now, and before when points ended, or a hold that ended let them go: for each of these it is noted what it did. With `owing`
        somebody owes whom they can pay.
        """
        ended = {max(self.all.end_of(lot) or now, lot.came_at) for lot in self.all.ended(now)}
        holds = {hold.ends_at for hold in self.holds.ended(now)} if ended or self.owed or owing else set()
        return [*sorted(at for at in ended | holds if at < now), now]

    def settle(self, now: datetime) -> None:
        """Note what has ended by now, and let what is free go towards what is owed: what a hold let go, at its end."""
        if self.owed or self.all.any_ended(now):
            for at in self.moments(now)[:-1]:
                self.note(at)
            self._end(now)
            self.pay(now)

    def note(self, at: datetime) -> None:
        """What ended at a moment that is past; and what holds let go that ended then pays what was owed already."""
        self._end(at)
        self.pay(at, self.holds.let_go(at))

    def _end(self, at: datetime) -> None:
        held = self.held(at)
        shares = tuple(Share(lot_id=lot.lot_id, points=free) for lot in self.gone(at) if (free := free_of(lot, held)))
        if shares:
            self.record(PointsExpired(**self.named(), points=total(shares), shares=shares, expired_at=at))

    def pay(self, at: datetime, lots: Collection[UUID] | None = None) -> None:
        """Let what is free go towards what is owed; at a moment that is past only these `lots`, towards what was owed then."""
        owed = self.owed if lots is None else self.debts.until(at) if lots else 0
        shares, left = cut(owed, self.free_for(at, lots)) if owed else ([], 0)
        if shares:
            there = max(self.all.by_id[share.lot_id].came_at for share in shares)
            paid_at = max(at, there, self.debts.since(owed - left))
            self.record(DebtPaid(**self.named(), points=owed - left, shares=tuple(shares), paid_at=paid_at))

    def free_for(self, at: datetime, lots: Collection[UUID] | None) -> Iterator[tuple[Lot, int]]:
        """What of these `lots` is not held, in their order; of all lots (None)."""
        held = self.held(at)
        return ((lot, free_of(lot, held)) for lot in self.all.in_order() if lots is None or lot.lot_id in lots)

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
            case PointsEarned() | DeedRewarded() | PointsGranted() | PointsReceived() | PointsRestored():
                self._came(event)
            case PointsClawedBack() | PointsSpent() | PointsExpired() | PointsDeducted() | PointsCancelled() | PointsSent() | DebtPaid():
                self._went(event)
            case PointsHeld() | HoldReleased() | PointsActivated() | ExpiryAnnounced() | PointsProlonged():
                self._stood(event)
            case AccountBlocked() | AccountUnblocked():
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
            case DeedRewarded():
                self.all.add(lot_of(event))
                self.all.live_until(event.active_until)
            case PointsGranted():
                self.corrected.add(event.granted_at, event.corrected_by, event.points)
                rolling = event.active_until is not None
                self.all.add(Lot(event.lot_id, event.points, event.granted_at, expires_at=event.expires_at, rolling=rolling))
                self.all.live_until(event.active_until)
            case PointsReceived():
                self.all.add_new(event.lots, event.received_at, same_person=event.pooled)
            case PointsRestored():
                self.all.give(event.shares, event.restored_at)
                self.all.add_new(event.lots, event.restored_at)
                back = {share.lot_id: share.points for share in event.shares} | {lot.origin_id: lot.points for lot in event.lots}
                self.spends[event.spend_id].restored.update(back)
                self.waived -= event.owed
                self.debts.add(event.owed, event.restored_at)

    def _went(self, event: OUT_OF) -> None:
        match event:
            case PointsClawedBack():
                self.all.take(event.taken)
                self.lots[event.purchase_id].claw_back(event.return_id, event.points, event.expired, event.cancelled)
                self.debts.add(event.owed, event.clawed_back_at)
                self.waived += event.waived
                self.ever_waived += event.waived
                self.waivers += [(event.clawed_back_at, event.waived)] if event.waived else []
            case PointsSpent():
                self._take(event, event.spent_at)
                self.spends[event.spend_id] = Spend(event, waived_before=self.ever_waived)
                self.all.live_until(event.active_until)
                if event.hold_id is not None:
                    self.holds.end(event.hold_id, event.spent_at)
            case PointsExpired():
                self.all.expire(event.shares)
                if event.cause == "level_lost":
                    self.reset_for.add((event.set_id, event.expired_at))
            case PointsCancelled():
                self.corrected.add(event.cancelled_at, event.corrected_by, event.points)
                self.all.take_by_hand([Share(lot_id=event.lot_id, points=event.points)])
            case PointsDeducted():
                self.corrected.add(event.deducted_at, event.corrected_by, event.points)
                self.all.take_by_hand(event.shares)
                self.debts.add(event.owed, event.deducted_at)
            case PointsSent():
                self._take(event, event.sent_at)
                self.sent += [] if event.pooled else [event.sent_at]
            case DebtPaid():
                self.all.take(event.shares)
                self.debts.pay(event.points)

    def _take(self, event: PointsSpent | PointsSent, at: datetime) -> None:
        self.all.take(event.shares)
        self.debts.add(event.owed, at)

    def _stood(self, event: OTHER) -> None:
        match event:
            case PointsHeld():
                self.holds.begin(event)
            case HoldReleased():
                self.holds.released[event.hold_id] = event.released_at
                self.all.free(self.holds.end(event.hold_id, event.released_at), event.released_at)
            case PointsActivated():
                self.all.activate(event.shares)
            case ExpiryAnnounced():
                self.all.announce(event.shares, event.expires_at)
            case PointsProlonged():
                self.all.live_until(event.active_until)
            case AccountBlocked() | AccountUnblocked():
                self.blocked_at = event.blocked_at if isinstance(event, AccountBlocked) else None
                self.unblocked_at = event.unblocked_at if isinstance(event, AccountUnblocked) else None


Accounts = Mapping[str, Account]
"""A customer's accounts by wallet; none without a customer."""
