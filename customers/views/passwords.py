"""`/app/sign-in/password/`: in by a password. `/app/me/password/`: having one, another one, or none."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from customers import queries
from customers.commands import ChangePassword, SignInByPassword
from customers.forms.coming_in import ShellForm
from customers.forms.passwords import NewPasswordForm, NoPasswordForm, PasswordSignInForm
from customers.passwords import kept
from customers.proof import is_proven
from customers.queries.doors import doors
from customers.targets import doors_of
from customers.tokens import new_token
from customers.told_passwords import changed_password_of, password_of
from customers.views.access import KNOWN_COOKIE, Shell, know, let_in, own_page
from loyalty.bus import dispatch
from loyalty.devices import device_of
from loyalty.domain.errors import DomainError
from loyalty.domain.network import network_of
from loyalty.rates import refuse_too_many
from loyalty.staff.lockout import address_of
from loyalty.staff.models import token_hash
from loyalty.tenancy import reading
from loyalty.tenancy.middleware import dispatches
from loyalty.tenancy.models import Tenant

FORM = ["GET", "HEAD", "POST"]
AWAY = "away"


@sensitive_post_parameters("password")
@dispatches
@require_http_methods(FORM)
def sign_in(request: HttpRequest) -> HttpResponse:
    """In by a phone or email and the password. Whoever has it, or nobody: what does not match is answered alike."""
    tenant: Tenant = request.tenant  # type: ignore[attr-defined]
    if not doors_of(tenant).passwords:
        return redirect("app-sign-in")
    form = PasswordSignInForm(request.POST if request.method == "POST" else None, tenant=tenant)
    if request.method == "POST" and form.is_valid():
        try:
            return _signed_in(request, tenant, form.cleaned_data)
        except DomainError as refusal:
            form.refuse(refusal)
    response = render(request, "customers/app/sign_in_password.html", {"form": form}, status=422 if form.errors else 200)
    patch_cache_control(response, private=True, no_store=True)
    return response


@sensitive_post_parameters("old", "password", "again", f"{AWAY}-old")
@require_http_methods(FORM)
@own_page
def password(shell: Shell) -> HttpResponse:
    """A first password, another one, or none: by the one that is known, or a code that was said lately."""
    with reading(shell.tenant.id):
        known, is_open = kept(shell.tenant.id, shell.side_id, shell.customer_id), doors().passwords
        asked = queries.is_asked(shell.customer_id)
    if not is_open and known is None:
        return redirect("app-me")
    proven = is_proven(shell.tenant.id, shell.customer_id, shell.session_id)
    away = shell.posted is not None and AWAY in shell.posted
    form: ShellForm = NewPasswordForm(None if away else shell.posted, needs_old=not proven)
    gone: ShellForm = NoPasswordForm(shell.posted if away else None, needs_old=not proven, prefix=AWAY)
    said = gone if away else form
    if said.is_valid() and (done := _changed(shell, said)):
        return done
    around = {"known": known, "is_open": is_open, "is_proven": proven, "asked": asked, "gone": gone}
    response = shell.form("password", form, **around)
    response.status_code = 422 if said.errors else 200
    return response


def _signed_in(request: HttpRequest, tenant: Tenant, said: dict[str, Any]) -> HttpResponse:
    asked_from, session, mark = address_of(request), new_token(), request.COOKIES.get(KNOWN_COOKIE, "")
    refuse_too_many("sign_in", network_of(asked_from), tenant.id)
    order = SignInByPassword(
        kind=said["target"][0],
        value=said["target"][1],
        known=password_of(tenant.id, said["target"], said["password"], asked_from, mark),
        hash=token_hash(session),
        device=device_of(request.headers.get("User-Agent", "")),
        asked_from=asked_from,
        known_device=mark,
    )
    done = dispatch(order, tenant_id=tenant.id, actor="visitor", channel="app")
    return know(let_in(redirect("app-home"), session, done.expires_at), done.known_device)


def _changed(shell: Shell, form: ShellForm) -> HttpResponse | None:
    """The session goes on under another token; None for what was refused, which stands in the form."""
    told, session = form.cleaned_data, new_token()
    try:
        refuse_too_many("sign_in", shell.principal.actor, shell.tenant.id)
        who = (shell.side_id, shell.customer_id, shell.session_id)
        new, known = changed_password_of(shell.tenant.id, who, told.get("old", ""), told.get("password"))
        order = ChangePassword(
            customer_id=shell.customer_id,
            side_id=shell.side_id,
            session_id=shell.session_id,
            hash=token_hash(session),
            encoded=new,
            known=known,
        )
        done = shell.dispatch(order)
    except DomainError as refusal:
        form.refuse(refusal)
        return None
    gone, is_set = (
        _("You have no password any more: you sign in by a code."),
        _("Your password is set. Everywhere else you are signed out."),
    )
    messages.success(shell.request, gone if new is None else is_set)
    return let_in(redirect("app-me"), session, done.expires_at)
