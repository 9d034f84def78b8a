"""`/app/terms/`: what one agrees to by joining; for everybody to read, before and after."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from customers import queries
from loyalty.tenancy import reading

UNPUBLISHED = "app-1"
"""The version of the text that holds as long as the programme has none of its own; consents name it."""


def version_now() -> str:
    """What consents call the text that holds. Needs an open `reading`."""
    found = queries.terms()
    return found.name if found else UNPUBLISHED


def agreed_to(seen: str) -> str:
    """What consents call the text that somebody had before them, as the form says; the one that holds where it says none that there is."""
    return seen if seen == UNPUBLISHED or queries.terms(seen or "-") else version_now()


@require_safe
def terms(request: HttpRequest, version: str = "") -> HttpResponse:
    """The text of a version, of the one that holds where none is named, in the reader's language."""
    with reading(request.tenant.id):  # type: ignore[attr-defined]
        published, newest = queries.terms(version), version_now()
    if published is None and version not in {"", UNPUBLISHED}:
        raise Http404
    text = published.in_language(get_language() or "", request.tenant.default_language) if published else ""  # type: ignore[attr-defined]
    shown = {"version": published.name if published else UNPUBLISHED, "published": published, "text": text}
    return render(request, "customers/app/terms.html", shown | {"newer": newest if newest != shown["version"] else ""})
