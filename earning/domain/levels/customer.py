"""A customer's levels in all level sets: what their purchases count, and what they reached."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never
from uuid import UUID
from zoneinfo import ZoneInfo

from earning.domain.levels.book import LevelBook, LevelSetVersion
from earning.domain.levels.counting import Count
from earning.domain.levels.tally import Step, Tally
from earning.events import LevelLost, LevelReached, ProgressCounted
from loyalty.domain.aggregate import Aggregate
from loyalty.domain.identity import derived_id


def customer_levels_id(tenant_id: int, customer_id: UUID) -> UUID:
    """The stream of a customer's levels."""
    return derived_id("customer_levels", tenant_id, customer_id)


class CustomerLevels(Aggregate):
    """Counts purchases of goods that are kept. More than a threshold is a level at once; spending points never costs one.

    What comes back counts no longer: a level that was reached only through it is lost at once.
    """

    stream = "customer_levels"

    def __init__(self, stream_id: UUID) -> None:
        super().__init__(stream_id)
        self.tallies: dict[UUID, Tally] = {}

    def level(self, version: LevelSetVersion) -> str:
        """The code of the level in a set: the one that was reached, or the one that everybody has."""
        return version.effective(self.tally(version.set_id).level)

    def levels(self, book: LevelBook, now: datetime) -> tuple[str, ...]:
        """The codes of the levels in all sets that are in force."""
        return tuple(code for version in book.in_force(now) if (code := self.level(version)))

    def tally(self, set_id: UUID) -> Tally:
        """What counts in a set so far."""
        return self.tallies.get(set_id) or Tally()

    def count(
        self,
        customer_id: UUID,
        purchase_id: UUID,
        counts: Sequence[Count],
        purchased_at: datetime,
        book: LevelBook,
        zone: ZoneInfo,
        now: datetime,
        return_id: UUID | None = None,
    ) -> None:
        """A purchase counts so much from now on: levels are reached, and after a return lost, at once."""
        changed = tuple(count for count in counts if self.tally(count.set_id).counts.get(purchase_id) != count)
        if not changed:
            return
        self.record(ProgressCounted(customer_id=customer_id, purchase_id=purchase_id, counts=changed, purchased_at=purchased_at))
        at = max(now, purchased_at)
        in_force = {version.set_id: version for version in book.in_force(now)}
        for version in (in_force[count.set_id] for count in changed if count.set_id in in_force):
            if return_id is not None:
                self._fall(customer_id, version, book, zone, at, return_id)
            self._climb(customer_id, version, zone, at, purchase_id)

    def evolve(self, event: ProgressCounted | LevelReached | LevelLost) -> None:
        match event:
            case ProgressCounted():
                for count in event.counts:
                    self._own(count.set_id).take(event.purchase_id, count, event.purchased_at)
            case LevelReached():
                self._own(event.set_id).climb(Step(event.level, event.version, event.reached_at))
            case LevelLost():
                earned = event.reason == "goods_returned"
                self._own(event.set_id).fall(event.standing, Step(event.after, event.version, event.lost_at, earned=earned))
            case _:
                assert_never(event)

    def _own(self, set_id: UUID) -> Tally:
        return self.tallies.setdefault(set_id, Tally())

    def _climb(self, customer_id: UUID, version: LevelSetVersion, zone: ZoneInfo, at: datetime, purchase_id: UUID) -> None:
        tally = self.tally(version.set_id)
        earned = tally.earned(version.terms, at, zone)
        if version.rank(earned) > version.rank(tally.level):
            self.record(
                LevelReached(
                    customer_id=customer_id,
                    set_id=version.set_id,
                    version=version.version,
                    level=earned,
                    before=tally.level,
                    purchase_id=purchase_id,
                    reached_at=at,
                )
            )

    def _fall(self, customer_id: UUID, version: LevelSetVersion, book: LevelBook, zone: ZoneInfo, at: datetime, return_id: UUID) -> None:
        tally = self.tally(version.set_id)
        steps = list(tally.steps)
        while steps and not tally.stands(steps[-1], book.version(version.set_id, steps[-1].version) or version, zone):
            steps.pop()
        after = max(steps[-1].level if steps else "", tally.earned(version.terms, at, zone), key=version.rank)
        if version.rank(after) < version.rank(tally.level):
            self.record(
                LevelLost(
                    customer_id=customer_id,
                    set_id=version.set_id,
                    version=version.version,
                    level=tally.level,
                    after=after,
                    standing=len(steps),
                    reason="goods_returned",
                    return_id=return_id,
                    lost_at=at,
                )
            )
