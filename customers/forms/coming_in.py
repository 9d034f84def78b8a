"""What a customer types to come in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.domain.challenge import ChallengeKind
from customers.domain.facts import LONGEST_FACT
from customers.domain.text import LONGEST_NAME
from customers.targets import doors_of, friend_target, sign_in_target
from loyalty.domain.errors import DomainError
from loyalty.house.readable import ReadableForm
from loyalty.messages.refusals import message
from loyalty.tenancy.models import Tenant

LONGEST = 254


class ShellForm(ReadableForm):
    """A form of the customer's pages; what is refused stands at its field, or above the form."""

    def refuse(self, refusal: DomainError) -> None:
        for one in refusal.all:
            self.add_error(one.field if one.field in self.fields else None, message(one))


class PhoneForm(ShellForm):
    """The phone, or the email where the programme lets customers sign in by it."""

    phone = forms.CharField(
        label=_("Mobile phone"), max_length=LONGEST, widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"})
    )

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tenant, self.codes_by = tenant, doors_of(tenant).codes_by
        if "email" in self.codes_by:
            self.fields["phone"].label = _("Mobile phone or email") if "phone" in self.codes_by else _("Email")
            self.fields["phone"].widget = forms.TextInput(attrs={"autocomplete": "username"})

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data.get("phone")
        if typed:
            self.cleaned_data["target"] = self._target(typed)
        return self.cleaned_data

    def _target(self, typed: str) -> tuple[ChallengeKind, str] | None:
        by_email = "@" in typed or "phone" not in self.codes_by
        try:
            return sign_in_target(None if by_email else typed, typed if by_email else None, self.tenant)
        except DomainError as refusal:
            self.add_error("phone", message(refusal))
            return None


class FriendForm(ShellForm):
    """Whom an invitation goes to."""

    to = forms.CharField(
        label=_("Mobile phone or email of your friend"), max_length=LONGEST, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tenant = tenant

    def clean_to(self) -> tuple[ChallengeKind, str]:
        typed = self.cleaned_data["to"]
        try:
            return friend_target(None if "@" in typed else typed, typed if "@" in typed else None, self.tenant)
        except DomainError as refusal:
            raise forms.ValidationError(message(refusal)) from None

    def refuse(self, refusal: DomainError) -> None:
        """Whatever is wrong with it stands at the one field."""
        self.add_error("to", message(refusal))


class CodeForm(ShellForm):
    """The six digits. Who turns out to be new is asked for the rest then, and the digits stay."""

    code = forms.CharField(
        label=_("Code of six digits"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class FactForm(CodeForm):
    """Who did nothing for long: their birth date or card number, with the same digits. The other button begins anew."""

    fact = forms.CharField(
        label=_("Your birth date, or the number of your loyalty card"),
        max_length=LONGEST_FACT,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _hide_code(self)


class JoinForm(CodeForm):
    """Who joins: their name, if they like, and that they agree to the terms."""

    first_name = forms.CharField(label=_("First name"), max_length=LONGEST_NAME, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=LONGEST_NAME, required=False)
    terms_version = forms.BooleanField(label=_("I agree to the terms of the programme"), required=False)

    terms_seen = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    anew = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _hide_code(self)


class LinkForm(ShellForm):
    """Nothing to type: who followed the link of an email presses a button, so that a program that only looks at it uses nothing up."""


def _hide_code(form: forms.Form) -> None:
    """The digits that were typed a moment ago; none where a link was followed."""
    form.fields["code"].widget, form.fields["code"].required = forms.HiddenInput(), False
