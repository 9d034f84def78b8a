"""Passwords, as customers type them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.forms.coming_in import PhoneForm, ShellForm
from customers.passwords import LONGEST_TYPED
from loyalty.domain.errors import DomainError
from loyalty.messages.refusals import message


def password_field(label: Any, autocomplete: str, **told: Any) -> forms.CharField:
    """A field of which nothing is shown, nor stripped."""
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, max_length=LONGEST_TYPED, strip=False, widget=widget, **told)


class PasswordSignInForm(PhoneForm):
    """The phone or email, and the password."""

    password = password_field(_("Password"), "current-password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].widget.attrs["autocomplete"] = "username"


class OwnPasswordForm(ShellForm):
    """The password, by which somebody shows that it is they who are signed in."""

    password = password_field(_("The password that you have"), "current-password")


class NewPasswordForm(ShellForm):
    """The new password twice, and the one that is known, where no code was said lately."""

    old = password_field(_("The password that you have"), "current-password")
    password = password_field(_("New password"), "new-password", help_text=_("At least eight characters. Some words are better than one."))
    again = password_field(_("The new password once more"), "new-password")

    def __init__(self, *args: Any, needs_old: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_old:
            del self.fields["old"]

    def clean(self) -> dict[str, Any]:
        told = self.cleaned_data
        if told.get("password") and told.get("again") and told["password"] != told["again"]:
            self.add_error("again", message(DomainError("customers.passwords_differ")))
        return told


class NoPasswordForm(ShellForm):
    """No password any more: the one that is known is said for the last time, where no code was said lately."""

    old = password_field(_("The password that you have"), "current-password")

    def __init__(self, *args: Any, needs_old: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_old:
            del self.fields["old"]
