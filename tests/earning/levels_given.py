"""Words for the tests of levels: a level set in force, and a customer who buys and brings back. No database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from earning.domain.levels.book import LevelBook, LevelSetVersion
from earning.domain.levels.counting import Count
from earning.domain.levels.customer import CustomerLevels, customer_levels_id
from earning.domain.levels.measures import Measure
from earning.domain.levels.starters import named
from earning.domain.levels.terms import Level, LevelTerms
from earning.events import LevelLost, LevelReached
from loyalty.domain.period import Period
from tests.earning.given import CUSTOMER, NOON, TENANT, ZONE

ZONED = ZoneInfo(ZONE)
SET = UUID(int=500)
DAY = timedelta(days=1)
LAST = datetime.max.replace(tzinfo=NOON.tzinfo)


def level(code: str, *thresholds: int | None, **more: Any) -> Level:
    return Level(code=code, thresholds=thresholds, texts=named(f"Hạng {code}", code.title(), f"Poziom {code}"), **more)


def terms(*levels: Level, measures: tuple[Measure, ...] = (Measure(kind="points"),), **more: Any) -> LevelTerms:
    return LevelTerms(**{"name": "Levels", "currency": "VND", "measures": measures, "levels": levels} | more)


def in_force(said: LevelTerms, version: int = 1, *periods: Period, set_id: UUID = SET) -> LevelSetVersion:
    """A version that was in force in `periods`, since ever when there are none."""
    return LevelSetVersion(set_id=set_id, version=version, terms=said, periods=periods or (Period(),))


def steps(*thresholds: int) -> LevelTerms:
    """The level `l0`, and one for each threshold of points since ever."""
    return terms(*(level(f"l{n}", points) for n, points in enumerate((0, *thresholds))))


class Climber:
    """A customer whose purchases count points; `buy` and `bring_back` answer with the level then."""

    def __init__(self, *versions: LevelSetVersion, zone: ZoneInfo = ZONED) -> None:
        self.book, self.zone = LevelBook(versions), zone
        self.levels = CustomerLevels(customer_levels_id(TENANT, CUSTOMER))
        self.bought: dict[UUID, tuple[datetime, int, int]] = {}

    def buy(self, points: int, at: datetime = NOON, now: datetime | None = None, amount: int = 0) -> UUID:
        purchase_id = uuid4()
        self.bought[purchase_id] = (at, points, amount)
        self._count(purchase_id, points, amount, now or at, None)
        return purchase_id

    def bring_back(self, purchase_id: UUID, left: int = 0, at: datetime | None = None) -> str:
        bought, _, amount = self.bought[purchase_id]
        self._count(purchase_id, left, amount if left else 0, at or bought + timedelta(hours=1), uuid4())
        return self.level

    @property
    def level(self) -> str:
        """What was reached, in the last version of the set."""
        version = self.book.in_force(LAST)[-1]
        return version.effective(self.levels.tally(version.set_id).level)

    def level_at(self, at: datetime) -> str:
        """After what has gone by then."""
        self.levels.settle(self.book, self.zone, at)
        return self.levels.level(self.book.in_force(at)[-1], at)

    @property
    def moves(self) -> Sequence[tuple[str, str]]:
        """What was reached (level before, level) and lost (level, level after)."""
        told = [event for event in self.levels.pending if isinstance(event, LevelReached | LevelLost)]
        return [(event.before, event.level) if isinstance(event, LevelReached) else (event.level, event.after) for event in told]

    def _count(self, purchase_id: UUID, points: int, amount: int, now: datetime, return_id: UUID | None) -> None:
        at = self.bought[purchase_id][0]
        counts = [
            Count(set_id=v.set_id, version=v.version, points=points, amount=amount, purchases=int(points > 0))
            for v in self.book.in_force(at)
        ]
        self.levels.count(CUSTOMER, purchase_id, counts, at, self.book, self.zone, now, return_id)
