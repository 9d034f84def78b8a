"""Files of customers, and of who is in a segment: sending one, and what its columns hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.forms.segments import DIRECTIONS, OUT
from customers.imports import FIELDS, LABELS, MEMBER_FIELDS, MEMBER_LABELS, CustomerImporter, MembersImporter
from customers.permissions import EDIT_SEGMENTS, IMPORT
from customers.queries import segments
from customers.tasks import importer, members_importer
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
    times = ("birth_date",)
    labels = LABELS
    explanation = _(
        "Of who is there already, what nobody knew is completed. Where the file says something else of them, they stay as they are, "
        "and you find it in the report."
    )

    def importer(self, work: Work, params: Mapping[str, Any]) -> CustomerImporter:
        return importer(work, params)


class MembersFileForm(UploadForm):
    """Send a file of customers who come into a segment, or go out of it."""

    title = _("List of a segment")
    permission = EDIT_SEGMENTS
    kind = "customers.import_members"
    columns_page = "member-columns"
    sections = [("", ["segment", "leave", "file", "encoding"])]

    segment = forms.ChoiceField(label=_("Segment"))
    leave = forms.ChoiceField(label=_("What becomes of these customers"), choices=DIRECTIONS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["segment"].choices = [(str(one.segment_id), one.name) for one in segments() if one.criteria is None]  # type: ignore[attr-defined]

    def params(self) -> dict[str, Any]:
        told = self.cleaned_data
        return {"segment_id": told["segment"], "leave": told["leave"] == OUT, "typed": False, "time_format": ""}


class MemberColumnsForm(ColumnsForm):
    """What the columns of a list of a segment hold."""

    permission = EDIT_SEGMENTS
    kind = "customers.import_members"
    known = MEMBER_FIELDS
    labels = MEMBER_LABELS
    options = ()
    explanation = _("Of several columns the first that holds something says who is meant. Nobody is registered.")

    def importer(self, work: Work, params: Mapping[str, Any]) -> MembersImporter:
        return members_importer(work, params)
