"""The second factor on pages: asked for after the password, set up, renewed, turned off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import segno
from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext_lazy as _

from loyalty.house.readable import ReadableForm
from loyalty.staff import factors, lockout
from loyalty.staff.models import StaffChange, User
from loyalty.staff.sessions import end_sessions
from loyalty.staff.signing_in import BEGUN, PASSED, begin_session, who_waits
from loyalty.staff.views.sign_in import home_of
from loyalty.tenancy import reading
from loyalty.tenancy.middleware import dispatches

T = TypeVar("T")
WRONG = _("This code is not right, or was used already. Wait for the next one and type it.")
LOCKED = _("Too many wrong codes. Wait %(minutes)s minutes, then try again.")


TITLES = {
    "enter_code": _("Second factor"),
    "second_factor": _("Second factor"),
    "set_up_factor": _("Set up a second factor"),
    "recovery_codes": _("Your recovery codes"),
}
"""By page."""


class CodeForm(ReadableForm):
    """A code of the app, or a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def refuse(self, sentence: Any) -> None:
        self.add_error("code", sentence % {"minutes": lockout.MINUTES})


@dispatches
def enter_code(request: HttpRequest) -> HttpResponse:
    """`/login/code/`: the step after the password, for those who have a second factor."""
    with reading(request.tenant.id):  # type: ignore[attr-defined]
        waiting = who_waits(request)
    if waiting is None:
        return redirect("login")
    user, wanted = waiting
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _spends(user, form):
        with reading(user.tenant_id):
            begin_session(request, user, with_factor=True)
        return HttpResponseRedirect(wanted or home_of(user))
    return _page(request, "enter_code", form)


@dispatches
def set_up_factor(request: HttpRequest) -> HttpResponse:
    """`/login/set-up/`: a QR code for the app, a first code to confirm it, then the recovery codes, shown once."""
    with reading(request.tenant.id):  # type: ignore[attr-defined]
        waiting = who_waits(request)
        user = waiting[0] if waiting else request.user
        begun = factors.begun(user, request.session.get(BEGUN, "")) if isinstance(user, User) else None
    if begun is None or not isinstance(user, User):
        return redirect("second-factor" if request.user.is_authenticated else "login")
    secret, request.session[BEGUN] = begun
    form = CodeForm(request.POST if request.method == "POST" else None)
    codes = _confirmed(user, secret, form) if form.is_valid() else None
    if codes is None:
        told = factors.address(request.tenant, user, secret)  # type: ignore[attr-defined]
        picture = segno.make(told, error="m").svg_data_uri(scale=5, border=3, light="white")
        return _page(request, "set_up_factor", form, secret=secret, picture=picture, mandatory=factors.mandatory_for(user))
    with reading(user.tenant_id):
        if waiting:
            begin_session(request, user, with_factor=True)
        request.session[PASSED] = True
        request.session.pop(BEGUN, None)
        end_sessions(user.pk, but=request.session.session_key)
        return _shown_once(request, codes, (waiting and waiting[1]) or home_of(user))


@dispatches
@login_required
def second_factor(request: HttpRequest) -> HttpResponse:
    """`/account/second-factor/`: whether one is set up; new recovery codes, or without it again, for a code."""
    user: Any = request.user
    with reading(user.tenant_id):
        known = {"is_set_up": factors.is_set_up(user), "left": factors.recovery_codes_left(user)}
    known |= {"mandatory": factors.mandatory_for(user), "in_demo": not settings.SECOND_FACTOR_MANDATORY}
    form = CodeForm(request.POST if request.method == "POST" else None)
    if known["is_set_up"] and form.is_valid() and _spends(user, form):
        return _turned_off(request, user) if "off" in request.POST and not known["mandatory"] else _new_codes(request, user)
    return _page(request, "second_factor", form, **known)


def _turned_off(request: HttpRequest, user: User) -> HttpResponse:
    with reading(user.tenant_id):
        factors.removed(user.pk)
        StaffChange.note(user.principal, "factor.turned_off", user.pk)
    return redirect("second-factor")


def _new_codes(request: HttpRequest, user: User) -> HttpResponse:
    with reading(user.tenant_id):
        codes = factors.renewed_recovery_codes(user)
        StaffChange.note(user.principal, "factor.codes", user.pk)
        return _shown_once(request, codes, home_of(user))


def _spends(user: User, form: CodeForm) -> bool:
    """Whether the code is right; it is good once."""
    return bool(_tried(user, form, lambda code: factors.passes(user, code, timezone.now())))


def _confirmed(user: User, secret: str, form: CodeForm) -> list[str] | None:
    """Recovery codes, when the first code of the app was right."""

    def confirm(code: str) -> list[str] | None:
        codes = factors.confirmed(user, secret, code, timezone.now())
        if codes is not None:
            StaffChange.note(user.principal, "factor.set_up", user.pk)
        return codes

    return _tried(user, form, confirm)


def _tried(user: User, form: CodeForm, look: Callable[[str], T | None]) -> T | None:
    """What `look` makes of the code, in a transaction; a try is counted before that, and what is wrong is said at the field."""
    if not lockout.may_try_code(user.tenant_id, user.pk):
        form.refuse(LOCKED)
        return None
    with reading(user.tenant_id):
        found = look(form.cleaned_data["code"])
    if found:
        lockout.code_was_right(user.tenant_id, user.pk)
    else:
        form.refuse(WRONG)
    return found


def _shown_once(request: HttpRequest, codes: list[str], onward: str) -> HttpResponse:
    return _page(request, "recovery_codes", None, codes=codes, onward=onward)


def _page(request: HttpRequest, name: str, form: CodeForm | None, **context: Any) -> HttpResponse:
    status = 422 if form is not None and form.errors else 200
    response = render(request, f"staff/{name}.html", {"form": form, "title": TITLES[name]} | context, status=status)
    patch_cache_control(response, private=True, no_store=True)
    return response
