"""The lines of a document as people type them: rows of fields, of which empty ones count for nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from earning.commands import Line
from earning.domain.lines import LONGEST
from earning.forms.fields import PercentField, PriceField, QuantityField
from earning.wording import LINE_KINDS
from loyalty.admin.rows import Rows
from loyalty.house.fields import AmountField
from loyalty.house.labels import WRITTEN_SO, LabelsField

RARE = ("unit_price", "tax_rate", "category", "maker", "labels")
"""Facts of a line that are seldom typed."""
HELD = ("kind", "sku", "name", "quantity", "total", *RARE)
WORKED_OUT = ("line_shares",)
"""Facts of a line that no person types: where a discount lies is worked out by who takes it off."""
ROWS = Rows(name="lines", told=HELD[1:], first=3, spare=2, most=100)
"""What is longer is imported."""
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
        "sku": _text(_("SKU"), "sku"),
        "name": _text(_("Name"), "name"),
        "quantity": QuantityField(label=_("Quantity"), required=False),
        "total": SignedAmountField(label=_("Amount"), currency=currency, required=False),
        "unit_price": PriceField(label=_("Unit price"), currency=currency, required=False, help_text=_("Only shown: the amount counts.")),
        "tax_rate": PercentField(label=_("Tax rate in percent"), required=False),
        "category": _text(_("Category"), "category"),
        "maker": _text(_("Maker"), "maker"),
        "labels": LabelsField(label=_("Labels"), help_text=WRITTEN_SO),
    }


def _text(label: Any, name: str) -> forms.CharField:
    return forms.CharField(label=label, max_length=LONGEST[name], required=False, widget=forms.TextInput(attrs=PLAIN))


def line_of(told: Mapping[str, Any]) -> Line:
    """The line of a row. A discount comes off, however its amount is typed."""
    total = cast(int, told["total"])
    texts: dict[str, Any] = {fact: told[fact] or "" for fact in ("name", "sku", "category", "maker")}
    return Line(
        kind=told["kind"] or "goods",
        total=-abs(total) if told["kind"] == "discount" else total,
        quantity=told["quantity"],
        unit_price=told["unit_price"],
        tax_rate=told["tax_rate"],
        labels=told["labels"] or {},
        **texts,
    )
