"""A purchase, or a return, and what it makes of its customer's levels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from earning.domain.expiring import Losses
from earning.domain.levels.ahead import Place
from earning.domain.levels.book import LevelBook, LevelSetVersion
from earning.domain.levels.counting import PastPurchase, count
from earning.domain.levels.customer import CustomerLevels
from earning.domain.levels.grants import paid
from earning.domain.lots import PurchaseLot
from earning.domain.purchase import Purchase
from earning.events import LevelLost, PurchaseRecorded


@dataclass(frozen=True, slots=True)
class Climb:
    """A customer's levels among the level sets of the tenant, on the clock of its zone. `customer_id` is who stands for all whose
    purchases count (None: the customer of the purchase).
    """

    levels: CustomerLevels
    book: LevelBook
    zone: ZoneInfo
    customer_id: UUID | None = None

    def seen(self, now: datetime) -> tuple[str, ...]:
        """The codes of the levels that the customer has."""
        return self.levels.levels(self.book, now)

    def places(self, now: datetime) -> list[Place]:
        """Where the customer stands in each set that is in force."""
        versions, tally = self.book.in_force(now), self.levels.tally
        return [
            Place(one, self.levels.level(one, now), [tally(one.set_id).total(measure, now, self.zone) for measure in one.terms.measures])
            for one in versions
        ]

    def seen_then(self, at: datetime) -> tuple[str, ...]:
        """The codes of those that they had then, by what is known now."""
        versions = self.book.in_force(at)
        return tuple(code for version in versions if (code := self.levels.tally(version.set_id).had_then(version, at, self.zone)))

    def settle(self, now: datetime) -> None:
        """Note which levels have gone by now."""
        self.levels.settle(self.book, self.zone, now)

    def points_lost(self) -> list[tuple[UUID, datetime]]:
        """The set and the time of each loss that takes points and was noted just now; each is told once, since what is there may change."""
        lost = [(e.set_id, e.lost_at) for e in self.levels.pending if isinstance(e, LevelLost) and e.resets == "points"]
        new = [loss for loss in dict.fromkeys(lost) if loss not in self.levels.told]
        self.levels.told.update(new)
        return new

    @property
    def losses(self) -> Losses:
        """All losses that took points, whenever they were noted."""
        return self.levels.losses_of_points()

    def announce(self, now: datetime) -> None:
        """The same, and which will go so soon that the customer is told."""
        self.levels.announce(self.book, self.zone, now)

    def count(self, purchase: Purchase, lot: PurchaseLot | None, now: datetime, return_id: UUID | None = None) -> None:
        """Count what is kept of a purchase, and the points that it still brings."""
        sale = purchase.decided
        if sale is None or sale.customer_id is None:
            return
        points = lot.kept if lot else 0
        counts = [
            count(v.set_id, v.version, v.terms, sale, purchase.kept, points)
            for v in self._versions(purchase.id, sale.purchased_at, return_id)
        ]
        self.levels.count(
            self.customer_id or sale.customer_id, purchase.id, counts, sale.purchased_at, self.book, self.zone, now, return_id
        )
        self._pay(purchase, sale, now, return_id)

    def misses(self, purchase_id: UUID, at: datetime) -> bool:
        """Whether a purchase made `at` should count towards a set, and does not."""
        return any(purchase_id not in self.levels.tally(version.set_id).counts for version in self.book.counting(at))

    def may_count_again(self, purchase_id: UUID, at: datetime) -> bool:
        """Whether it is missed, or counts nothing towards a set: also because it was somebody else's for a while."""
        known = (tally.counts[purchase_id] for tally in self.levels.tallies.values() if purchase_id in tally.counts)
        return self.misses(purchase_id, at) or not all(count.is_something for count in known)

    def past(self, purchase: Purchase, points: int) -> PastPurchase | None:
        """What a purchase counts towards levels that does not yet, though it should; None: nothing."""
        sale = purchase.decided
        if sale is None:
            return None
        missing = [v for v in self.book.counting(sale.purchased_at) if purchase.id not in self.levels.tally(v.set_id).counts]
        counts = tuple(count(v.set_id, v.version, v.terms, sale, purchase.kept, points) for v in missing)
        return PastPurchase(purchase_id=purchase.id, purchased_at=sale.purchased_at, counts=counts) if counts else None

    def changed(self, purchase: Purchase, points: int) -> PastPurchase | None:
        """What a purchase counts now otherwise than it did; None: nothing."""
        if (sale := purchase.decided) is None:
            return None
        versions = self._versions(purchase.id, sale.purchased_at, None)
        counts = [count(v.set_id, v.version, v.terms, sale, purchase.kept, points) for v in versions]
        new = tuple(one for one in counts if self.levels.tally(one.set_id).counts.get(purchase.id) != one)
        return PastPurchase(purchase_id=purchase.id, purchased_at=sale.purchased_at, counts=new) if new else None

    def recount(self, lot: PurchaseLot, now: datetime, return_id: UUID) -> None:
        """A purchase lost points with goods of another one, that had counted with it."""
        earned = lot.earned
        known = [tally.counts[earned.purchase_id] for tally in self.levels.tallies.values() if earned.purchase_id in tally.counts]
        counts = [replace(one, points=lot.kept) for one in known]
        self.levels.count(
            self.customer_id or earned.customer_id, earned.purchase_id, counts, earned.earned_at, self.book, self.zone, now, return_id
        )

    def _pay(self, purchase: Purchase, sale: PurchaseRecorded, now: datetime, return_id: UUID | None) -> None:
        """What the purchase pays for begins at its time; a return takes no more than what was paid for."""
        whose = self.customer_id or sale.customer_id
        assert whose is not None
        for version in self.book.in_force(sale.purchased_at):
            known = self.levels.tally(version.set_id).grants
            for bought in paid(version.terms, sale, purchase.kept):
                if return_id is None or (purchase.id, bought.level) in known:
                    self.levels.pay(whose, purchase.id, version, bought, self.zone, now if return_id else sale.purchased_at)

    def _versions(self, purchase_id: UUID, at: datetime, return_id: UUID | None) -> Iterator[LevelSetVersion]:
        """Those that counted it before; a purchase that is new counts by those of its time."""
        known = {set_id: tally.counts[purchase_id] for set_id, tally in self.levels.tallies.items() if purchase_id in tally.counts}
        for before in known.values():
            if (version := self.book.version(before.set_id, before.version)) is not None:
                yield version
        if return_id is None:
            yield from (version for version in self.book.counting(at) if version.set_id not in known)
