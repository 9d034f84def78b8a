"""`/app/terms/`: what one agrees to by joining; for everybody to read, before and after."""

from __future__ import annotations

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from customers import queries
from customers.domain.terms import version_name
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant

A_DAY = timedelta(days=1)
UNPUBLISHED = "app-1"
"""The version of the text that holds as long as the programme has none of its own; consents name it."""


def version_now() -> str:
    """What consents call the text that holds. Needs an open `reading`."""
    found = queries.terms()
    return found.name if found else UNPUBLISHED


def agreed_to(seen: str) -> str:
    """What consents call the text that somebody had before them, as the form says: the one that holds, or the one that did until a day ago.

    Needs an open `reading`.
    """
    now = queries.terms()
    if now is None or now.published_at < timezone.now() - A_DAY:
        return version_now()
    before = version_name(now.number - 1) if now.number > 1 else UNPUBLISHED
    return before if seen == before else now.name


@require_safe
def terms(request: HttpRequest, version: str = "") -> HttpResponse:
    """The text of a version, of the one that holds where none is named, in the reader's language."""
    tenant: Tenant = request.tenant  # type: ignore[attr-defined]
    with reading(tenant.id):
        published, newest = queries.terms(version), version_now()
    if published is None and version not in {"", UNPUBLISHED}:
        raise Http404
    text = published.in_language(get_language() or "", tenant.default_language) if published else ""
    shown = {"version": published.name if published else UNPUBLISHED, "published": published, "text": text}
    return render(request, "customers/app/terms.html", shown | {"newer": newest if newest != shown["version"] else ""})
