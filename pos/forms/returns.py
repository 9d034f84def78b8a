"""What a seller types when goods come back, or a document gets its customer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from earning.commands import ReturnLine, Thousandths, quantity_invalid, quantity_of
from earning.queries import PurchaseLine
from earning.wording import line_name
from loyalty.domain.errors import DomainError
from loyalty.messages.refusals import message
from pos.forms.till import LONGEST_NUMBER, OnceForm, TypedAmount

QUANTITY = re.compile(r"\d{1,12}(?:[.,]\d{1,3})?", re.ASCII)


class TypedQuantity(forms.Field):
    """How many come back, as people type it (“2” or “0,5”): `clean` gives thousandths, None for nothing."""

    def to_python(self, value: Any) -> Thousandths | None:
        typed = unicodedata.normalize("NFKC", str(value or "")).strip()
        if not typed or typed.strip("0") == "":
            return None
        try:
            if not QUANTITY.fullmatch(typed):
                raise quantity_invalid("quantity")
            return quantity_of(typed.replace(",", "."))
        except DomainError as refusal:
            raise ValidationError(message(refusal)) from None


class FindDocumentForm(forms.Form):
    """The number of a receipt."""

    number = forms.CharField(
        label=_("Document number"),
        max_length=LONGEST_NUMBER,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True, "enterkeyhint": "search"}),
    )


class ReturnForm(OnceForm):
    """How much of each line comes back: a quantity, or an amount where a line was sold by amount."""

    def __init__(self, *args: Any, lines: Sequence[PurchaseLine], currency: str, everything: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sold = {f"line_{line.number}": line for line in lines if not line.follows_goods}
        """All lines, also those that came back: a form that is sent again says what it said."""
        self.following = [(line_name(line.line), line.left) for line in lines if line.follows_goods and line.left]
        """Discounts that come back by themselves with their goods, and what is left of each."""
        self.everything = everything
        """All that is left comes back, whatever was typed."""
        for name, line in self.sold.items():
            self.fields[name] = self._field(line, currency)

    @staticmethod
    def _field(line: PurchaseLine, currency: str) -> forms.Field:
        if line.line.quantity is None:
            amount = TypedAmount(label=line_name(line.line), required=False, zero=True)
            amount.use(currency)
            return amount
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "placeholder": "0"})
        return TypedQuantity(label=line_name(line.line), required=False, widget=widget)

    def rows(self) -> list[tuple[PurchaseLine, forms.BoundField]]:
        """Each line with something left, and its field."""
        return [(line, self[name]) for name, line in self.sold.items() if line.left]

    def clean(self) -> dict[str, Any]:
        told = super().clean()
        if self.everything:
            for name in self.sold:
                self.errors.pop(name, None)
        elif not self.errors and not any(told.get(name) for name in self.sold):
            raise ValidationError(_("Enter how much comes back, or return everything."))
        return told

    def lines(self) -> tuple[ReturnLine, ...] | None:
        """What comes back; None for all that is left."""
        if self.everything:
            return None
        typed = [(line, self.cleaned_data.get(name)) for name, line in self.sold.items()]
        return tuple(
            ReturnLine(line=line.number, amount=much) if line.line.quantity is None else ReturnLine(line=line.number, quantity=much)
            for line, much in typed
            if much
        )

    def begin(self) -> None:
        """Put the cursor into the first line that is wrong; otherwise nowhere, since most returns are of everything."""
        for field in (field for field in self.visible_fields() if field.errors):
            field.field.widget.attrs["autofocus"] = True
            return

    def refuse(self, refusal: DomainError) -> None:
        """At the line that it names, or above the form."""
        line = f"line_{refusal.params.get('line')}"
        self.add_error(line if line in self.fields else None, message(refusal))


class VoidForm(OnceForm):
    """Why a purchase should not have been recorded."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Enter a reason: others will want to understand it later.")},
    )


class GiveForm(OnceForm):
    """Whose the document is."""

    customer = forms.CharField(
        label=_("Customer"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": _("Phone, card or code")}),
        error_messages={"required": _("Enter a phone number, a card or a code.")},
    )

    def refuse(self, refusal: DomainError) -> None:
        """At the only field there is."""
        self.add_error("customer", message(refusal))
