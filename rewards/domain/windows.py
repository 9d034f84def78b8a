"""When a reward is seen, and when it can be had: spans of time, with weekdays and hours on the clock of the shop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from loyalty.domain.errors import DomainError
from rewards.domain.checks import check_year

MINUTES_OF_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardWindow:
    """From `starts` until before `ends` (None: without a bound), on `weekdays` (1 Monday to 7 Sunday; none: on all), from minute
    `opens` of the day until before minute `closes`; one that closes before it opens runs over midnight.
    """

    starts: datetime | None = None
    ends: datetime | None = None
    weekdays: tuple[int, ...] = ()
    opens: int = 0
    closes: int = MINUTES_OF_A_DAY

    def is_open(self, at: datetime, zone: ZoneInfo) -> bool:
        """Whether `at` lies in it."""
        if (self.starts is not None and at < self.starts) or (self.ends is not None and at >= self.ends):
            return False
        if not self.opens and self.closes == MINUTES_OF_A_DAY and not self.weekdays:
            return True
        there = at.astimezone(zone)
        minute = there.hour * 60 + there.minute
        begun_before = self.closes < self.opens and minute < self.closes
        weekday = (there.isoweekday() - 2) % 7 + 1 if begun_before else there.isoweekday()
        open_now = minute >= self.opens or begun_before if self.closes < self.opens else self.opens <= minute < self.closes
        return open_now and (not self.weekdays or weekday in self.weekdays)

    def check(self, field: str) -> None:
        """Raises DomainError for what is no span."""
        for name in ("starts", "ends"):
            check_year(getattr(self, name), f"{field}.{name}")
        if self.starts and self.ends and self.ends <= self.starts:
            raise DomainError("rewards.ends_before_start", field=f"{field}.ends")
        if not set(self.weekdays) <= set(range(1, 8)) or len(set(self.weekdays)) < len(self.weekdays):
            raise DomainError("rewards.weekdays_invalid", field=f"{field}.weekdays")
        if not 0 <= self.opens < MINUTES_OF_A_DAY or not 0 < self.closes <= MINUTES_OF_A_DAY or self.opens == self.closes:
            raise DomainError("rewards.hours_invalid", field=f"{field}.opens")


ALWAYS = RewardWindow()
