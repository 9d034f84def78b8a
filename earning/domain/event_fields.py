"""What conditions may ask of a customer's custom events: fields that name a type, such as `event.times.app_review`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from earning.domain.seen import EventsSeen

TIMES, TIMES_30_DAYS, DAYS_SINCE = "event.times.", "event.times_30_days.", "event.days_since."
LONGEST_TYPE = 40
TYPE = re.compile(rf"[a-z][a-z0-9_-]{{0,{LONGEST_TYPE - 1}}}\Z", re.ASCII)
"""The code of a type of custom events."""


def _days_since(seen: EventsSeen, at: datetime, zone: ZoneInfo) -> int | None:
    """Calendar days in `zone`."""
    return None if seen.last_at is None else (at.astimezone(zone).date() - seen.last_at.astimezone(zone).date()).days


EVENT_FIELDS: Mapping[str, Callable[[EventsSeen, datetime, ZoneInfo], int | None]] = {
    TIMES: lambda seen, at, zone: seen.times,
    TIMES_30_DAYS: lambda seen, at, zone: seen.times_30_days,
    DAYS_SINCE: _days_since,
}
"""By what the field begins with, what is seen of a type for a purchase made at a time; all are whole numbers."""


def of_events(field: str) -> tuple[str, str] | None:
    """What a field begins with, and the code of the type that it names, in small letters; None for a field of something else."""
    for begin in EVENT_FIELDS:
        if field.startswith(begin):
            code = field.removeprefix(begin).lower()
            return (begin, code) if TYPE.match(code) else None
    return None


def events_seen(field: str, known: Mapping[str, EventsSeen], at: datetime, zone: str) -> tuple[int, ...]:
    """What is seen of a field of events: nothing of a type that was not looked at, or that there has been none of to count days from."""
    found = of_events(field)
    seen = None if found is None else known.get(found[1])
    value = None if found is None or seen is None else EVENT_FIELDS[found[0]](seen, at, ZoneInfo(zone))
    return () if value is None else (value,)
