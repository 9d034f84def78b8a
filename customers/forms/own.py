"""What customers change of themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from customers import queries
from customers.commands import ChangeAvatar, ChangeConsents, EditOwnProfile
from customers.domain.facts import LONGEST_FACT
from customers.domain.profile import UNCHANGED, Gender
from customers.domain.text import LONGEST_ADDRESS, LONGEST_NAME
from customers.forms.coming_in import LONGEST, CodeForm, ShellForm
from customers.models import Consent, Customer
from customers.targets import phone_target
from loyalty.domain.errors import DomainError
from loyalty.files.photos import LARGEST
from loyalty.messages.refusals import message
from loyalty.tenancy.models import Tenant

ASKED = [purpose for purpose in Consent.Purpose if purpose != Consent.Purpose.TERMS]
"""What customers agree to, or no longer, by themselves: who wants nothing of the terms leaves."""


def language_names() -> list[tuple[str, str]]:
    """The languages, each by its own name."""
    return [(code, str(name)) for code, name in settings.LANGUAGES]


class ProfileForm(ShellForm):
    """Name, birth date, gender, address and language. A birth date that is known is shown and stays; who is asked for it
    neither sees nor says it here.
    """

    last_name = forms.CharField(
        label=_("Last name"), max_length=LONGEST_NAME, required=False, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    first_name = forms.CharField(
        label=_("First name"), max_length=LONGEST_NAME, required=False, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    birth_date = forms.DateField(
        label=_("Birth date"), required=False, widget=forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}, format="%Y-%m-%d")
    )
    gender = forms.ChoiceField(label=_("Gender"), choices=Customer.Gender.choices)
    address = forms.CharField(
        label=_("Address"), max_length=LONGEST_ADDRESS, required=False, widget=forms.TextInput(attrs={"autocomplete": "street-address"})
    )
    language = forms.ChoiceField(label=_("Language of messages"), choices=language_names)

    def __init__(self, *args: Any, known: queries.Profile, asked: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field, self.known = self.fields["birth_date"], known
        field.help_text = _("You can say it once. After that it is corrected in a shop.")
        if known.birth_date is not None:
            field.disabled, field.help_text = True, _("If it is wrong, let it be corrected in a shop.")
        if asked:
            del self.fields["birth_date"]

    def order(self, customer_id: UUID) -> EditOwnProfile:
        """What was typed, as an order."""
        told = self.cleaned_data
        gender: Gender = told["gender"]
        return EditOwnProfile(
            customer_id=customer_id,
            first_name=told["first_name"],
            last_name=told["last_name"],
            birth_date=told.get("birth_date", UNCHANGED),
            gender=gender,
            address=told["address"],
            language=told["language"],
        )


class PhotoForm(ShellForm):
    """A picture of oneself."""

    photo = forms.FileField(label=_("Photo"), widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}))

    def clean_photo(self) -> Any:
        sent = self.cleaned_data["photo"]
        if sent.size > LARGEST:
            raise forms.ValidationError(message(DomainError("photo.too_large", most=LARGEST // 2**20)))
        return sent

    def order(self, customer_id: UUID) -> ChangeAvatar:
        """The file, as an order."""
        return ChangeAvatar(customer_id=customer_id, content=self.cleaned_data["photo"].read())


class OwnFactForm(ShellForm):
    """The birth date or the number of the card."""

    fact = forms.CharField(
        label=_("Your birth date, or the number of your loyalty card"),
        max_length=LONGEST_FACT,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class NewPhoneForm(ShellForm):
    """The number that shall be the customer's own from now on."""

    phone = forms.CharField(
        label=_("New mobile phone"), max_length=LONGEST, widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"})
    )

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tenant = tenant

    def clean_phone(self) -> str:
        try:
            return phone_target(self.cleaned_data["phone"], self.tenant)
        except DomainError as refusal:
            raise forms.ValidationError(message(refusal)) from None


class OtherPhoneForm(NewPhoneForm):
    """The number of the customer's other account."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].label = _("Mobile phone of the other account")


class SureForm(CodeForm):
    """The code that was said a moment ago, once more: this time it is meant."""

    sure = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget = forms.HiddenInput()


class OwnConsentsForm(ShellForm):
    """A box for each purpose beside the terms; `terms_seen` is the version of the text that was before the reader."""

    terms_seen = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, given: Mapping[str, bool], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.given = given
        for purpose in ASKED:
            self.fields[purpose.value] = forms.BooleanField(label=purpose.label, required=False, initial=given.get(purpose.value, False))

    def order(self, customer_id: UUID, text_version: str) -> ChangeConsents:
        """What is agreed to otherwise than before."""
        wanted = {p.value: self.cleaned_data[p.value] for p in ASKED if self.cleaned_data[p.value] != self.given.get(p.value, False)}
        return ChangeConsents(customer_id=customer_id, consents=wanted, text_version=text_version, source="app")  # type: ignore[arg-type]
