"""The pages of Customer → Import: a file of customers, and what its columns hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.imports import FIELDS, LABELS, CustomerImporter
from customers.permissions import IMPORT
from customers.tasks import importer
from loyalty.imports.forms import ColumnsForm, UploadForm
from loyalty.jobs.work import Work
from pos.queries import all_places


class CustomersFileForm(UploadForm):
    """Send a file of customers."""

    title = _("Import customers")
    permission = IMPORT
    kind = "customers.import_customers"
    columns_page = "customer-columns"
    sections = [("", ["file", "encoding", "pos_id"])]

    pos_id = forms.ChoiceField(label=_("Joined at"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [(str(p.pos_id), f"{p.merchant_name} · {p.pos_name}") for p in all_places()]
        self.fields["pos_id"].choices = [("", _("No point of sale")), *places]  # type: ignore[attr-defined]

    def params(self) -> dict[str, Any]:
        return {"pos_id": self.cleaned_data["pos_id"] or None}


class CustomerColumnsForm(ColumnsForm):
    """What the columns of a file of customers hold."""

    permission = IMPORT
    kind = "customers.import_customers"
    known = FIELDS
    labels = LABELS
    explanation = _("Who is there already stays as they are. Where the file says something else of them, you find it in the report.")

    def importer(self, work: Work, params: Mapping[str, Any]) -> CustomerImporter:
        return importer(work, params)
