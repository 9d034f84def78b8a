"""What members of staff see and change of their own account: where they are signed in, and the password."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from loyalty.staff import lockout
from loyalty.staff.sessions import end_sessions, live_sessions, note_session
from loyalty.staff.views.sign_in import home_of
from loyalty.tenancy import reading
from loyalty.tenancy.middleware import dispatches


@dispatches
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """`/account/`: where somebody is signed in; each of these sessions, and all others at once, can be ended."""
    user: Any = request.user
    with reading(user.tenant_id):
        if request.method == "POST":
            end_sessions(user.pk, but=request.session.session_key, only=_id_or_none(request.POST.get("end", "")))
            return redirect("account")
        sessions = live_sessions(user.pk)
        if request.session.session_key not in {one.key for one in sessions}:
            note_session(request, user)
            sessions = live_sessions(user.pk)
    for one in sessions:
        one.current = one.key == request.session.session_key  # type: ignore[attr-defined]
    return _page(request, "account", title=_("Your account"), sessions=sessions, home=home_of(user))


@dispatches
@login_required
def password(request: HttpRequest) -> HttpResponse:
    """`/account/password/`: a new password, for the old one; all other sessions end."""
    user: Any = request.user
    form = PasswordChangeForm(user, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        where = lockout.address_of(request)
        if not lockout.may_try(user.tenant_id, user.email, where):
            form.add_error(
                "old_password", _("Too many wrong passwords. Wait %(minutes)s minutes, then try again.") % {"minutes": lockout.MINUTES}
            )
        elif form.is_valid():
            lockout.signed_in(user.tenant_id, user.email, where)
            return _changed(request, user, form)
    return _page(request, "password", title=_("Change the password"), form=form)


def _changed(request: HttpRequest, user: Any, form: Any) -> HttpResponse:
    with reading(user.tenant_id):
        form.save()
        end_sessions(user.pk, but=request.session.session_key)
        update_session_auth_hash(request, user)
    messages.success(request, _("Your password is changed. All other sessions have ended."))
    return redirect("account")


def _id_or_none(text: str) -> UUID | None:
    """Whose session is to end; None for all others."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _page(request: HttpRequest, name: str, **context: Any) -> HttpResponse:
    form = context.get("form")
    response = render(request, f"staff/{name}.html", context, status=422 if form is not None and form.errors else 200)
    patch_cache_control(response, private=True, no_store=True)
    return response
