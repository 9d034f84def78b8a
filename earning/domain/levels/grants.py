"""Levels that are not earned: given by hand, or paid for with a fee, until an instant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from earning.domain.expiry import months_later
from earning.domain.lines import LONGEST, ONE, Line, check_text
from loyalty.domain.errors import DomainError
from loyalty.domain.period import business_day, local_midnight

if TYPE_CHECKING:
    from earning.domain.levels.book import LevelSetVersion
    from earning.domain.levels.terms import LevelTerms
    from earning.events import PurchaseRecorded

MOST_FEE_MONTHS, MOST_FEE_DAYS, MOST_PERIODS = 120, 3650, 100
FAR = 2500
"""The year from which on nothing is extended any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """Whoever buys the fee line with this `sku` has the level for so many `months` or `days`. No `sku`: it is not sold."""

    sku: str = ""
    months: int = 0
    days: int = 0

    def check(self) -> None:
        """Raises DomainError for what no level can ask."""
        check_text(self.sku, LONGEST["sku"], "sku")
        fits = 0 <= self.months <= MOST_FEE_MONTHS and 0 <= self.days <= MOST_FEE_DAYS
        if not fits or bool(self.sku) != (bool(self.months) ^ bool(self.days)) or (self.months and self.days):
            raise DomainError("earning.level_fee_invalid", months=MOST_FEE_MONTHS, days=MOST_FEE_DAYS)

    def end(self, start: datetime, periods: int, zone: ZoneInfo) -> datetime:
        """The first local midnight by which so many periods have passed."""
        if start.year >= FAR or not periods:
            return start
        periods, day = min(periods, MOST_PERIODS), business_day(start, zone)
        begun = timedelta(days=local_midnight(day, zone) < start)
        return local_midnight(months_later(day, self.months * periods) + timedelta(days=self.days * periods) + begun, zone)


NO_FEE = Fee()
LevelSource = Literal["earned", "given", "paid"]
GrantKey = tuple[UUID | None, str]
GIVEN: GrantKey = (None, "")


@dataclass(frozen=True, slots=True)
class Grant:
    """A level from `starts_at` until `ends_at`: paid for by a purchase, or given by hand (None), be it to somebody who turned out to be
    the same (`joined_id`).
    """

    level: str
    starts_at: datetime
    ends_at: datetime
    purchase_id: UUID | None = None
    paid: Fee = NO_FEE
    """The time that was paid for, in all."""
    joined_id: UUID | None = None

    @property
    def key(self) -> GrantKey:
        """What it is told by: a purchase may pay for several levels of a set, and one at a time is given to each who are one."""
        return (self.purchase_id, self.level) if self.purchase_id else (self.joined_id, "")

    def holds(self, at: datetime) -> bool:
        """Whether the customer has it then."""
        return self.starts_at <= at < self.ends_at


@dataclass(frozen=True, slots=True)
class Paid:
    """So many periods of a level that a purchase pays for with what is kept of it."""

    level: str
    fee: Fee
    periods: int

    @property
    def time(self) -> Fee:
        """All that time as one period."""
        periods = min(self.periods, MOST_PERIODS)
        return Fee(months=self.fee.months * periods, days=self.fee.days * periods)


def paid(terms: LevelTerms, sale: PurchaseRecorded, kept: Sequence[int]) -> Iterator[Paid]:
    """What a sale pays for, of whose lines so much is `kept`: each level that is sold by one of them, be it 0 periods."""
    for level in terms.levels:
        lines = [(line, left) for line, left in zip(sale.lines, kept, strict=True) if sells(level.fee, line)]
        if lines:
            yield Paid(level.code, level.fee, sum(periods(line, left) for line, left in lines))


def sells(fee: Fee, line: Line) -> bool:
    """Whether a line is the fee; one of nothing pays for nothing."""
    return line.kind == "fee" and line.total > 0 and bool(fee.sku) and (line.sku or "").casefold() == fee.sku.casefold()


def periods(line: Line, kept: int) -> int:
    """How many whole periods a line pays for; one without a quantity pays for one, as long as all of it is kept."""
    return kept // ONE if line.quantity is not None else int(kept == line.measure)


def highest(version: LevelSetVersion, reached: str, grants: Iterable[Grant], at: datetime) -> str:
    """The level that somebody has then who `reached` one, of those that were given and paid for; "" for none."""
    held = (grant.level for grant in grants if grant.holds(at))
    return version.effective(max((reached, *held), key=version.rank))
