"""The forms that let a reward be had, take it away, and copy it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from loyalty.admin.forms import CommandForm
from loyalty.house import formats
from loyalty.house.typed import ENDS, FROM_NOW, MomentField
from rewards.commands import ActivateReward, CloneReward, EndReward, PauseReward, RewardAnswer
from rewards.domain.reward import LONGEST_NAME
from rewards.models import Reward
from rewards.permissions import EDIT_REWARDS


class ActivateRewardForm(CommandForm):
    """Let a reward be had."""

    title = _("Activate")
    permission = EDIT_REWARDS
    icon = "play_arrow"
    submit = _("Activate")
    explanation = _("From then on customers can have it, within its own days and hours; at a time to come it is scheduled.")
    done = _("%(subject)s can be had.")

    effective_at = MomentField(label=_("In effect from"), help_text=FROM_NOW, widget=forms.DateTimeInput)

    @classmethod
    def offered(cls, subject: Reward) -> bool:
        return subject.standing not in {"active", "ended"}

    def command(self) -> ActivateReward:
        return ActivateReward(reward_id=self.subject.id, effective_at=self.cleaned_data["effective_at"])

    def confirm(self, result: RewardAnswer) -> str:
        if result.state != "scheduled":
            return super().confirm(result)
        at = formats.day_and_clock(self.cleaned_data["effective_at"], self.tenant.zone, get_language() or formats.FALLBACK)
        return gettext("%(subject)s is scheduled: it can be had from %(at)s.") % {"subject": self.subject, "at": at}


class PauseRewardForm(CommandForm):
    """Let a reward not be had for a while."""

    title = _("Pause")
    permission = EDIT_REWARDS
    icon = "pause"
    submit = _("Pause")
    dangerous = True
    explanation = _("From now on nobody can have it, until it is activated again. What customers have already stays good.")
    done = _("%(subject)s is paused.")

    @classmethod
    def offered(cls, subject: Reward) -> bool:
        return subject.standing in {"active", "scheduled"}

    def command(self) -> PauseReward:
        return PauseReward(reward_id=self.subject.id)


class EndRewardForm(CommandForm):
    """End a reward for good."""

    title = _("End")
    permission = EDIT_REWARDS
    icon = "stop"
    submit = _("End for good")
    dangerous = True
    explanation = _("A reward that has ended does not come back; it can be copied. What customers have already stays good.")
    done = _("%(subject)s has ended.")

    ends_at = MomentField(label=_("Ends"), help_text=ENDS, widget=forms.DateTimeInput)

    @classmethod
    def offered(cls, subject: Reward) -> bool:
        return subject.standing != "ended"

    def initial_values(self) -> dict[str, Any]:
        return {"ends_at": self.subject.ends_at}

    def command(self) -> EndReward:
        return EndReward(reward_id=self.subject.id, ends_at=self.cleaned_data["ends_at"])

    def confirm(self, result: RewardAnswer) -> str:
        if result.state == "ended":
            return super().confirm(result)
        at = formats.until(self.cleaned_data["ends_at"], self.tenant.zone, get_language() or formats.FALLBACK)
        return gettext("%(subject)s can be had until %(at)s.") % {"subject": self.subject, "at": at}


class KeepRewardForm(CommandForm):
    """Take a planned end back."""

    title = _("Take the end back")
    permission = EDIT_REWARDS
    icon = "all_inclusive"
    submit = _("Take the end back")
    explanation = _("Without an end it can be had until it is paused or ended.")
    done = _("%(subject)s has no end any more.")

    @classmethod
    def offered(cls, subject: Reward) -> bool:
        return subject.ends_at is not None and subject.standing != "ended"

    def command(self) -> EndReward:
        return EndReward(reward_id=self.subject.id, never=True)


class CloneRewardForm(CommandForm):
    """Draft a copy of a reward."""

    title = _("Copy")
    permission = EDIT_REWARDS
    icon = "content_copy"
    submit = _("Make a copy")
    explanation = _("The copy is a draft with the same terms, texts and photos.")
    done = _("%(name)s is added as a draft. Activate it when customers should have it.")

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)

    def initial_values(self) -> dict[str, Any]:
        return {"name": gettext("%(name)s (copy)") % {"name": self.subject.name[: LONGEST_NAME - 20]}}

    def command(self) -> CloneReward:
        return CloneReward(reward_id=self.subject.id, name=self.cleaned_data["name"])

    def next_url(self, result: RewardAnswer) -> str:
        return reverse("admin:rewards_reward_change", args=[result.reward_id])
