"""The history of a thing: its stream, event by event, with who did it and through which door."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from loyalty.admin.facts import Around, actor_title, fact_title, fact_value, hidden_facts
from loyalty.admin.naming import Names, names_of
from loyalty.domain.event import Recorded
from loyalty.eventstore import store
from loyalty.staff.actors import actors
from loyalty.staff.models import PrivilegedRead
from loyalty.staff.permissions import SEE_HISTORY
from loyalty.tenancy.models import Tenant

NAMES: dict[str, Any] = {}
BY = "_by"
NOBODY: Names = {}
Actors = Callable[[Iterable[str]], Mapping[str, str]]
"""Names of those who acted, as far as they may be told."""
CHANNELS = {
    "till": _("Till"),
    "admin": _("Administration"),
    "api": _("API"),
    "app": _("Customer's own pages"),
    "import": _("Import"),
    "process": _("Follow-up"),
    "demo": _("Demo"),
}


def name_events(names: Mapping[str, Any]) -> None:
    """How people read published event names: `name_events({"earning.points_earned": _("Points earned")})`."""
    NAMES.update(names)


def title_of(name: str) -> str:
    """The words for a published event name; without some, the name itself made readable."""
    return str(NAMES.get(name) or capfirst(name.partition(".")[2].replace("_", " ")))


def shown(value: Any, around: Around, names: Names = NOBODY) -> Any:
    """A fact as a person reads it; lists and parts of facts become lines."""
    if value is None or value in ("", {}):
        return "–"
    for kinds, words in READ_AS:
        if isinstance(value, kinds):
            return words(value, around, names)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _side_by_side(", ", ((title, said) for title, said in facts_of(value, around, names) if said != "–"))
    return str(value)


def _side_by_side(between: str, told: Iterable[tuple[str, Any]]) -> str:
    """Parts with their titles in one line. Those that are links stay links."""
    return format_html_join(between, "{}: {}", ((title, _inline(said)) for title, said in told))


def _inline(said: Any) -> Any:
    """Lines of a part, side by side."""
    return format_html_join("; ", "{}", ((part,) for part in said)) if isinstance(said, list) else said


def facts_of(event: Any, around: Around, names: Names = NOBODY) -> list[tuple[str, Any]]:
    """The facts of an event, or of a part of one, with their titles."""
    within = around.within(event)
    facts = [(f.name, getattr(event, f.name)) for f in dataclasses.fields(event)]
    return [(fact_title(fact), shown(_named(fact, fact_value(fact, value, within), names), within, names)) for fact, value in facts]


def _named(fact: str, value: Any, names: Names) -> Any:
    """Names in the place of ids."""
    if isinstance(value, tuple):
        return tuple(_named(fact, part, names) for part in value)
    return names.get((fact, value), value) if isinstance(value, UUID | str) else value


READ_AS: list[tuple[Any, Callable[[Any, Around, Names], Any]]] = [
    (bool, lambda v, _around, _names: gettext("yes") if v else gettext("no")),
    (datetime, lambda v, _around, _names: date_format(timezone.localtime(v), "DATETIME_FORMAT")),
    (date, lambda v, _around, _names: date_format(v, "DATE_FORMAT")),
    (str, lambda v, _around, _names: v),
    (Mapping, lambda v, around, names: _side_by_side(", ", ((key, shown(part, around, names)) for key, part in v.items()))),
    ((tuple, list, set, frozenset), lambda v, around, names: [shown(part, around, names) for part in v] or "–"),
]


def read_part(kind: type[Any], words: Callable[[Any, Around], Any]) -> None:
    """How people read parts of facts: `read_part(Address, lambda address, around: …)`; lines are a list."""
    READ_AS.insert(0, (kind, lambda value, around, _names: words(value, around) or "–"))


def _line(r: Recorded[Any], who: Mapping[str, str], around: Around, names: Names, hidden: Collection[str]) -> dict[str, Any]:
    facts = zip(dataclasses.fields(r.event), facts_of(r.event, around, names), strict=True)
    told = [(title, pgettext("fact", "hidden") if one.name in hidden else said) for one, (title, said) in facts]
    return {
        "version": r.version,
        "at": r.metadata.occurred_at,
        "title": title_of(r.name),
        "name": r.name,
        "actor": who.get(r.metadata.actor) or actor_title(r.metadata.actor),
        "channel": CHANNELS.get(r.metadata.channel, r.metadata.channel),
        "facts": [(label, value, isinstance(value, list)) for label, value in told],
        "command_id": r.metadata.command_id,
    }


def history_page(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """For those who hold `history.see`; the look is noted, because events hold what people gave in confidence."""
    user: Any = request.user
    if not (model_admin.has_view_permission(request) and user.has_perm(SEE_HISTORY)):
        raise PermissionDenied
    row = model_admin.row(request, object_id)
    if row is None or not model_admin.streams(row):
        raise Http404
    PrivilegedRead.note(user.principal, SEE_HISTORY, object_id)
    recorded = sorted((r for stream in model_admin.streams(row) for r in store.load(stream)), key=lambda r: r.position, reverse=True)
    return events_page(model_admin, request, row, gettext("History"), recorded)


def events_page(
    model_admin: Any, request: HttpRequest, row: Any, title: str, recorded: Sequence[Recorded[Any]], **more: Any
) -> HttpResponse:
    """Events in their order, with who did each and through which door."""
    return lines_page(model_admin, request, row, title, lines_of(request, recorded), **more)


def lines_of(request: HttpRequest, recorded: Sequence[Recorded[Any]], named: Actors = actors) -> list[dict[str, Any]]:
    """Events in words, with names in the place of ids as far as the reader may see them; `named` knows who acted."""
    tenant: Tenant = request.tenant  # type: ignore[attr-defined]
    acted = {fact for r in recorded for fact in _acted(r.event)}
    who = named({r.metadata.actor for r in recorded} | {actor for _fact, actor in acted})
    names = dict(names_of(request, (r.event for r in recorded)))
    names |= {(fact, actor): who.get(actor) or actor_title(actor) for fact, actor in acted}
    begins = {r.stream_id: r.event for r in store.first(sorted({r.stream_id for r in recorded}))}
    around = Around(tenant.currency)
    may = request.user.has_perm
    return [_line(r, who, dataclasses.replace(around, begin=begins.get(r.stream_id)), names, hidden_facts(r.event, may)) for r in recorded]


def _acted(event: Any) -> Iterator[tuple[str, str]]:
    """Facts that say who did something, as metadata do: `corrected_by` "token:ID"."""
    for one in dataclasses.fields(event):
        value = getattr(event, one.name)
        if one.name.endswith(BY) and isinstance(value, str) and ":" in value:
            yield one.name, value


def lines_page(model_admin: Any, request: HttpRequest, row: Any, title: str, lines: Sequence[dict[str, Any]], **more: Any) -> HttpResponse:
    """Lines of a history as a page of the administration."""
    request.current_app = model_admin.admin_site.name
    context = model_admin.admin_site.each_context(request) | {
        "title": title,
        "trail": model_admin.trail(row, title),
        "subtitle": str(row),
        "lines": lines,
        "back": model_admin._page_of(row),
    }
    return TemplateResponse(request, "admin_kit/history.html", context | more)
