"""A file of codes: sending it, and which column holds them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from loyalty.imports.forms import ColumnsForm, UploadForm
from loyalty.jobs.work import Work
from rewards.forms.batches import has_codes
from rewards.models import Reward
from rewards.permissions import EDIT_REWARDS
from rewards.tasks import codes_importer
from rewards.uploading import FIELDS, KIND, LABELS, CodesImporter


class CodesFileForm(UploadForm):
    """Send a file of codes for a reward."""

    title = _("Codes from a file")
    permission = EDIT_REWARDS
    kind = KIND
    columns_page = "code-columns"

    @classmethod
    def offered(cls, subject: Reward) -> bool:
        return has_codes(subject, "stock")

    def params(self) -> dict[str, Any]:
        return {"reward": str(self.subject.id)}


class CodeColumnsForm(ColumnsForm):
    """Which column of a file holds the codes."""

    permission = EDIT_REWARDS
    kind = KIND
    known = FIELDS
    labels = LABELS
    options = ()
    explanation = _("Codes that are there already are left out; you find them in the report. The others can be had once all are taken in.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["time_format"]
        self.sections = self.sections[:1]  # type: ignore[misc]

    def importer(self, work: Work, params: Mapping[str, Any]) -> CodesImporter:
        return codes_importer(work, params)
