"""When a shop is open in an ordinary week."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from loyalty.domain.errors import DomainError

DAY = 24 * 60
WEEK = 7 * DAY
MOST_SPANS = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSpan:
    """Open on `weekday` (1 Monday … 7 Sunday) from minute `opens` of that day up to, not including, minute `closes`.

    Local time of the shop. `closes` may lie in the next day: 18:00 to 02:00 is 1080 to 1560.
    """

    weekday: int
    opens: int
    closes: int

    @property
    def start(self) -> int:
        """Minutes since Monday 00:00."""
        return (self.weekday - 1) * DAY + self.opens

    @property
    def end(self) -> int:
        return (self.weekday - 1) * DAY + self.closes


OpeningHours = tuple[OpenSpan, ...]


def checked_hours(hours: OpeningHours) -> OpeningHours:
    """The week in order. Raises DomainError `pos.opening_hours_invalid`, or `pos.opening_hours_overlap` for two spans at once."""
    if len(hours) > MOST_SPANS or not all(_possible(span) for span in hours):
        raise DomainError("pos.opening_hours_invalid", field="opening_hours")
    ordered = tuple(sorted(hours, key=lambda span: (span.start, span.end)))
    if any(earlier.end > later.start for earlier, later in pairwise(ordered)):
        raise DomainError("pos.opening_hours_overlap", field="opening_hours")
    if ordered and ordered[-1].end - WEEK > ordered[0].start:
        raise DomainError("pos.opening_hours_overlap", field="opening_hours")
    return ordered


def _possible(span: OpenSpan) -> bool:
    return 1 <= span.weekday <= 7 and 0 <= span.opens < DAY and span.opens < span.closes <= span.opens + DAY
