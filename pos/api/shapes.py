"""What the endpoints of merchants, points of sale and sellers share: shapes of places, and pages by name."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any, ClassVar, TypeVar
from uuid import UUID

import msgspec

from loyalty.api.paging import LARGEST_PAGE, Page, opened_cursor, sealed_cursor
from loyalty.api.views import QueryView
from pos.commands import UNCHANGED, OpeningHours, OpenSpan, microdegrees

T = TypeVar("T")
Degrees = Annotated[Decimal, msgspec.Meta(description="Degrees with at most six decimals, such as 10.776889.")]
Limit = Annotated[int, msgspec.Meta(ge=1, le=LARGEST_PAGE)]
Clock = Annotated[
    str,
    msgspec.Meta(pattern="^([0-3][0-9]|4[0-7]):[0-5][0-9]$", max_length=5, description="Local time; 26:00 is 2:00 of the next day."),
]


class Opening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Open on `weekday` (1 Monday … 7 Sunday) from `opens` to `closes`."""

    weekday: Annotated[int, msgspec.Meta(ge=1, le=7)]
    opens: Clock
    closes: Clock


class ListQuery(msgspec.Struct):
    """In order of names."""

    limit: Limit = 50
    cursor: str | None = None


def spans(hours: Sequence[Opening]) -> OpeningHours:
    """Opening hours as commands take them."""
    return tuple(OpenSpan(weekday=h.weekday, opens=_minutes(h.opens), closes=_minutes(h.closes)) for h in hours)


def openings(hours: OpeningHours) -> list[Opening]:
    """Opening hours as the API shows them."""
    return [Opening(weekday=span.weekday, opens=_clock(span.opens), closes=_clock(span.closes)) for span in hours]


def facts_of(body: msgspec.Struct) -> dict[str, Any]:
    """The fields of a body as commands take them: what was left out is UNCHANGED, degrees are whole. May raise DomainError."""
    facts: dict[str, Any] = {name: UNCHANGED if value is msgspec.UNSET else value for name, value in msgspec.structs.asdict(body).items()}
    for field in ("latitude", "longitude"):
        if isinstance(typed := facts.get(field), Decimal):
            facts[field] = microdegrees(typed, field)
    if "opening_hours" in facts and facts["opening_hours"] is not UNCHANGED:
        facts["opening_hours"] = spans(facts["opening_hours"])
    return facts


class NamedListView(QueryView):
    """A list in order of names, by cursor."""

    list_name: ClassVar[str]
    query: ClassVar[type[msgspec.Struct] | None] = ListQuery

    def page(self, query: Any, ask: Any, key: Any, shown: Any, **chosen: Any) -> Page[Any]:
        """`ask(after=…, limit=…)` gives the rows, `key(row)` where each stands, `shown(row)` how it is answered."""
        after = opened_cursor(query.cursor, self.tenant.id, self.list_name)
        rows = ask(after=after and tuple(after), limit=query.limit + 1, **chosen)
        following = sealed_cursor(key(rows[query.limit - 1]), self.tenant.id, self.list_name) if len(rows) > query.limit else None
        return Page([shown(row) for row in rows[: query.limit]], following)


def name_and_id(name: str, key: UUID) -> list[str]:
    """Where a row stands in a list by names."""
    return [name, str(key)]


def _minutes(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
