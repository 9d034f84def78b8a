"""When a rule counts: from one day to another, on some weekdays, at some hours, on the clock of its zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from loyalty.domain.errors import DomainError

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


def check_windows(windows: tuple[Window, ...]) -> None:
    """Raises DomainError for a window in which nothing can happen."""
    if len(windows) > MOST_SPANS:
        raise DomainError("earning.rule_too_many_spans", field="windows", most=MOST_SPANS)
    if any(w.starts is not None and w.ends is not None and w.starts >= w.ends for w in windows):
        raise DomainError("earning.rule_window_invalid", field="windows")


def check_hours(weekdays: tuple[int, ...], hours: tuple[Hours, ...]) -> None:
    """Raises DomainError for what no clock shows."""
    if any(not 0 <= day <= 6 for day in weekdays):
        raise DomainError("earning.rule_weekday_invalid", field="weekdays")
    if len(hours) > MOST_SPANS:
        raise DomainError("earning.rule_too_many_spans", field="hours", most=MOST_SPANS)
    for span in hours:
        if not 0 <= span.opens < MINUTES_OF_A_DAY or not 0 < span.closes <= MINUTES_OF_A_DAY or span.opens == span.closes:
            raise DomainError("earning.rule_hours_invalid", field="hours")
