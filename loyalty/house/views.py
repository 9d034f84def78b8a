"""A tenant's accent color, the answer to a stale form, and the page that shows every component (demo and tests only)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from loyalty.house.color import accent_css
from loyalty.house.styleguide import shown


@require_safe
@cache_control(public=True, max_age=31536000, immutable=True)
def accent(request: HttpRequest, color: str) -> HttpResponse:
    """The accent tokens for one color, e.g. `c2410c`. The address names the color, so it never changes."""
    try:
        return HttpResponse(accent_css(color), content_type="text/css; charset=utf-8")
    except ValueError:
        raise Http404(color) from None


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component in every state, on one page."""
    return render(request, "styleguide/index.html", shown(request))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open for too long, or came from elsewhere."""
    return render(request, "403.html", status=403)
