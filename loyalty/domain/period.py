"""Time: aware UTC instants; every period is half-open, `[start, end)`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Period:
    """`[start, end)`; None means open on that side."""

    start: datetime | None = None
    end: datetime | None = None

    def __contains__(self, at: datetime) -> bool:
        return (self.start is None or self.start <= at) and (self.end is None or at < self.end)


def local_midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant (UTC) at which `day` begins in `zone`; where midnight is skipped, the first instant after it."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def business_day(at: datetime, zone: ZoneInfo) -> date:
    """The calendar day of the instant `at` in `zone`."""
    return at.astimezone(zone).date()


def day_period(day: date, zone: ZoneInfo) -> Period:
    return Period(local_midnight(day, zone), local_midnight(day + timedelta(days=1), zone))
