"""`/app/me/proof/…`: whoever is signed in shows by a code, or by the password, that it is they who hold the device; and goes on."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from customers import queries
from customers.commands import ProveSession, ProveSessionByPassword
from customers.domain.challenge import ChallengeKind, typed_code
from customers.forms.coming_in import CodeForm
from customers.forms.passwords import OwnPasswordForm
from customers.passwords import kept
from customers.queries.doors import doors
from customers.targets import own_target
from customers.told_passwords import said_password_of
from customers.views.access import Shell, own_page
from customers.views.own_codes import CodePages
from loyalty.domain.errors import DomainError
from loyalty.messages.refusals import message
from loyalty.rates import refuse_too_many
from loyalty.tenancy import reading

FORM = ["GET", "HEAD", "POST"]
THEN: Mapping[str, str] = {"phone": "app-phone", "join": "app-merge", "password": "app-password"}
"""Where one goes on → the page."""


@sensitive_post_parameters("password")
@require_http_methods(FORM)
@own_page
def prove(shell: Shell, then: str) -> HttpResponse:
    """By the password, if there is one, or by a code."""
    going = _page(then)
    with reading(shell.tenant.id):
        known = doors().passwords and kept(shell.tenant.id, shell.side_id, shell.customer_id) is not None
        asked = queries.is_asked(shell.customer_id)
    form = OwnPasswordForm(shell.posted)
    if form.is_valid():
        try:
            _prove(shell, form.cleaned_data["password"])
            return redirect(going)
        except DomainError as refusal:
            form.refuse(refusal)
    return shell.form("proof", form, then=then, known=known, asked=asked, sent_to=_reached(shell))


@require_POST
@own_page
def prove_ask(shell: Shell, then: str) -> HttpResponse:
    """A code, for who has no password, or does not know it."""
    try:
        return _pages(then).send(shell, *own_target(shell.tenant.id, shell.side_id), own=True)
    except DomainError as refusal:
        messages.warning(shell.request, message(refusal))
        return redirect("app-proof", then)


@require_http_methods(FORM)
@own_page
def prove_code(shell: Shell, then: str, challenge_id: UUID) -> HttpResponse:
    """The code; with it they go on."""
    pages, going, form = _pages(then), _page(then), CodeForm(shell.posted)
    if form.is_valid():
        code, who = typed_code(form.cleaned_data["code"]), (shell.customer_id, shell.session_id)
        order = ProveSession(customer_id=who[0], session_id=who[1], challenge_id=challenge_id, code=code)
        try:
            pages.carry_out(shell, challenge_id, order)
            return redirect(going)
        except DomainError as refusal:
            form.refuse(refusal)
    return pages.show(shell, challenge_id, form, then=then)


@require_POST
@own_page
def prove_again(shell: Shell, then: str, challenge_id: UUID) -> HttpResponse:
    """Another code to the same phone or email."""
    return _pages(then).again(shell, challenge_id, then=then)


def _page(then: str) -> str:
    if then not in THEN:
        raise Http404
    return THEN[then]


def _pages(then: str) -> CodePages:
    _page(then)
    return CodePages("proof", asks="app-proof", says="app-proof-code", template="proof_code", around=(then,))


def _prove(shell: Shell, typed: str) -> None:
    refuse_too_many("sign_in", shell.principal.actor, shell.tenant.id)
    known = said_password_of(shell.tenant.id, shell.side_id, shell.customer_id, typed)
    who = {"customer_id": shell.customer_id, "side_id": shell.side_id, "session_id": shell.session_id}
    shell.dispatch(ProveSessionByPassword(known=known, **who))


def _reached(shell: Shell) -> tuple[ChallengeKind, str] | None:
    """Where the customer is reached; None where neither phone nor email is known."""
    with suppress(DomainError):
        return own_target(shell.tenant.id, shell.side_id)
    return None
