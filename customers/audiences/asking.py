"""Of whom something is asked, and when; and pieces of statements with their parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from earning.queries import Among, narrowed


class Sql(NamedTuple):
    """A piece of a statement, and its parameters in the order of their places."""

    text: str
    params: tuple[Any, ...] = ()


def joined(by: str, pieces: Sequence[Sql]) -> Sql:
    """The pieces with `by` between them."""
    return Sql(by.join(one.text for one in pieces), tuple(param for one in pieces for param in one.params))


def filled(template: str, *pieces: Sql) -> Sql:
    """A text without parameters of its own, with pieces in the places of its {}."""
    return Sql(template.format(*(one.text for one in pieces)), tuple(param for one in pieces for param in one.params))


@dataclass(frozen=True, slots=True)
class Asking:
    """Of whom it is asked, and when: `among` narrows it to some customers (None: all of the tenant)."""

    tenant_id: int
    zone: ZoneInfo
    now: datetime
    among: Among | None = None

    @property
    def today(self) -> date:
        """On the programme's calendar."""
        return self.now.astimezone(self.zone).date()

    def midnight(self, day: date) -> datetime:
        """When a day begins there."""
        return datetime.combine(day, time.min, self.zone)

    def within(self, column: str) -> Sql:
        """Those of the tenant, narrowed as is wanted; `column` holds ids of customers."""
        narrow, params = narrowed(column, self.among)
        return Sql(f"tenant_id = %s{narrow}", (self.tenant_id, *params))
