"""Transaction → Import: a file of past purchases, and what its columns hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from earning.imports import FIELDS, LABELS, PurchaseImporter
from earning.permissions import IMPORT
from earning.tasks import importer
from loyalty.admin import navigation
from loyalty.imports.forms import ColumnsForm, UploadForm
from loyalty.jobs.admin import offer
from loyalty.jobs.work import Work
from pos.queries import all_places


class PurchasesFileForm(UploadForm):
    """Send a file of purchases of one point of sale."""

    title = _("Import purchases")
    permission = IMPORT
    kind = "earning.import_purchases"
    columns_page = "purchase-columns"
    sections = [("", ["pos_id", "file", "encoding"])]

    pos_id = forms.ChoiceField(label=_("Point of sale"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pos_id"].choices = [(str(p.pos_id), f"{p.merchant_name} · {p.pos_name}") for p in all_places()]  # type: ignore[attr-defined]

    def params(self) -> dict[str, Any]:
        return {"pos_id": self.cleaned_data["pos_id"]}


class PurchaseColumnsForm(ColumnsForm):
    """What the columns of a file of purchases hold."""

    permission = IMPORT
    kind = "earning.import_purchases"
    known = FIELDS
    times = ("purchased_at",)
    labels = LABELS
    options = ("time_format", "decimal_comma", "prices_without_tax", "customer_kind", "create_customers")
    explanation = _(
        "Needed are the document number, the time, and the quantity with the unit price or the total. Quantities below zero are returns: "
        "they come off earlier sales to the same customer, newest first."
    )

    decimal_comma = forms.BooleanField(label=_("Numbers have a decimal comma, as in 1.234,50"), required=False)
    prices_without_tax = forms.BooleanField(
        label=_("Prices are without tax"),
        required=False,
        help_text=_("Of documents that do not say in a column whether prices include tax."),
    )
    customer_kind = forms.ChoiceField(
        label=_("The customer column holds"),
        initial="external_id",
        choices=[
            ("external_id", _("External id")),
            ("phone", _("Phone")),
            ("email", _("Email")),
            ("card", _("Loyalty card")),
            ("code", _("Customer code")),
        ],
    )
    create_customers = forms.BooleanField(
        label=_("Add customers whom nobody knows"),
        required=False,
        initial=True,
        help_text=_("Otherwise their purchases are refused, and you find them in the report."),
    )

    def importer(self, work: Work, params: Mapping[str, Any]) -> PurchaseImporter:
        return importer(work, params)


offer({"import-purchases": PurchasesFileForm}, {"purchase-columns": PurchaseColumnsForm})
navigation.register(_("Transaction"), _("Import"), "admin:jobs_jobrun_import-purchases", IMPORT, icon="upload_file", order=12)
