"""`/app/me/data/`: everything that is kept of a customer, for themselves. `/app/me/erase/`: being forgotten."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers import queries
from customers.commands import EraseByCode
from customers.domain.challenge import ChallengeKind
from customers.forms.coming_in import CodeForm, ShellForm
from customers.targets import own_target
from customers.views.access import Shell, let_out, own_page
from customers.views.own_codes import CodePages
from loyalty.api.renderers import dumps
from loyalty.disclosure import disclosed, disclosure_page
from loyalty.domain.errors import DomainError, Throttled
from loyalty.erasure import losses
from loyalty.messages.refusals import message
from loyalty.rates import refuse_too_many
from loyalty.tenancy import reading
from loyalty.tenancy.middleware import dispatches

ERASE = CodePages("erase", asks="app-erase", says="app-erase-code", template="erase_code")
FORM = ["GET", "HEAD", "POST"]


@require_safe
@own_page
def data(shell: Shell) -> HttpResponse:
    """What one can take along, and as what."""
    return _data(shell)


@require_safe
@own_page
def data_page(shell: Shell) -> HttpResponse:
    """Everything, as a page to be printed or kept as PDF."""
    told = _told(shell)
    if isinstance(told, HttpResponse):
        return told
    with reading(shell.tenant.id):
        return HttpResponse(disclosure_page(told, shell.tenant, back="app-data"))


@require_safe
@own_page
def data_file(shell: Shell) -> HttpResponse:
    """Everything, as a file for programs."""
    told = _told(shell)
    if isinstance(told, HttpResponse):
        return told
    with reading(shell.tenant.id):
        code = queries.customer(shell.customer_id).code
    headers = {"Content-Disposition": f'attachment; filename="{_("about-me")}-{code}.json"'}
    return HttpResponse(dumps(told), content_type="application/json", headers=headers)


@require_http_methods(FORM)
@own_page
def erase(shell: Shell) -> HttpResponse:
    """What goes, in plain words, and that nothing brings it back. Then a code to who holds the account."""
    form = ShellForm(shell.posted)
    with reading(shell.tenant.id):
        goes, asked = losses(shell.customer_id), queries.is_asked(shell.customer_id)
    reached = _reached(shell)
    if form.is_valid() and reached and not asked:
        try:
            return ERASE.send(shell, *reached, own=True)
        except DomainError as refusal:
            form.refuse(refusal)
    return shell.form("erase", form, goes=goes, asked=asked, sent_to=reached)


@dispatches
@require_http_methods(FORM)
def erase_code(request: HttpRequest, challenge_id: UUID) -> HttpResponse:
    """The code, once: whoever says it twice is forgotten by the first, and the second finds them so."""
    return _farewell(request, challenge_id) or _erase_code(request, challenge_id=challenge_id)


@require_POST
@own_page
def erase_again(shell: Shell, challenge_id: UUID) -> HttpResponse:
    """Another code to the same phone or email."""
    return ERASE.again(shell, challenge_id)


@require_safe
def farewell(request: HttpRequest) -> HttpResponse:
    """Who was forgotten is told so, and that they may come back as somebody new."""
    return render(request, "customers/app/farewell.html")


@own_page
def _erase_code(shell: Shell, challenge_id: UUID) -> HttpResponse:
    form = CodeForm(shell.posted)
    ERASE.is_taken(shell, challenge_id, form, EraseByCode)
    return _farewell(shell.request, challenge_id) or ERASE.show(shell, challenge_id, form)


def _farewell(request: HttpRequest, challenge_id: UUID) -> HttpResponse | None:
    """Out, for good; None for who is still there."""
    tenant: Any = request.tenant  # type: ignore[attr-defined]
    return let_out(redirect("app-farewell")) if ERASE.is_done(tenant.id, challenge_id) else None


def _reached(shell: Shell) -> tuple[ChallengeKind, str] | None:
    """Where the customer is reached; None where neither phone nor email is known."""
    with suppress(DomainError):
        return own_target(shell.tenant.id, shell.side_id)
    return None


def _told(shell: Shell) -> dict[str, Any] | HttpResponse:
    """All chapters; the page that says why not, where it is not certain who asks, or they ask too often."""
    with reading(shell.tenant.id):
        if queries.is_asked(shell.customer_id):
            return redirect("app-data")
    try:
        refuse_too_many("disclosure", str(shell.customer_id), shell.tenant.id)
    except Throttled as refusal:
        return _data(shell, message(refusal))
    with reading(shell.tenant.id):
        return disclosed(queries.sides(shell.customer_id))


def _data(shell: Shell, refused: str = "") -> HttpResponse:
    with reading(shell.tenant.id):
        response = shell.page("data", asked=queries.is_asked(shell.customer_id), refused=refused)
    response.status_code = 429 if refused else 200
    return response
