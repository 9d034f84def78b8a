"""Which tenant a request belongs to, and the transaction in which its page reads."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any, TypeVar

from django.core.exceptions import DisallowedHost
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve

from loyalty.tenancy.current import asked_again, reading
from loyalty.tenancy.models import Tenant

Answer = Callable[[HttpRequest], HttpResponse]
View = TypeVar("View", bound=Callable[..., Any])
WITHOUT_TENANT = ("/health/", "/metrics", "/static/", "/api/", "/house/", "/styleguide/", "/i18n/")
REMEMBERED_SECONDS = 10.0
_by_host: dict[str, tuple[float, Tenant | None]] = {}
_by_id: dict[int, tuple[float, Tenant]] = {}


def tenant_of_host(host: str) -> Tenant | None:
    """The tenant that answers at `host` (without port); looked up again after ten seconds."""
    now = monotonic()
    seen = _by_host.get(host)
    if seen is None or seen[0] < now:
        if len(_by_host) > 1000:
            _by_host.clear()
        seen = _by_host[host] = (now + REMEMBERED_SECONDS, asked_again(Tenant.objects.filter(hosts__contains=[host]).first))
    return seen[1]


def tenant_of_id(tenant_id: int) -> Tenant:
    """The tenant with this id; looked up again after ten seconds. Raises Tenant.DoesNotExist."""
    now = monotonic()
    seen = _by_id.get(tenant_id)
    if seen is None or seen[0] < now:
        seen = _by_id[tenant_id] = (now + REMEMBERED_SECONDS, asked_again(lambda: Tenant.objects.get(pk=tenant_id)))
    return seen[1]


def forget_hosts() -> None:
    """After a tenant was made or changed in this process."""
    _by_host.clear()
    _by_id.clear()


def host_of(request: HttpRequest) -> str:
    return request.get_host().rsplit(":", 1)[0].strip("[]").lower() if not request.get_host().startswith("[") else "::1"


class TenantMiddleware:
    """Sets `request.tenant` from the host on pages. API requests get theirs from the token, in `loyalty.api`."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(WITHOUT_TENANT):
            return self.get_response(request)
        try:
            found = tenant_of_host(host_of(request))
        except DisallowedHost:
            return HttpResponse(status=400)
        if found is None:
            return render(request, "404.html", status=404)
        request.tenant = found  # type: ignore[attr-defined]
        return self.get_response(request)


def dispatches(view: View) -> View:
    """Mark a view that dispatches commands: it opens `reading(...)` itself, because a command needs a transaction of its own."""
    view.dispatches = True  # type: ignore[attr-defined]
    return view


def _opens_its_own(request: HttpRequest) -> bool:
    try:
        return getattr(resolve(request.path_info).func, "dispatches", False)
    except (Resolver404, Http404):
        return False


class RequestTransactionMiddleware:
    """Wraps a page, its rendering too, in its tenant's transaction; an answer of 500 rolls it back."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        found: Tenant | None = getattr(request, "tenant", None)
        if found is None or _opens_its_own(request):
            return self.get_response(request)
        with reading(found.id):
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
            return response
