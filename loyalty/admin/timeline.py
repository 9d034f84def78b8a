"""The page of a timeline, and its items in words."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext

from loyalty.admin.facts import actor_title
from loyalty.admin.history import CHANNELS, Actors, lines_of, lines_page
from loyalty.domain.event import Recorded
from loyalty.eventstore import store
from loyalty.staff.actors import actors
from loyalty.staff.models import PrivilegedRead
from loyalty.staff.permissions import SEE_HISTORY
from loyalty.timeline import Moment, Place, timeline

PER_PAGE = 50
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def timeline_page(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """A page of it, the latest first; `?before=` is where the page before ended. For those who hold `history.see`; the look is noted."""
    user: Any = request.user
    if not (model_admin.has_view_permission(request) and user.has_perm(SEE_HISTORY)):
        raise PermissionDenied
    row = model_admin.row(request, object_id)
    if row is None:
        raise Http404
    page, following = timeline(row.tenant_id, row.pk, user.has_perm, _before(request), PER_PAGE)
    PrivilegedRead.note(user.principal, f"{SEE_HISTORY}:timeline", row.pk)
    earlier = f"?before={_written(following)}" if following else ""
    return lines_page(model_admin, request, row, gettext("Timeline"), told(request, page), earlier=earlier)


def told(request: HttpRequest, page: Sequence[Recorded[Any] | Moment], named: Actors = actors) -> list[dict[str, Any]]:
    """The items of a page as histories show them; `named` knows who acted."""
    events = iter(lines_of(request, [one for one in page if not isinstance(one, Moment)], named))
    who = named(one.actor for one in page if isinstance(one, Moment))
    return [_line(one, who.get(one.actor) or actor_title(one.actor)) if isinstance(one, Moment) else next(events) for one in page]


def _line(moment: Moment, actor: str) -> dict[str, Any]:
    return {
        "version": None,
        "at": moment.at,
        "title": moment.title,
        "name": moment.what,
        "actor": actor,
        "channel": CHANNELS.get(moment.channel, moment.channel),
        "facts": [(title, text, False) for title, text in moment.facts],
    }


def _written(place: Place) -> str:
    """A place as it stands in an address: “117-1764230000000000-KEY”."""
    if place.moment is None:
        return str(place.position)
    at, key = place.moment
    return f"{place.position}-{(at - EPOCH) // MICROSECOND}-{key}"


def _before(request: HttpRequest) -> Place:
    """The place in the address; the beginning for one that was written by hand."""
    position, *moment = request.GET.get("before", "").split("-", 2)
    if not _is_number(position) or (moment and not (len(moment) == 2 and _is_number(moment[0]))):
        return Place()
    with suppress(OverflowError):
        return Place(int(position), (EPOCH + int(moment[0]) * MICROSECOND, moment[1]) if moment else None)
    return Place()


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < len(str(store.LAST_POSITION))
