"""What a seller types at the till."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from customers.codes import LONGEST_FACT
from loyalty.domain.errors import DomainError
from loyalty.domain.identity import new_id
from loyalty.house.fields import AmountField, CurrencyField
from loyalty.house.labels import WRITTEN_SO, LabelsField
from loyalty.house.readable import ReadableForm
from loyalty.messages.refusals import message
from pos.slips import OWN

LONGEST_NUMBER = 64
LONGEST_TYPED = 200
LONGEST_METHOD = 40
MORE_THAN_A_CODE = {"customers.fact_missing", "customers.fact_wrong", "customers.too_many_facts"}
FACT_STEP = "fact_step"
MORE = ("payment_method", "labels")
"""What is seldom typed of a sale."""
INCOMPLETE = _("The form arrived incomplete and nothing was saved. Send it again.")
FIELDS = {"total": "amount", "lines": "amount"}
"""Which field of the form shows a refusal about a field of the command that has another name."""


def is_drawn(number: str) -> bool:
    """Whether a number is one of those that tills draw themselves."""
    return unicodedata.normalize("NFKC", number).strip().upper().startswith(OWN)


class TypedAmount(AmountField):
    """As people type it, full-width digits too."""

    def to_python(self, value: Any) -> int | None:
        return super().to_python(unicodedata.normalize("NFKC", value) if isinstance(value, str) else value)


class OnceForm(ReadableForm):
    """A form that counts once: `once` tells a form that is sent again from a new one."""

    once = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {})["once"] = new_id()
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        if self.errors.pop("once", None):
            raise ValidationError(INCOMPLETE)
        return self.cleaned_data

    def refuse(self, refusal: DomainError) -> None:
        """Show a refusal at its field, or above the form."""
        name = (refusal.field or "").split("/")[0]
        name = FIELDS.get(name, name)
        self.add_error(name if name in self.fields else None, message(refusal))

    def again(self) -> None:
        """What is sent next is another try, and begins where something is wrong."""
        self.data = {name: self.data[name] for name in self.data} | {"once": str(new_id())}
        self.begin()

    def begin(self) -> None:
        """Put the cursor into the first field that is wrong, or else the first that is empty."""
        fields = list(self.visible_fields())
        wrong = [f for f in fields if f.errors] or [f for f in fields if not f.value()] or fields
        wrong[0].field.widget.attrs["autofocus"] = True


class DocumentForm(OnceForm):
    """What stands on every document: its number, if the shop has one, and how it is paid."""

    document_number = forms.CharField(
        label=_("Document number"),
        max_length=LONGEST_NUMBER,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": _("Drawn by the till")}),
    )

    payment_method = forms.CharField(
        label=_("Payment method"), max_length=LONGEST_METHOD, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def clean_document_number(self) -> str:
        number: str = self.cleaned_data["document_number"].strip()
        if is_drawn(number):
            raise ValidationError(_("Numbers that begin with TILL- are drawn by the till. Enter the receipt's number or nothing."))
        return number


class SaleForm(DocumentForm):
    """One purchase: its amount, in which currency and for what if there is a choice."""

    field_order = ("amount", "document_number", "payment_method", "labels")

    amount = TypedAmount(label=_("Amount"), error_messages={"required": _("Enter the amount.")})
    labels = LabelsField(label=_("Labels"), help_text=WRITTEN_SO)

    def __init__(self, *args: Any, currency: str, others: Sequence[str] = (), fees: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if fees:
            choices = [("", _("Goods")), *((sku, _("Fee: %(fee)s") % {"fee": said}) for sku, said in fees)]
            self.fields["fee"] = forms.ChoiceField(label=_("What is sold"), choices=choices, required=False)
        self.currency = currency
        if others:
            field = CurrencyField(home=currency, others=others, of="id_amount", label=_("Currency"))
            self.fields["currency"], self.currency = field, field.meant(self.data.get("currency"))
        self.fields["amount"].use(self.currency)  # type: ignore[attr-defined]
        self.versions: list[str] = []

    @property
    def fee_choice(self) -> forms.BoundField | None:
        """What is sold, where there are levels for a fee."""
        return self["fee"] if "fee" in self.fields else None

    @property
    def currency_choice(self) -> forms.BoundField | None:
        """The field of the currency, where there is a choice."""
        return self["currency"] if "currency" in self.fields else None

    @property
    def more_used(self) -> bool:
        """Whether what is seldom typed was, or is wrong."""
        return any(self[name].value() or self[name].errors for name in MORE)

    def differs(self, versions: list[str]) -> None:
        """Keep what was recorded and what is entered, to be shown side by side: of a number that was typed."""
        self.versions = versions if self.cleaned_data.get("document_number") else []

    def refuse(self, refusal: DomainError) -> None:
        if refusal.code != "earning.document_differs":
            super().refuse(refusal)
        elif refusal.params["document"].startswith(OWN):
            was = _("This form was recorded before, as %(document)s, with another amount. Press Enter again for a new purchase.")
            self.add_error("amount", ValidationError(was, params=refusal.params))
        else:
            was = _("The document %(document)s was recorded before, with another amount or for another customer. Check its number.")
            self.add_error("document_number", ValidationError(was, params=refusal.params))


class EnrolForm(OnceForm):
    """A new customer: a phone number is enough."""

    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off", "type": "tel"}),
        error_messages={"required": _("Enter the phone number.")},
    )
    last_name = forms.CharField(label=_("Last name"), max_length=100, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    first_name = forms.CharField(
        label=_("First name"), max_length=100, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    @classmethod
    def prefilled(cls, typed: str, *, family_first: bool) -> EnrolForm:
        """From what was looked for: digits are a phone, words are a name."""
        typed = unicodedata.normalize("NFC", typed).strip()
        if any(c.isdigit() for c in typed):
            return cls(initial={} if any(c.isalpha() for c in typed) else {"phone": typed})
        words = typed.split()
        at = 1 if family_first else len(words) - 1
        family, given = (words[:at], words[at:]) if family_first else (words[at:], words[:at])
        return cls(initial={"last_name": " ".join(family if given else []), "first_name": " ".join(given or family)})


class EnrolCodeForm(ReadableForm):
    """The code that came to the phone, with the names that were typed before."""

    code = forms.CharField(
        label=_("Code of six digits"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "autofocus": True}),
    )
    fact = forms.CharField(
        label=_("Birth date, or the number of the loyalty card"),
        max_length=LONGEST_FACT,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
    first_name = forms.CharField(max_length=100, required=False, widget=forms.HiddenInput)
    last_name = forms.CharField(max_length=100, required=False, widget=forms.HiddenInput)
    asks = False
    """Whether the code was right, and more is asked of who did nothing for long."""

    def refuse(self, refusal: DomainError) -> None:
        """Show a refusal at its field, or above the form. Who turns out to have been away for long was not wrong yet."""
        self.asks = refusal.code in MORE_THAN_A_CODE
        if refusal.code != "customers.fact_missing" or FACT_STEP in self.data:
            field = "fact" if self.asks else refusal.field
            self.add_error(field if field in self.fields else None, message(refusal))
