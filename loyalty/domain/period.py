"""Time: aware UTC instants; every period is half-open, `[start, end)`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

LimitPeriod = Literal["day", "week", "month", "quarter", "half_year", "year", "ever"]
"""A period of the calendar in which something counts; weeks begin on Monday."""
MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


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


@lru_cache(maxsize=512)
def period_start(period: LimitPeriod, at: datetime, zone: str) -> str:
    """The first day of the period of `at` in `zone`, as text; "" for ever."""
    day = business_day(at, ZoneInfo(zone))
    match period:
        case "ever":
            return ""
        case "day":
            return day.isoformat()
        case "week":
            return (day - timedelta(days=day.weekday())).isoformat()
        case "month" | "quarter" | "half_year" | "year":
            months = MONTHS[period]
            return date(day.year, (day.month - 1) // months * months + 1, 1).isoformat()


def next_start(period: LimitPeriod, at: datetime, zone: str) -> date | None:
    """The first day of the period after that of `at` in `zone`: what was used counts no more then. None where that never comes."""
    if period == "ever":
        return None
    first = date.fromisoformat(period_start(period, at, zone))
    if period in {"day", "week"}:
        return first + timedelta(days=1 if period == "day" else 7)
    months = first.year * 12 + first.month - 1 + MONTHS[period]
    return date(months // 12, months % 12 + 1, 1)
