"""`/app/terms/`: what one agrees to by joining; for everybody to read, before and after."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

TERMS = "app-1"
"""The version of the text that holds as long as the programme has none of its own; consents name it."""


@require_safe
def terms(request: HttpRequest, version: str = TERMS) -> HttpResponse:
    """The text of a version, in the reader's language."""
    if version != TERMS:
        raise Http404
    return render(request, "customers/app/terms.html", {"version": version})
