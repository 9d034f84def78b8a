"""Who is signed in to the customer's pages, and what every one of them needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control

from customers import queries
from loyalty.api.authentication import principal_of
from loyalty.api.paging import opened_cursor, sealed_cursor
from loyalty.api.problems import Problem
from loyalty.bus import dispatch
from loyalty.domain.command import Command
from loyalty.messages.tasks import send_soon
from loyalty.shell import PAGES, page_at
from loyalty.staff.principal import Principal
from loyalty.tenancy import reading
from loyalty.tenancy.middleware import dispatches
from loyalty.tenancy.models import Tenant

COOKIE = "customer_session"
KNOWN_COOKIE = "customer_known"
KNOWN_FOR = timedelta(days=400)
AT = "/app/"
R = TypeVar("R")
View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Shell:
    """One request of a customer to a page of their own."""

    request: HttpRequest
    tenant: Tenant
    principal: Principal
    customer_id: UUID

    @property
    def side_id(self) -> UUID:
        """By whom they came: as `OwnView.side_id`."""
        assert self.principal.side_id is not None
        return self.principal.side_id

    @property
    def session_id(self) -> UUID:
        """By which session they came."""
        assert self.principal.session_id is not None
        return self.principal.session_id

    @property
    def posted(self) -> Any:
        """What a form sent; None where none did."""
        return self.request.POST if self.request.method == "POST" else None

    def dispatch(self, order: Command[R], command_id: UUID | None = None, *, dry_run: bool = False) -> R:
        """Carry out an order of the customer, once for each `command_id`: Conflict `command.applied` when it was carried out before."""
        how = {"actor": self.principal.actor, "channel": "app", "command_id": command_id, "dry_run": dry_run}
        return dispatch(order, tenant_id=self.tenant.id, **how)  # type: ignore[arg-type]

    def sent(self, order: Command[R]) -> R:
        """The same for an order that sends a message: it leaves at once."""
        result = self.dispatch(order)
        send_soon(self.tenant.id)
        return result

    def after(self, name: str) -> tuple[datetime, UUID] | None:
        """Where the page before of the list `name` ended; None on the first page, and for an address that was written by hand."""
        try:
            opened = opened_cursor(self.request.GET.get("after"), self.tenant.id, name)
        except Problem:
            return None
        return opened and (datetime.fromisoformat(opened[0]), UUID(opened[1]))

    def cursor(self, name: str, at: datetime, key: UUID) -> str:
        """What `after` reads on the page that follows, behind the row with this time and id."""
        return sealed_cursor([at.isoformat(), str(key)], self.tenant.id, name)

    def part(self, name: str, **context: Any) -> HttpResponse:
        """A piece of a page, `customers/app/<name>.html`, alone."""
        return render(self.request, f"customers/app/{name}.html", context)

    def page(self, name: str, **context: Any) -> HttpResponse:
        """The page `customers/app/<name>.html`; `at` where the bar has it, unless its own address says so. Needs an open `reading`."""
        around = {"customer": queries.customer(self.customer_id), "pages": PAGES, "at": page_at(self.request.path)}
        return render(self.request, f"customers/app/{name}.html", around | context)

    def form(self, name: str, form: Form, **context: Any) -> HttpResponse:
        """The page `name` with a form that was not sent, or not taken (422). Opens its own `reading`."""
        with reading(self.tenant.id):
            response = self.page(name, form=form, **context)
        response.status_code = 422 if form.errors else 200
        return response


def own_page(view: View) -> View:
    """For who is signed in as a customer: called with a `Shell` in the place of the request. Others are led to sign in.

    The view opens its own transactions. Nothing of it is kept by the browser.
    """

    @wraps(view)
    def guarded(request: HttpRequest, **path: Any) -> HttpResponse:
        tenant: Tenant = request.tenant  # type: ignore[attr-defined]
        principal = principal_of(request.COOKIES.get(COOKIE, ""))
        if principal is None or principal.customer_id is None or principal.tenant_id != tenant.id:
            return redirect("app-sign-in")
        response = view(Shell(request, tenant, principal, principal.customer_id), **path)
        patch_cache_control(response, private=True, no_store=True)
        return response

    return dispatches(guarded)


def let_in(response: HttpResponse, token: str, expires_at: datetime) -> HttpResponse:
    """Keep the session's token with the browser: scripts do not see it, and only the customer's pages get it."""
    response.set_cookie(COOKIE, token, expires=expires_at, path=AT, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax")
    return response


def know(response: HttpResponse, mark: str) -> HttpResponse:
    """Keep with the browser that a phone or email was proven here, also when somebody signs out."""
    secure, kept = settings.SESSION_COOKIE_SECURE, int(KNOWN_FOR.total_seconds())
    response.set_cookie(KNOWN_COOKIE, mark, max_age=kept, path=AT, secure=secure, httponly=True, samesite="Lax")
    return response


def let_out(response: HttpResponse) -> HttpResponse:
    """Take it away again."""
    response.delete_cookie(COOKIE, path=AT, samesite="Lax")
    return response
