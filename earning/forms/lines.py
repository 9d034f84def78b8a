"""The lines of a document as people type them: rows of fields, of which empty ones count for nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from earning.commands import Line
from earning.domain.lines import LONGEST
from earning.forms.fields import QuantityField
from earning.forms.rows import Rows
from earning.wording import LINE_KINDS
from loyalty.house.fields import AmountField

ROWS = Rows(name="lines", told=("name", "sku", "quantity", "total", "category", "maker"), first=3, spare=2, most=100)
"""What is longer is imported."""
HELD = ("kind", *ROWS.told)
PLAIN = {"autocomplete": "off"}


class SignedAmountField(AmountField):
    """An amount that may stand behind a minus, as rounding does."""

    def to_python(self, value: Any) -> int | None:
        typed = str(value or "").strip()
        below = typed[:1] in {"-", "\u2212", "\uff0d"}
        amount = super().to_python(typed[1:] if below else typed)
        return -amount if below and amount is not None else amount

    def validate(self, value: Any) -> None:
        forms.Field.validate(self, value)


def fields(currency: str) -> dict[str, forms.Field]:
    """The fields of one row, by the names of a line's facts."""
    return {
        "kind": forms.ChoiceField(label=_("Kind"), choices=[*LINE_KINDS.items()], initial="goods", required=False),
        "sku": forms.CharField(label=_("SKU"), max_length=LONGEST["sku"], required=False, widget=forms.TextInput(attrs=PLAIN)),
        "name": forms.CharField(label=_("Name"), max_length=LONGEST["name"], required=False, widget=forms.TextInput(attrs=PLAIN)),
        "quantity": QuantityField(label=_("Quantity"), required=False),
        "total": SignedAmountField(label=_("Amount"), currency=currency, required=False),
        "category": forms.CharField(
            label=_("Category"), max_length=LONGEST["category"], required=False, widget=forms.TextInput(attrs=PLAIN)
        ),
        "maker": forms.CharField(label=_("Maker"), max_length=LONGEST["maker"], required=False, widget=forms.TextInput(attrs=PLAIN)),
    }


def line_of(told: Mapping[str, Any]) -> Line:
    """The line of a row. A discount comes off, however its amount is typed."""
    total = cast(int, told["total"])
    texts: dict[str, Any] = {fact: told[fact] or "" for fact in ("name", "sku", "category", "maker")}
    return Line(
        kind=told["kind"] or "goods", quantity=told["quantity"], **texts, total=-abs(total) if told["kind"] == "discount" else total
    )
