"""Middleware of the pages. The REST API needs none of it and skips it: each layer costs time on the hottest path."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, cast

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxMiddleware

from loyalty.observability import request_id
from loyalty.outage import RETRY_AFTER, passes
from loyalty.staff.models import User
from loyalty.staff.signing_in import lacks_factor
from loyalty.tenancy.current import reading

API = "/api/v1/"
Answer = Callable[[HttpRequest], HttpResponse]


class PagesOnly:
    """Mixed in before a middleware class: requests to the API go straight on."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(API):
            return cast(HttpResponse, self.get_response(request))
        return cast(HttpResponse, super().__call__(request))  # type: ignore[misc]


class PageSessionMiddleware(PagesOnly, SessionMiddleware):
    """Sessions of staff and customers on pages."""


class PageCsrfMiddleware(PagesOnly, CsrfViewMiddleware):
    """API requests carry a token, never a cookie."""


class PageAuthenticationMiddleware(PagesOnly, AuthenticationMiddleware):
    """Who is signed in, on pages: looked up when asked for, in the tenant's transaction or a short one of its own."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: signed_in(request))  # type: ignore[assignment]


def signed_in(request: HttpRequest) -> Any:
    """The user of the session. Another tenant's session finds nobody: row-level security hides its user.

    Nor is anybody signed in who needs a second factor and came without, such as one who got another role since.
    """
    tenant = getattr(request, "tenant", None)
    if tenant is None:
        return AnonymousUser()
    with reading(tenant.id):
        user = get_user(request)
    return AnonymousUser() if isinstance(user, User) and lacks_factor(request, user) else user


class PageMessageMiddleware(PagesOnly, MessageMiddleware):
    """One-time notices, on pages."""


class PageHtmxMiddleware(PagesOnly, HtmxMiddleware):
    """`request.htmx`, on pages."""


class PageCSPMiddleware(PagesOnly, CSPMiddleware):
    """Strict for our own pages; the admin theme evaluates expressions and so gets a policy of its own."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.path_info.startswith(("/admin/", "/api/docs/")):
            response._csp_replace = settings.CONTENT_SECURITY_POLICY_ADMIN["DIRECTIVES"]  # type: ignore[attr-defined]
        return super().process_response(request, response)


class TenantLocaleMiddleware:
    """The reader's language: their cookie, then what their browser asks for, then the tenant's own. Times are the tenant's."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        tenant = getattr(request, "tenant", None)
        with translation.override(self.language(request)), timezone.override(tenant.zone if tenant else None):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        return response

    @staticmethod
    def language(request: HttpRequest) -> str:
        known = dict(settings.LANGUAGES)
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        if chosen in known:
            return chosen
        for wanted in request.headers.get("Accept-Language", "").split(",")[:10]:
            code = wanted.split(";")[0].strip().split("-")[0].lower()
            if code in known:
                return code
        tenant = getattr(request, "tenant", None)
        return tenant.default_language if tenant else settings.LANGUAGE_CODE


def _error_page(request: HttpRequest, status: int) -> HttpResponse:
    if request.path_info.startswith("/api/"):
        from loyalty.api.problems import plain_problem

        return plain_problem(status)
    return render(request, f"{status}.html", {"request_id": request_id()}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error_page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error_page(request, 403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error_page(request, 404)


def _away(response: HttpResponse) -> HttpResponse:
    response.headers["Retry-After"] = RETRY_AFTER
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """A failure that passes is told as one. The page must not ask the database: its transaction may be what broke."""
    request.user = AnonymousUser()
    away = passes(sys.exc_info()[1])
    try:
        return _away(_error_page(request, 503)) if away else _error_page(request, 500)
    except Exception:
        # What broke the page may break this one too, such as a style sheet that was not collected.
        return HttpResponse(_("Something went wrong on our side."), status=500, content_type="text/plain; charset=utf-8")


def tenant(request: HttpRequest) -> dict[str, Any]:
    """Template context: whose programme the page belongs to."""
    return {"tenant": getattr(request, "tenant", None), "mode": settings.LOYALTY_MODE}
