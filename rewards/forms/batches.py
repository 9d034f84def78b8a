"""What staff do with batches of codes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from loyalty.admin.forms import CommandForm
from loyalty.house import formats
from loyalty.house.typed import smallest_units
from loyalty.staff.models import PrivilegedRead
from loyalty.staff.permissions import SEE_JOBS
from rewards.commands import AddSharedCode, BatchAnswer, ExportBatch, MakeCodes, WithdrawBatch
from rewards.domain.batch import LONGEST_REASON
from rewards.domain.code import LONGEST_GIVEN
from rewards.models import CodeBatch, Reward
from rewards.permissions import EDIT_REWARDS, EXPORT_CODES

FIGURE = {"inputmode": "numeric", "autocomplete": "off"}


def has_codes(subject: Reward, kind: str) -> bool:
    """Whether codes of a kind can be added to a reward: "stock" or "shared"."""
    return bool(subject.content["terms"].get("codes") == kind) and subject.standing != "ended"


class MakeCodesForm(CommandForm):
    """Make codes for a reward."""

    title = _("Make codes")
    permission = EDIT_REWARDS
    icon = "qr_code_2_add"
    submit = _("Make them")
    explanation = _("Nobody can guess them, and no two are alike. They can be had once all of them are made.")

    codes = forms.CharField(label=_("How many"), max_length=40, widget=forms.TextInput(attrs=FIGURE))
    code_prefix = forms.CharField(
        label=_("Prefix of codes"), required=False, max_length=8, help_text=_("Capital letters and digits, without I, L, O and U.")
    )

    @classmethod
    def offered(cls, subject: Reward) -> bool:
        return has_codes(subject, "stock")

    def initial_values(self) -> dict[str, Any]:
        return {"code_prefix": self.subject.content["terms"].get("code_prefix", "")}

    def clean_codes(self) -> int:
        return smallest_units(self.cleaned_data["codes"], 0)

    def command(self) -> MakeCodes:
        told = self.cleaned_data
        return MakeCodes(reward_id=self.subject.id, codes=told["codes"], code_prefix=told["code_prefix"].strip().upper())

    def confirm(self, result: BatchAnswer) -> str:
        number = self.cleaned_data["codes"]
        said = ngettext("%(number)s code is being made.", "%(number)s codes are being made.", number)
        return said % {"number": formats.number(number, get_language() or formats.FALLBACK)}

    def next_url(self, result: BatchAnswer) -> str:
        return reverse("admin:rewards_codebatch_change", args=[result.batch_id])


class SharedCodeForm(CommandForm):
    """Add a code that all customers share."""

    title = _("Add a code for all")
    permission = EDIT_REWARDS
    icon = "qr_code_2_add"
    submit = _("Add it")
    explanation = _("Each customer who brings the code gets the reward once, as far as its stock and limits allow.")
    done = _("The code can be used.")

    code = forms.CharField(label=_("Code"), max_length=LONGEST_GIVEN, help_text=_("Letters from A to Z and digits, such as TET-2027."))

    @classmethod
    def offered(cls, subject: Reward) -> bool:
        return has_codes(subject, "shared")

    def command(self) -> AddSharedCode:
        return AddSharedCode(reward_id=self.subject.id, code=self.cleaned_data["code"])

    def next_url(self, result: BatchAnswer) -> str:
        return reverse("admin:rewards_codebatch_change", args=[result.batch_id])


class ExportBatchForm(CommandForm):
    """Let the codes of a batch out."""

    title = _("Export the codes")
    permission = EXPORT_CODES
    also = (SEE_JOBS,)
    icon = "download"
    submit = _("Export them")
    explanation = _(
        "It can be done once, and is noted. The codes that nobody has are written into a file that only you can fetch, within seven days, "
        "under Long-running work. From then on nobody gets them by redeeming points: they are for who brings them."
    )
    done = _("The file is being written. You find it under Long-running work.")

    reason = forms.CharField(label=_("Reason"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 2}))

    @classmethod
    def offered(cls, subject: CodeBatch) -> bool:
        return subject.state == CodeBatch.State.OPEN and subject.source != "shared"

    def prepare(self) -> None:
        """That it was asked for is noted, whatever comes of it."""
        PrivilegedRead.note(self.principal, EXPORT_CODES, self.subject.id)
        super().prepare()

    def command(self) -> ExportBatch:
        return ExportBatch(batch_id=self.subject.id, reason=self.cleaned_data["reason"])

    def next_url(self, result: BatchAnswer) -> str:
        return reverse("admin:jobs_jobrun_changelist")


class WithdrawBatchForm(CommandForm):
    """Let the codes of a batch that nobody has be good no more."""

    title = _("Withdraw")
    permission = EDIT_REWARDS
    icon = "block"
    submit = _("Withdraw the codes")
    dangerous = True
    explanation = _("The codes that nobody has are good no more, for ever. What customers have stays good.")

    reason = forms.CharField(label=_("Reason"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 2}))

    @classmethod
    def offered(cls, subject: CodeBatch) -> bool:
        return subject.state != CodeBatch.State.WITHDRAWN

    def command(self) -> WithdrawBatch:
        return WithdrawBatch(batch_id=self.subject.id, reason=self.cleaned_data["reason"])

    def confirm(self, result: BatchAnswer) -> str:
        return gettext("The codes are withdrawn.")
