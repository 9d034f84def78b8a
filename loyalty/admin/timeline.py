"""Everything that happened with somebody, across contexts: each says in its `admin` which streams tell of them.

timeline.follow("earning", streams_about)

def streams_about(tenant_id: int, customer_id: UUID) -> Iterable[UUID]: …
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext

from loyalty.admin.history import events_page
from loyalty.eventstore import store
from loyalty.staff.models import PrivilegedRead
from loyalty.staff.permissions import SEE_HISTORY

PER_PAGE = 50
About = Callable[[int, UUID], Iterable[UUID]]
FOLLOWED: dict[str, About] = {}


def follow(name: str, about: About) -> None:
    """Let timelines tell of the streams of one context."""
    FOLLOWED[name] = about


def streams_about(tenant_id: int, customer_id: UUID) -> list[UUID]:
    """All streams that tell of somebody."""
    return [stream for about in FOLLOWED.values() for stream in about(tenant_id, customer_id)]


def timeline_page(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """A page of it, the latest first; `?before=` is where the page before ended. For those who hold `history.see`; the look is noted."""
    user: Any = request.user
    if not (model_admin.has_view_permission(request) and user.has_perm(SEE_HISTORY)):
        raise PermissionDenied
    row = model_admin.row(request, object_id)
    if row is None:
        raise Http404
    PrivilegedRead.note(user.principal, f"{SEE_HISTORY}:timeline", row.pk)
    found = store.latest(streams_about(row.tenant_id, row.pk), PER_PAGE + 1, before=_before(request))
    page = found[:PER_PAGE]
    earlier = f"?before={page[-1].position}" if len(found) > PER_PAGE else ""
    return events_page(model_admin, request, row, gettext("Timeline"), page, earlier=earlier)


def _before(request: HttpRequest) -> int:
    typed = request.GET.get("before", "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < len(str(store.LAST_POSITION)) else store.LAST_POSITION
