"""A whole document that a seller types in at the till, line by line if it matters what was bought."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from earning.commands import PurchaseAnswer
from earning.entry import RecordPurchaseForm
from pos.forms.till import is_drawn
from pos.queries import SalePlace


class EnterPurchaseForm(RecordPurchaseForm):
    """Record a purchase at one till: `subject` is its place, and no other can be named."""

    title = _("Enter a purchase")
    channel = "till"
    themed = False
    sections = [(title, [name for name in names if name != "place"]) for title, names in RecordPurchaseForm.sections]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].required = False
        self.fields["place"].widget = forms.HiddenInput()
        for name, field in self.fields.items():
            if name.startswith("lines_"):
                # Grouping while typing would drop the minus of a line that rounds down.
                field.widget.attrs.pop("data-amount", None)

    def initial_values(self) -> dict[str, Any]:
        return {"place": self.subject.pos_id}

    def clean_document_number(self) -> str:
        number: str = self.cleaned_data["document_number"]
        if is_drawn(number):
            raise ValidationError(_("Numbers that begin with TILL- are drawn by the till. Enter the receipt's number."))
        return number

    def sold_at(self, pos_id: str, merchant_id: UUID | None) -> SalePlace:
        """This till, whatever was named."""
        place: SalePlace = self.subject
        return place

    def next_url(self, result: PurchaseAnswer) -> str:
        """The till, ready for the next customer."""
        return reverse("till", args=[self.subject.pos_code])

    def more_lines(self) -> None:
        """Show what is typed with further empty lines, and say nothing of what is still missing."""
        self.full_clean()
        self.errors.clear()

    def _places(self) -> list[tuple[str, str]]:
        return [(str(self.subject.pos_id), self.subject.pos_name)]
