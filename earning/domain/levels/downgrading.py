"""How customers lose a level that they do not earn any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, assert_never
from zoneinfo import ZoneInfo

from earning.domain.expiry import months_later
from earning.domain.levels.windows import next_anniversary
from loyalty.domain.errors import DomainError
from loyalty.domain.period import business_day, local_midnight

DowngradeTime = Literal["never", "at_once", "after_days", "period_end"]
Reset = Literal["none", "progress", "points"]
"""What a downgrade takes beside the level. progress: what counted until then counts no more, the level that is left is earned anew.
points: what is left of the points that were active then ends.
"""
DowngradePeriod = Literal["month", "quarter", "year", "membership_year"]
USUAL_PERIOD: DowngradePeriod = "year"
MONTHS = {"month": 1, "quarter": 3, "year": 12}
MOST_DAYS_BELOW, MOST_WARN_DAYS = 3650, 366


@dataclass(frozen=True, slots=True, kw_only=True)
class Downgrade:
    """How a level goes that is not earned any more: to the one that is, or `one_step` at most in each period.

    never: only with goods that come back. at_once: when what counts leaves its window. after_days: when that was `days` ago.
    period_end: with the `period` in which it was not earned. It may `reset` progress or points; then the level that is left stays
    until the next end of a period at least. The customer is told `warn_days` before, also of the end of a level that was given or
    paid for (0: not at all).
    """

    when: DowngradeTime = "never"
    period: DowngradePeriod = USUAL_PERIOD
    days: int = 0
    one_step: bool = False
    warn_days: int = 0
    reset: Reset = "none"

    @property
    def lands_softly(self) -> bool:
        """Whether a level that was fallen to is kept until the period ends."""
        return self.one_step or self.reset == "progress"

    def check(self) -> None:
        """Raises DomainError for what no level set can say."""
        if self.when == "after_days" and not 0 < self.days <= MOST_DAYS_BELOW:
            raise DomainError("earning.level_days_below_invalid", field="days", most=MOST_DAYS_BELOW)
        if self.when != "after_days" and self.days:
            raise DomainError("earning.level_days_of_nothing", field="days")
        if self.when == "never" and self.period != USUAL_PERIOD:
            raise DomainError("earning.level_period_of_nothing", field="period")
        if not 0 <= self.warn_days <= MOST_WARN_DAYS:
            raise DomainError("earning.level_warn_days_invalid", field="warn_days", most=MOST_WARN_DAYS)

    def period_end(self, after: datetime, zone: ZoneInfo, joined: datetime | None) -> datetime:
        """The first end of a period after that instant; a membership year begins on the anniversary of `joined`."""
        day = business_day(after, zone)
        match self.period:
            case "month" | "quarter" | "year":
                months = MONTHS[self.period]
                first = date(day.year, (day.month - 1) // months * months + 1, 1)
                return local_midnight(months_later(first, months), zone)
            case "membership_year":
                return local_midnight(next_anniversary(business_day(joined or after, zone), day), zone)
            case _:
                assert_never(self.period)


NO_DOWNGRADE = Downgrade()


def days_later(at: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The first local midnight by which so many whole days have passed."""
    day = business_day(at, zone)
    begun = local_midnight(day, zone) < at
    return local_midnight(day + timedelta(days=days + begun), zone)
