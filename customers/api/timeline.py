"""`/api/v1/customers/{id}/timeline`: everything that happened with a customer, across contexts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any

import msgspec
from django.http import HttpRequest

from customers import queries
from loyalty.admin.timeline import told
from loyalty.api.paging import LARGEST_PAGE, Page, opened_cursor, sealed_cursor
from loyalty.api.views import QueryView
from loyalty.staff.actors import actors_seen
from loyalty.staff.models import PrivilegedRead
from loyalty.staff.permissions import SEE_HISTORY
from loyalty.staff.principal import Principal
from loyalty.timeline import Place, timeline

LIST = "timeline"


class FactAnswer(msgspec.Struct, frozen=True):
    """A fact in words: its title, and what it says, line by line."""

    title: str
    text: list[str]


class HappenedAnswer(msgspec.Struct, frozen=True):
    """What happened, in the language of who asks. `what` is a stable code: the name of an event, or of what stands beside the log
    ("customers.signed_in", "customers.signed_out", "messages.written", "staff.looked").
    """

    at: datetime
    what: str
    title: str
    actor: str
    channel: str
    facts: list[FactAnswer]


@dataclass(frozen=True, slots=True)
class PlainReader:
    """Somebody who is shown no links."""

    principal: Principal

    def has_perm(self, name: str) -> bool:
        return False


class TimelineQuery(msgspec.Struct):
    """The latest first, one page of them."""

    limit: int = 50
    cursor: str | None = None


class TimelineView(QueryView):
    """Show everything that happened with a customer, the latest first. The look is noted.

    Messages, sign-ins and looks at their data stand there too, as far as who asks may see them.
    """

    permission = SEE_HISTORY
    query = TimelineQuery
    answer = Page[HappenedAnswer]

    def ask(self, query: TimelineQuery, **path: Any) -> Page[HappenedAnswer]:
        customer_id = queries.customer(path["customer_id"]).id
        limit = max(1, min(query.limit, LARGEST_PAGE))
        page, following = timeline(self.tenant.id, customer_id, self.principal.may, self._place(query.cursor), limit)
        PrivilegedRead.note(self.principal, f"{SEE_HISTORY}:timeline", customer_id)
        lines = told(self._reader(), page, lambda acted: actors_seen(acted, self.principal))
        return Page([_happened(line) for line in lines], self._cursor(following) if following else None)

    def _reader(self) -> HttpRequest:
        """Who reads, as the words of histories ask for it: names, and no links."""
        request: Any = HttpRequest()
        request.tenant, request.user = self.tenant, PlainReader(self.principal)
        return request  # type: ignore[no-any-return]

    def _place(self, cursor: str | None) -> Place:
        opened = opened_cursor(cursor, self.tenant.id, LIST)
        if opened is None:
            return Place()
        position, moment = opened
        return Place(position, moment and (datetime.fromisoformat(moment[0]), moment[1]))

    def _cursor(self, place: Place) -> str:
        moment = place.moment and [place.moment[0].isoformat(), place.moment[1]]
        return sealed_cursor([place.position, moment], self.tenant.id, LIST)


def _happened(line: dict[str, Any]) -> HappenedAnswer:
    facts = [FactAnswer(str(title), list(_lines(value))) for title, value, _is_list in line["facts"] if value != "–"]
    return HappenedAnswer(line["at"], line["name"], str(line["title"]), str(line["actor"]), str(line["channel"]), facts)


def _lines(value: Any) -> Iterator[str]:
    for part in value if isinstance(value, list) else [value]:
        yield unescape(str(part))
