"""Holds: what of an account is kept aside, and until when. They end by themselves, without an event."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain
from uuid import UUID

from earning.domain.shares import Share
from earning.events import PointsHeld

REMEMBERED = timedelta(days=30)
ByLot = Counter[UUID]
"""Points by lot."""


class Holds(dict[UUID, PointsHeld]):
    """Those that were neither used nor released, by id."""

    def __init__(self, holds: Iterable[PointsHeld] = ()) -> None:
        super().__init__((hold.hold_id, hold) for hold in holds)
        self._over: list[PointsHeld] = []
        """Those that are over since some days, each until it was."""
        self.released: dict[UUID, datetime] = {}
        """When those were released that were not used."""

    def begin(self, hold: PointsHeld) -> None:
        """Points were kept aside."""
        self._over = [one for one in self._over if one.ends_at > hold.held_at - REMEMBERED]
        for over in [one for one in self.values() if one.ends_at <= hold.held_at]:
            self._over.append(self.pop(over.hold_id))
        self[hold.hold_id] = hold

    def end(self, hold_id: UUID, at: datetime) -> tuple[Share, ...]:
        """What was kept aside was used, or released: of which lots it was."""
        if (hold := self.pop(hold_id, None)) is None:
            return ()
        self._over.append(replace(hold, ends_at=at))
        return hold.shares

    def at(self, now: datetime) -> ByLot:
        """What is held at `now`."""
        return _by_lot(hold for hold in self.values() if now < hold.ends_at)

    def then(self, at: datetime) -> ByLot:
        """What was held at an earlier time, whatever became of it since: that is remembered as long as nothing else is held, or 30 days."""
        return _by_lot(self._there(at))

    def _there(self, at: datetime) -> Iterator[PointsHeld]:
        return (hold for hold in chain(self._over, self.values()) if hold.held_at <= at < hold.ends_at)

    def let_go(self, at: datetime) -> set[UUID]:
        """The lots of those that end at this moment."""
        return {share.lot_id for hold in self.values() if hold.ends_at == at for share in hold.shares}

    def over_since(self, hold_id: UUID) -> datetime | None:
        """When one ended by itself, once another began: that is remembered for some days."""
        return next((hold.ends_at for hold in self._over if hold.hold_id == hold_id), None)

    def ended(self, now: datetime) -> Iterator[PointsHeld]:
        """Those whose end has come, the first to end first."""
        yield from sorted((hold for hold in self.values() if hold.ends_at <= now), key=lambda hold: (hold.ends_at, hold.hold_id))


def _by_lot(holds: Iterable[PointsHeld]) -> ByLot:
    held: ByLot = Counter()
    for hold in holds:
        held.update({share.lot_id: share.points for share in hold.shares})
    return held
