"""Files of codes, and of customers who get a reward: sending one, and which column is meant."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext_lazy as _

from loyalty.imports.forms import ColumnsForm, UploadForm
from loyalty.jobs.work import Work
from rewards.forms.batches import has_codes
from rewards.listed import FIELDS as LISTED_FIELDS
from rewards.listed import KIND as LISTED
from rewards.listed import LABELS as LISTED_LABELS
from rewards.listed import ListedImporter
from rewards.models import Reward
from rewards.permissions import EDIT_REWARDS, GIVE
from rewards.tasks import codes_importer, listed_importer
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

    def importer(self, work: Work, params: Mapping[str, Any]) -> CodesImporter:
        return codes_importer(work, params)


class ListedFileForm(UploadForm):
    """Send a file of customers who get the reward."""

    title = _("Give to a list")
    permission = EDIT_REWARDS
    also = (GIVE,)
    kind = LISTED
    columns_page = "listed-columns"

    @classmethod
    def offered(cls, subject: Reward) -> bool:
        return subject.standing not in {"draft", "ended"} and subject.kind != "cashback"

    def params(self) -> dict[str, Any]:
        whole = sha256()
        for piece in self.cleaned_data["file"].chunks():
            whole.update(piece)
        return {"reward": str(self.subject.id), "digest": whole.hexdigest()}


class ListedColumnsForm(ColumnsForm):
    """Which column of a file names the customers."""

    permission = EDIT_REWARDS
    also = (GIVE,)
    kind = LISTED
    known = LISTED_FIELDS
    labels = LISTED_LABELS
    options = ()
    submit = _("Give it to all of them")
    explanation = _(
        "Each customer of the file gets one without points; limits, stock and budget hold. Who is unknown, and who gets none, stands in "
        "the report with the reason. The same file again gives nobody a second one."
    )

    def importer(self, work: Work, params: Mapping[str, Any]) -> ListedImporter:
        return listed_importer(work, params)
