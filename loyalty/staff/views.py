"""Signing in and out on pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import forms as auth_forms
from django.contrib.auth import views as auth_views
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from loyalty.staff import lockout
from loyalty.staff.models import User
from loyalty.tenancy import reading
from loyalty.tenancy.middleware import dispatches


class SignInForm(auth_forms.AuthenticationForm):
    """Address and password; a wrong pair is answered the same way whoever exists."""

    username = forms.EmailField(label=_("Email"), widget=forms.EmailInput(attrs={"autofocus": True, "autocomplete": "username"}))
    error_messages = {
        "invalid_login": _("This email and password do not belong together. Check both and try again."),
        "locked": _("Too many wrong passwords. Wait %(minutes)s minutes, then try again."),
        "inactive": _("This account is not active."),
    }

    request: HttpRequest

    def clean(self) -> dict[str, Any]:
        email, tenant = self.cleaned_data.get("username"), self.request.tenant  # type: ignore[attr-defined]
        if not email or not self.cleaned_data.get("password"):
            return self.cleaned_data
        address = lockout.address_of(self.request)
        if not lockout.may_try(tenant.id, email, address):
            raise ValidationError(self.error_messages["locked"], code="locked", params={"minutes": lockout.MINUTES})
        with reading(tenant.id):
            super().clean()
        lockout.signed_in(tenant.id, email, address)
        return self.cleaned_data


class SignInView(auth_views.LoginView):
    """`/login/`: one page for the till and the administration; attempts are counted in a transaction of their own."""

    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> Any:
        with reading(self.request.tenant.id):  # type: ignore[attr-defined]
            return super().form_valid(form)

    def get_default_redirect_url(self) -> str:
        user = self.request.user
        with reading(self.request.tenant.id):  # type: ignore[attr-defined]
            if isinstance(user, User) and user.is_staff:
                return "/admin/"
        return super().get_default_redirect_url()


sign_in = dispatches(SignInView.as_view())
sign_out = auth_views.LogoutView.as_view(next_page="/login/")
