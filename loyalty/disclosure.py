"""What a person is told of everything that is kept of them: each context says its part, in its module `disclosure`.

    @discloses("messages.outbox", _("Messages"), "outbox_message")
    def messages(customer_id: UUID) -> Iterator[Row]:
        yield {"text": …, "written_at": …}

A row is plain values by field (text, whole numbers, truth, times, days, lists of text); fields are called as facts are in a history.
The tables from which a chapter tells are named, so that a test finds what nobody tells of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language, gettext

from loyalty.admin.facts import Around, fact_title, fact_value
from loyalty.house import formats
from loyalty.tenancy.models import Tenant

Row = Mapping[str, Any]
Tell = Callable[[UUID], Iterable[Row]]
NOTHING = "–"
WIDE = 8
"""More fields than a printed table has room for."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of what is kept: its rows all have the same fields."""

    name: str
    title: Any
    tables: tuple[str, ...]
    tell: Tell


CHAPTERS: dict[str, Chapter] = {}


def discloses(name: str, title: Any, *tables: str) -> Callable[[Tell], Tell]:
    """Register a chapter. Raises ValueError for a name that is taken."""

    def register(tell: Tell) -> Tell:
        if name in CHAPTERS:
            raise ValueError(f"{name} is told by {CHAPTERS[name].tell}")
        CHAPTERS[name] = Chapter(name, title, tables, tell)
        return tell

    return register


def disclosed(customer_ids: Sequence[UUID]) -> dict[str, list[Row]]:
    """The rows of each chapter by its name: of all ids under which one person is known, each row once. What contexts know of the person
    comes before what the platform did with it. Needs an open `reading`.
    """
    told: dict[str, list[Row]] = {}
    for name, chapter in sorted(CHAPTERS.items(), key=lambda told: told[1].tell.__module__.startswith("loyalty.")):
        rows = told[name] = list(chapter.tell(customer_ids[0]))
        for other in customer_ids[1:]:
            rows += [row for row in chapter.tell(other) if row not in rows]
    return told


def disclosure_page(told: Mapping[str, Sequence[Row]], tenant: Tenant, back: str = "") -> str:
    """The same as a page to be printed, in the reader's language. `back` is the address (its name) that it was asked for at."""
    chapters = [{"title": CHAPTERS[name].title, **_table(rows, tenant)} for name, rows in told.items()]
    made_at = _shown("made_at", timezone.now(), tenant)
    return render_to_string("disclosure/page.html", {"tenant": tenant, "chapters": chapters, "made_at": made_at, "back": back})


def _table(rows: Sequence[Row], tenant: Tenant) -> dict[str, Any]:
    """Several rows below their titles, whatever fields each has; one long row as pairs of title and value."""
    fields = list(dict.fromkeys(field for row in rows for field in row))
    said = [[_shown(field, row.get(field), tenant) for field in fields] for row in rows]
    titles = [fact_title(field) for field in fields]
    pairs = list(zip(titles, said[0], strict=True)) if len(rows) == 1 and len(fields) > WIDE else []
    return {"titles": titles, "rows": said, "pairs": pairs}


def _shown(field: str, value: Any, tenant: Tenant) -> str:
    language = get_language() or formats.FALLBACK
    match fact_value(field, value, Around(tenant.currency)):
        case None | "" | []:
            return NOTHING
        case bool(true):
            return gettext("yes") if true else gettext("no")
        case datetime() as moment:
            return formats.day_and_clock(moment, tenant.zone, language)
        case date() as day:
            return formats.day(day, tenant.zone, language)
        case list(parts):
            return ", ".join(map(str, parts))
        case found:
            return str(found)
