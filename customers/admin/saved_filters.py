"""Filters of the list of customers under a name: one's own, and those that colleagues share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.domain.text import plain
from customers.models import SavedFilter
from customers.permissions import SEE
from loyalty.domain.errors import DomainError
from loyalty.messages.refusals import message

NOT_SAVED = {"q", "p", "o", "e", "all", "name", "shared", "csrfmiddlewaretoken"}
"""What was typed to find somebody, and how the list stood: no part of a filter."""
LONGEST_NAME, LONGEST_QUERY = 60, 1000
LIST = "admin:customers_customer_changelist"


def narrowing(given: QueryDict) -> str:
    """The part of an address that narrows the list."""
    kept = QueryDict(mutable=True)
    for name in sorted(set(given) - NOT_SAVED):
        kept.setlist(name, [value for value in given.getlist(name) if value])
    return kept.urlencode()


def offered(request: HttpRequest) -> list[dict[str, Any]]:
    """What the reader may choose from, by name; `own` ones may be taken away."""
    here, user = narrowing(request.GET), _user(request)
    return [
        {
            "id": one.pk,
            "name": one.name,
            "url": f"?{one.query}",
            "chosen": one.query == here,
            "own": one.user_id == user,
            "shared": one.shared,
        }
        for one in _seen(request).order_by("name", "saved_at")
    ]


def save(request: HttpRequest) -> HttpResponse:
    """Keep how the list is narrowed; the same name again replaces what was kept under it."""
    query = narrowing(request.POST)
    try:
        name = plain(request.POST.get("name", ""), "name", LONGEST_NAME)
    except DomainError as refusal:
        messages.error(request, message(refusal))
        return _back(query)
    if not name or not query or len(query) > LONGEST_QUERY:
        messages.error(request, _("Narrow the list first, and give the filter a name."))
        return _back(query)
    kept = {"query": query, "shared": request.POST.get("shared") == "on"}
    SavedFilter.objects.update_or_create(kept, tenant_id=_tenant(request), user_id=_user(request), name=name)
    messages.success(request, _("The filter “%(name)s” is saved.") % {"name": name})
    return _back(query)


def remove(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take one of one's own away."""
    found = _seen(request).filter(pk=key, user_id=_user(request)).first()
    if found is not None:
        found.delete()
        messages.success(request, _("The filter “%(name)s” is removed.") % {"name": found.name})
    return _back("")


def views() -> Sequence[tuple[str, str, Any]]:
    """Address below the list, name and view of each."""
    return (("filters/save/", "save_filter", _posted(save)), ("filters/<uuid:key>/remove/", "remove_filter", _posted(remove)))


def _posted(view: Any) -> Any:
    def only(request: HttpRequest, **path: Any) -> HttpResponse:
        if not request.user.has_perm(SEE):
            raise PermissionDenied
        return view(request, **path) if request.method == "POST" else _back("")

    return only


def _seen(request: HttpRequest) -> QuerySet[SavedFilter]:
    return SavedFilter.objects.filter(Q(user_id=_user(request)) | Q(shared=True), tenant_id=_tenant(request))


def _back(query: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse(LIST)}?{query}" if query else reverse(LIST))


def _tenant(request: HttpRequest) -> int:
    return int(request.tenant.id)  # type: ignore[attr-defined]


def _user(request: HttpRequest) -> UUID:
    user: Any = request.user
    return UUID(str(user.pk))
