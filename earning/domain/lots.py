"""Lots: of what an account is made, and in which order it is drawn on."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from heapq import merge
from itertools import takewhile
from typing import Any
from uuid import UUID

from earning.domain.shares import NewLot, Share
from earning.events import DeedRewarded, PointsEarned

FOREVER = datetime.max.replace(tzinfo=UTC)
Key = tuple[datetime, datetime, UUID]
"""The order of drawing: the lot that ends soonest, then the oldest, then the id."""


class Lot:
    """Points that came in together, and how many of them are still there: those that are held are."""

    __slots__ = (
        "activated",
        "active_from",
        "announced_end",
        "came_at",
        "cancelled",
        "earned_at",
        "expired",
        "expires_at",
        "lot_id",
        "points",
        "remaining",
        "rolling",
    )  # fmt: skip

    def __init__(
        self,
        lot_id: UUID,
        points: int,
        earned_at: datetime,
        *,
        active_from: datetime | None = None,
        expires_at: datetime | None = None,
        rolling: bool = False,
        came_at: datetime | None = None,
    ) -> None:
        self.lot_id, self.points, self.remaining = lot_id, points, points
        self.earned_at, self.active_from, self.expires_at = earned_at, active_from, expires_at
        self.came_at = came_at or earned_at
        """Since when the account has it: later than it was earned, where it was passed on, given back or let go by a hold. Whoever does
        so notes first which levels have gone, so that what is left of the lot then went with none of them.
        """
        self.rolling = rolling
        """Whether it lives as long as the customer is active, instead of having an end of its own."""
        self.activated = active_from is None
        """Whether it was noted that it became active."""
        self.announced_end: datetime | None = None
        """The end that the customer was told of."""
        self.expired = 0
        self.cancelled = 0
        """What of it was cancelled or deducted by hand."""

    def is_active(self, now: datetime) -> bool:
        """Whether its waiting is over."""
        return self.active_from is None or self.active_from <= now

    @property
    def key(self) -> Key:
        return (self.expires_at or FOREVER, self.earned_at, self.lot_id)


@dataclass(slots=True)
class Gone:
    """Points that had ended, or were taken by hand, when goods came back: of a lot itself first, and of those that came out of it."""

    expired: int = 0
    expired_out: int = 0
    cancelled: int = 0
    cancelled_out: int = 0

    def take(self, expired: int, cancelled: int, lot: Lot) -> None:
        """So many more of them, of a `lot` and those that came out of it."""
        ended, by_hand = min(expired, lot.expired - self.expired), min(cancelled, lot.cancelled - self.cancelled)
        self.expired, self.expired_out = self.expired + ended, self.expired_out + expired - ended
        self.cancelled, self.cancelled_out = self.cancelled + by_hand, self.cancelled_out + cancelled - by_hand


class PurchaseLot(Lot):
    """The points that one purchase brought."""

    __slots__ = ("back", "clawed_back", "earned")

    def __init__(self, earned: PointsEarned) -> None:
        rolling = earned.active_until is not None
        super().__init__(
            earned.lot_id,
            earned.points,
            earned.earned_at,
            active_from=earned.active_from,
            expires_at=earned.expires_at,
            rolling=rolling,
        )
        self.earned = earned
        self.clawed_back: dict[UUID, int] = {}
        """Points by return."""
        self.back = Gone()
        """What of it was not there any more when its goods came back."""

    @property
    def kept(self) -> int:
        """What the purchase is worth now, whatever became of its points."""
        return self.points - sum(self.clawed_back.values())

    def claw_back(self, return_id: UUID, points: int, expired: int, cancelled: int) -> None:
        """So many points came back with its goods, of which these were not there any more."""
        self.clawed_back[return_id] = self.clawed_back.get(return_id, 0) + points
        self.back.take(expired, cancelled, self)

    def gone(self, out: Collection[Lot]) -> tuple[int, int]:
        """What had ended, and what was taken by hand, of it and of lots that came `out` of it, and has not come back with its goods."""
        back = self.back
        expired = self.expired - back.expired + max(0, sum(one.expired for one in out) - back.expired_out)
        return expired, self.cancelled - back.cancelled + max(0, sum(one.cancelled for one in out) - back.cancelled_out)


def lot_of(event: DeedRewarded) -> Lot:
    """The points that a custom event brought."""
    rolling = event.active_until is not None
    times = {"active_from": event.active_from, "expires_at": event.expires_at}
    return Lot(event.lot_id, event.points, event.earned_at, rolling=rolling, **times)


class Lots:
    """All lots of an account. Those with something left wait in order, so that nothing ever looks through the spent ones."""

    def __init__(self) -> None:
        self.by_id: dict[UUID, Lot] = {}
        self.active_until: datetime | None = None
        """The end of all lots that have none of their own."""
        self.remaining = 0
        self.any_rolling = False
        """Whether it ever had a lot without an end of its own."""
        self._dated: list[Key] = []
        self._rolling: list[Key] = []
        self._waiting: list[tuple[datetime, UUID]] = []
        self._out_of: dict[UUID, list[Lot]] = {}

    def add(self, lot: Lot) -> None:
        """Put a new lot among the others."""
        self.by_id[lot.lot_id] = lot
        self.remaining += lot.remaining
        self.any_rolling |= lot.rolling
        insort(self._queue(lot), lot.key)
        if lot.active_from is not None:
            insort(self._waiting, (lot.active_from, lot.lot_id))

    def add_new(self, made: Iterable[NewLot], came_at: datetime, *, same_person: bool = True) -> None:
        """Put lots that came out of others, of the `same_person` or not, among them; one that is here already gets back what it had
        given.
        """
        for new in made:
            if new.lot_id in self.by_id:
                self.give([Share(lot_id=new.lot_id, points=new.points)], came_at)
            else:
                end = None if new.rolling else new.expires_at
                self.add(lot := Lot(new.lot_id, new.points, new.earned_at, expires_at=end, rolling=new.rolling, came_at=came_at))
                self.live_until(new.expires_at if new.rolling else None)
                if same_person:
                    self._out_of.setdefault(new.origin_id, []).append(lot)

    def out_of(self, lot_id: UUID) -> Sequence[Lot]:
        """The lots here that came out of that one and are still of the person who had it."""
        return self._out_of.get(lot_id, ())

    def take(self, shares: Iterable[Share]) -> None:
        """Points left these lots."""
        for share in shares:
            self._change(self.by_id[share.lot_id], -share.points)

    def give(self, shares: Sequence[Share], came_at: datetime) -> None:
        """Points came back to these lots."""
        for share in shares:
            self._change(self.by_id[share.lot_id], share.points)
        self.free(shares, came_at)

    def free(self, shares: Iterable[Share], came_at: datetime) -> None:
        """Points of these lots are there again, to be spent or to end."""
        for share in shares:
            lot = self.by_id[share.lot_id]
            lot.came_at = max(lot.came_at, came_at)

    def expire(self, shares: Iterable[Share]) -> None:
        """Points of these lots ended."""
        for share in shares:
            lot = self.by_id[share.lot_id]
            self._change(lot, -share.points)
            lot.expired += share.points

    def take_by_hand(self, shares: Iterable[Share]) -> None:
        """Points of these lots were cancelled or deducted: where a purchase brought them, its goods have no more to give back."""
        for share in shares:
            self.take([share])
            self.by_id[share.lot_id].cancelled += share.points

    def live_until(self, until: datetime | None) -> None:
        """The customer was active: lots without an end of their own live until then at least."""
        if until is not None and (self.active_until is None or self.active_until < until):
            self.active_until = until

    def activate(self, shares: Iterable[Share]) -> None:
        """It was noted that these became active."""
        for share in shares:
            lot = self.by_id[share.lot_id]
            lot.activated = True
            if lot.active_from is not None:
                _remove(self._waiting, (lot.active_from, lot.lot_id))

    def announce(self, shares: Iterable[Share], end: datetime) -> None:
        """The customer was told of the end of these."""
        for share in shares:
            self.by_id[share.lot_id].announced_end = end

    def end_of(self, lot: Lot) -> datetime | None:
        """When a lot ends; None: never."""
        return self.active_until if lot.rolling else lot.expires_at

    def in_order(self) -> Iterator[Lot]:
        """Lots with something left, in the order in which they are drawn on."""
        end = self.active_until or FOREVER
        for _, _, lot_id in merge(self._dated, ((end, earned_at, lot_id) for _, earned_at, lot_id in self._rolling)):
            yield self.by_id[lot_id]

    def any_ended(self, now: datetime) -> bool:
        """Whether there is a lot with something left whose end has come."""
        if self._dated and self._dated[0][0] <= now:
            return True
        return bool(self._rolling) and self.active_until is not None and self.active_until <= now

    def ended(self, now: datetime) -> Iterator[Lot]:
        """Lots with something left whose end has come, the first to end first."""
        return takewhile(lambda lot: (self.end_of(lot) or FOREVER) <= now, self.in_order())

    def waiting(self, until: datetime) -> Iterator[Lot]:
        """Lots of which it was not noted yet that they became active by then."""
        return (self.by_id[lot_id] for _, lot_id in takewhile(lambda due: due[0] <= until, self._waiting))

    def _change(self, lot: Lot, points: int) -> None:
        before = lot.remaining
        lot.remaining += points
        self.remaining += points
        if not before:
            insort(self._queue(lot), lot.key)
        elif not lot.remaining:
            _remove(self._queue(lot), lot.key)

    def _queue(self, lot: Lot) -> list[Key]:
        return self._rolling if lot.rolling else self._dated


def cut(points: int, free: Iterable[tuple[Lot, int]]) -> tuple[list[Share], int]:
    """Shares of so many points from lots with so much free, in their order, and how many points could not be had."""
    shares: list[Share] = []
    for lot, there in free:
        if not points:
            break
        taken = min(points, there)
        if taken > 0:
            shares.append(Share(lot_id=lot.lot_id, points=taken))
            points -= taken
    return shares, points


def free_of(lot: Lot, held: Mapping[UUID, int]) -> int:
    """What of a lot is not held. A hold that another clock saw end may be of more than is left."""
    return max(0, lot.remaining - held.get(lot.lot_id, 0))


def _remove(queue: list[Any], key: Any) -> None:
    at = bisect_left(queue, key)
    if at < len(queue) and queue[at] == key:
        del queue[at]
