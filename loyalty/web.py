"""Middleware of the pages. The REST API needs none of it and skips it: each layer costs time on the hottest path."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils import translation
from django_htmx.middleware import HtmxMiddleware

API = "/api/v1/"
Answer = Callable[[HttpRequest], HttpResponse]


class PagesOnly:
    """Mixed in before a middleware class: requests to the API go straight on."""

    get_response: Answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(API):
            return self.get_response(request)
        return cast(HttpResponse, super().__call__(request))  # type: ignore[misc]


class PageSessionMiddleware(PagesOnly, SessionMiddleware):
    """Sessions of staff and customers on pages."""


class PageCsrfMiddleware(PagesOnly, CsrfViewMiddleware):
    """API requests carry a token, never a cookie."""


class PageAuthenticationMiddleware(PagesOnly, AuthenticationMiddleware):
    """Who is signed in, on pages."""


class PageMessageMiddleware(PagesOnly, MessageMiddleware):
    """One-time notices, on pages."""


class PageHtmxMiddleware(PagesOnly, HtmxMiddleware):
    """`request.htmx`, on pages."""


class PageCSPMiddleware(PagesOnly, CSPMiddleware):
    """Strict for our own pages; the admin theme evaluates expressions and so gets a policy of its own."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if request.path_info.startswith(("/admin/", "/api/docs/")):
            response._csp_replace = settings.CONTENT_SECURITY_POLICY_ADMIN["DIRECTIVES"]  # type: ignore[attr-defined]
        return cast(HttpResponse, super().process_response(request, response))


class TenantLocaleMiddleware:
    """The reader's language: their cookie, then what their browser asks for, then the tenant's own."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with translation.override(self.language(request)):
            request.LANGUAGE_CODE = translation.get_language()  # type: ignore[attr-defined]
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        return response

    @staticmethod
    def language(request: HttpRequest) -> str:
        known = dict(settings.LANGUAGES)
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        if chosen in known:
            return cast(str, chosen)
        for wanted in request.headers.get("Accept-Language", "").split(",")[:10]:
            code = wanted.split(";")[0].strip().split("-")[0].lower()
            if code in known:
                return code
        tenant = getattr(request, "tenant", None)
        return tenant.default_language if tenant else settings.LANGUAGE_CODE


def tenant(request: HttpRequest) -> dict[str, Any]:
    """Template context: whose programme the page belongs to."""
    return {"tenant": getattr(request, "tenant", None), "mode": settings.LOYALTY_MODE}
