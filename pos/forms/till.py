"""What a seller types at the till."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from loyalty.domain.errors import DomainError
from loyalty.domain.identity import new_id
from loyalty.house.fields import AmountField
from loyalty.messages.refusals import message
from pos.slips import OWN

LONGEST_NUMBER = 64
FIELDS = {"total": "amount", "lines": "amount", "document_number": "document_number"}
"""Which field of the form shows a refusal about which field of the command."""


class TypedAmount(AmountField):
    """As people type it, full-width digits too."""

    def to_python(self, value: Any) -> int | None:
        return super().to_python(unicodedata.normalize("NFKC", value) if isinstance(value, str) else value)


class SaleForm(forms.Form):
    """One purchase: its amount, and its document number if the shop has one. `sale` tells a repeated form from a new sale."""

    sale = forms.UUIDField(widget=forms.HiddenInput)
    amount = TypedAmount(label=_("Amount"))
    document_number = forms.CharField(
        label=_("Document number"), max_length=LONGEST_NUMBER, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {})["sale"] = new_id()
        super().__init__(*args, **kwargs)
        self.fields["amount"].use(currency)  # type: ignore[attr-defined]
        self.fields["amount"].widget.attrs["aria-keyshortcuts"] = "Enter"
        self.fields["document_number"].widget.attrs["placeholder"] = _("Drawn by the till")

    def clean_document_number(self) -> str:
        number: str = self.cleaned_data["document_number"].strip()
        if unicodedata.normalize("NFKC", number).upper().startswith(OWN):
            raise ValidationError(_("Numbers that begin with TILL- are drawn by the till. Enter the receipt's number or nothing."))
        return number

    def refuse(self, refusal: DomainError) -> None:
        """Show a refusal at its field, or above the form."""
        self.add_error(FIELDS.get((refusal.field or "").split("/")[0]), message(refusal))

    def renew(self) -> None:
        """What is sent next is another try: its number may be another."""
        self.data = {name: self.data[name] for name in self.data} | {"sale": str(new_id())}


class EnrolForm(forms.Form):
    """A new customer: a phone number is enough."""

    enrolment = forms.UUIDField(widget=forms.HiddenInput)
    phone = forms.CharField(
        label=_("Phone"), max_length=40, widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off", "type": "tel"})
    )
    last_name = forms.CharField(label=_("Last name"), max_length=100, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    first_name = forms.CharField(
        label=_("First name"), max_length=100, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {})["enrolment"] = new_id()
        super().__init__(*args, **kwargs)

    @classmethod
    def prefilled(cls, typed: str) -> EnrolForm:
        """From what was looked for: digits are a phone, words are a name with the family name first."""
        typed = unicodedata.normalize("NFC", typed).strip()
        if sum(c.isdigit() for c in typed) >= 4:
            return cls(initial={"phone": typed})
        *family, given = typed.split() or [""]
        return cls(initial={"last_name": " ".join(family), "first_name": given})

    def refuse(self, refusal: DomainError) -> None:
        """Show a refusal at its field, or above the form."""
        self.add_error(refusal.field if refusal.field in self.fields else None, message(refusal))

    def renew(self) -> None:
        """What is sent next is another try."""
        self.data = {name: self.data[name] for name in self.data} | {"enrolment": str(new_id())}
