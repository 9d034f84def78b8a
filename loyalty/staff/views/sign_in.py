"""Signing in and out on pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import forms as auth_forms
from django.contrib.auth import views as auth_views
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from loyalty.staff import factors, lockout
from loyalty.staff.models import User
from loyalty.staff.signing_in import begin_session, wait_for_code
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

    def form_valid(self, form: Any) -> HttpResponse:
        """With a second factor it is the next step; who needs one and has none sets it up now."""
        user: User = form.get_user()
        with reading(user.tenant_id):
            asked = "enter-code" if factors.is_set_up(user) else "set-up-factor" if factors.mandatory_for(user) else None
            if asked is None:
                begin_session(self.request, user, with_factor=False)
                return HttpResponseRedirect(self.get_success_url())
            wait_for_code(self.request, user, self.get_redirect_url())
        return HttpResponseRedirect(reverse(asked))

    def get_default_redirect_url(self) -> str:
        user = self.request.user
        with reading(self.request.tenant.id):  # type: ignore[attr-defined]
            return home_of(user) if isinstance(user, User) else super().get_default_redirect_url()


def home_of(user: User) -> str:
    """Where somebody goes who wanted nothing else."""
    return "/admin/" if user.is_staff else str(settings.LOGIN_REDIRECT_URL)


sign_in = dispatches(SignInView.as_view())
sign_out = auth_views.LogoutView.as_view(next_page="/login/")
