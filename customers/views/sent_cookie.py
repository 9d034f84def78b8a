"""Where the code to sign in went, kept as long as the code is good with the browser in which it was typed: nobody else sees it."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from customers.domain.challenge import GOOD_FOR, KINDS, ChallengeKind

COOKIE, SALT = "customer_code", "customers.sent_to"
AT = "/app/sign-in/"


def keep_sent_to(response: HttpResponse, challenge_id: UUID, kind: ChallengeKind, to: str) -> HttpResponse:
    """Keep where the code of a challenge went, in its normal form."""
    how = {"max_age": int(GOOD_FOR.total_seconds()), "path": AT, "httponly": True, "samesite": "Lax"}
    response.set_signed_cookie(COOKIE, f"{challenge_id} {kind} {to}", salt=SALT, secure=settings.SESSION_COOKIE_SECURE, **how)
    return response


def sent_to(request: HttpRequest, challenge_id: UUID) -> tuple[ChallengeKind, str] | None:
    """Kind and where it went; None where another browser asked for the code, or long ago."""
    kept = request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=int(GOOD_FOR.total_seconds())) or ""
    whose, _, told = kept.partition(" ")
    kind, _, to = told.partition(" ")
    return (kind, to) if whose == str(challenge_id) and kind in KINDS else None


def forget_sent_to(response: HttpResponse) -> HttpResponse:
    """It has done what it is for."""
    response.delete_cookie(COOKIE, path=AT, samesite="Lax")
    return response
