"""When a rule counts: from one day to another, on some weekdays, at some hours, on the clock of its zone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from earning.domain.dates import NEWEST, OLDEST
from loyalty.domain.errors import DomainError
from loyalty.domain.period import Period

MINUTES_OF_A_DAY = 24 * 60
MOST_SPANS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """`starts` ≤ time of purchase < `ends` (None: no limit)."""

    starts: datetime | None = None
    ends: datetime | None = None

    def __contains__(self, at: datetime) -> bool:
        return (self.starts is None or self.starts <= at) and (self.ends is None or at < self.ends)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """`opens` ≤ minute of the day < `closes`; hours that close before they open run over midnight."""

    opens: int
    closes: int

    def __contains__(self, at: datetime) -> bool:
        minute = at.hour * 60 + at.minute
        if self.opens < self.closes:
            return self.opens <= minute < self.closes
        return minute >= self.opens or minute < self.closes


def may_fall(windows: Collection[Window], weekdays: Collection[int], day: Period, zone: str) -> bool:
    """Whether some instant of the `day` (with a start and an end) lies in one of the windows, and on one of the weekdays in `zone`."""
    assert day.start is not None
    assert day.end is not None
    first, last = day.start, day.end - timedelta(microseconds=1)
    in_time = not windows or any((w.starts is None or w.starts <= last) and (w.ends is None or first < w.ends) for w in windows)
    clock = ZoneInfo(zone)
    return in_time and (not weekdays or bool({first.astimezone(clock).weekday(), last.astimezone(clock).weekday()} & set(weekdays)))


def check_windows(windows: tuple[Window, ...]) -> None:
    """Raises DomainError for a window in which nothing can happen."""
    if len(windows) > MOST_SPANS:
        raise DomainError("earning.rule_too_many_spans", field=f"windows.{MOST_SPANS}", most=MOST_SPANS)
    for place, one in enumerate(windows):
        if one.starts is None and one.ends is None:
            raise DomainError("earning.rule_window_empty", field=f"windows.{place}")
        for name, at in (("starts", one.starts), ("ends", one.ends)):
            if at is not None and not OLDEST <= at < NEWEST:
                raise DomainError("earning.rule_window_out_of_reach", field=f"windows.{place}.{name}")
        if one.starts is not None and one.ends is not None and one.starts >= one.ends:
            raise DomainError("earning.rule_window_invalid", field=f"windows.{place}.ends")


def check_hours(weekdays: tuple[int, ...], hours: tuple[Hours, ...]) -> None:
    """Raises DomainError for what no clock shows."""
    for place, day in enumerate(weekdays):
        if not 0 <= day <= 6:
            raise DomainError("earning.rule_weekday_invalid", field=f"weekdays.{place}")
    if len(hours) > MOST_SPANS:
        raise DomainError("earning.rule_too_many_spans", field=f"hours.{MOST_SPANS}", most=MOST_SPANS)
    for place, span in enumerate(hours):
        if not 0 <= span.opens < MINUTES_OF_A_DAY or not 0 < span.closes <= MINUTES_OF_A_DAY or span.opens == span.closes:
            raise DomainError("earning.rule_hours_invalid", field=f"hours.{place}")
