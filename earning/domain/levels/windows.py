"""Since when something counts."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from earning.domain.expiry import in_month, months_later
from earning.domain.levels.measures import Measure
from loyalty.domain.period import business_day, local_midnight


def window_start(measure: Measure, at: datetime, zone: ZoneInfo, joined: datetime | None) -> datetime | None:
    """The instant since which a measure counts, seen from `at`; None: since ever. `joined` is the first purchase that counted."""
    today = business_day(at, zone)
    match measure.window:
        case "lifetime":
            return None
        case "rolling_months":
            return local_midnight(months_later(today, -measure.months), zone)
        case "calendar_year":
            return local_midnight(date(today.year, 1, 1), zone)
        case "membership_year":
            return local_midnight(_anniversary(business_day(joined or at, zone), today), zone)
        case _:
            assert_never(measure.window)


def window_end(measure: Measure, at: datetime, zone: ZoneInfo, joined: datetime | None) -> datetime | None:
    """The first instant at which what was bought `at` does not count any more; None: it always does."""
    day = business_day(at, zone)
    match measure.window:
        case "lifetime":
            return None
        case "rolling_months":
            last = months_later(day, measure.months)
            while months_later(last, -measure.months) <= day:
                last += timedelta(days=1)
            return local_midnight(last, zone)
        case "calendar_year":
            return local_midnight(date(day.year + 1, 1, 1), zone)
        case "membership_year":
            return local_midnight(next_anniversary(business_day(joined or at, zone), day), zone)
        case _:
            assert_never(measure.window)


def next_anniversary(joined: date, today: date) -> date:
    """The first one after today."""
    this_year = in_month(today.year, joined.month, joined.day)
    return this_year if this_year > today else in_month(today.year + 1, joined.month, joined.day)


def _anniversary(joined: date, today: date) -> date:
    """The last one: on 28 February of common years for who joined on 29 February."""
    this_year = in_month(today.year, joined.month, joined.day)
    return this_year if this_year <= today else in_month(today.year - 1, joined.month, joined.day)
