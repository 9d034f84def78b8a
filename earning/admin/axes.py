"""An account as of a day, as it was known on a day: what the address of its page asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from earning import queries
from earning.admin import shown
from earning.admin.shown import Table
from loyalty.domain.period import day_period

MOMENT = timedelta(microseconds=1)
AXES = ("as_of", "known_at")


@dataclass(frozen=True, slots=True)
class Axes:
    """The days that were asked for, and the last instants of them, or now where that is earlier or no day is given.

    `wrong` names what was asked for and is no day.
    """

    as_of_day: str
    known_on_day: str
    as_of: datetime
    known_at: datetime
    wrong: frozenset[str]

    @property
    def given(self) -> bool:
        """Whether a day was asked for, and every one that was is a day."""
        return bool(self.as_of_day or self.known_on_day) and not self.wrong

    @property
    def when(self) -> tuple[datetime | None, datetime | None]:
        """As of when, as it was known when; None: now."""
        return (self.as_of, self.known_at) if self.given else (None, None)


def axes(request: HttpRequest, zone: ZoneInfo) -> Axes:
    """What `?as_of=2026-01-31&known_at=2026-02-02` means in a zone; what is no day is told as wrong."""
    now = timezone.now()
    asked = {name: request.GET.get(name, "").strip() for name in AXES}
    days = {name: day_asked(typed) for name, typed in asked.items()}
    shown_days = [day.isoformat() if day else "" for day in days.values()]
    ends = [_end(day, zone, now) for day in days.values()]
    return Axes(shown_days[0], shown_days[1], ends[0], ends[1], frozenset(name for name in AXES if asked[name] and days[name] is None))


def held_then(balance: queries.Balance, decimals: int) -> Table:
    """What the account held, as a table of one row."""
    names = {
        "balance": _("Balance"), "available": _("Can be spent"), "pending": _("Not active yet"), "held": _("Kept aside"), "debt": _("Debt")
    }  # fmt: skip
    figures = [shown.points(getattr(balance, name), decimals=decimals) for name in names]
    return {"headers": list(names.values()), "figures": list(range(len(names))), "led": 0, "rows": [figures]}


def day_asked(typed: str) -> date | None:
    """The day that somebody typed; None for what is none."""
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day if 1900 <= day.year < 9999 else None


def _end(day: date | None, zone: ZoneInfo, now: datetime) -> datetime:
    if day is None:
        return now
    end = day_period(day, zone).end
    assert end is not None
    return min(now, (end - MOMENT).astimezone(UTC))
