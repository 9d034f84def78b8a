"""By whose link somebody came, kept with the browser until they have joined."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from customers.invitations import typed_code
from customers.views.access import AT

COOKIE = "customer_invitation"
KEPT = timedelta(days=30)


def keep_invitation(response: HttpResponse, code: str) -> HttpResponse:
    """Keep the code of a link; whether it leads to anybody is not said."""
    age = int(KEPT.total_seconds())
    response.set_cookie(COOKIE, code, max_age=age, path=AT, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax")
    return response


def brought_by(request: HttpRequest) -> str:
    """The code of the link by which somebody came; "" for none."""
    return typed_code(request.COOKIES.get(COOKIE, ""))


def forget_invitation(response: HttpResponse) -> HttpResponse:
    """It has done what it is for."""
    response.delete_cookie(COOKIE, path=AT, samesite="Lax")
    return response
