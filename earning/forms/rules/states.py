"""The forms that put a rule in and out of force."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from earning.commands import ActivateRule, EndRule, PauseRule, RuleAnswer
from earning.forms.fields import ENDS, FROM_NOW, MomentField
from earning.kinds.words import until
from earning.models import Rule
from earning.permissions import EDIT_RULES
from earning.wording import warning_sentence
from loyalty.admin.forms import CommandForm
from loyalty.house import formats


class ActivateRuleForm(CommandForm):
    """Put a rule in force."""

    title = _("Activate")
    permission = EDIT_RULES
    icon = "play_arrow"
    submit = _("Activate")
    explanation = _(
        "From then on purchases bring the points of this rule; at a time to come it is scheduled. "
        "Purchases that were recorded before stay as they are."
    )
    done = _("%(subject)s is active.")

    effective_at = MomentField(label=_("In effect from"), help_text=FROM_NOW, widget=forms.DateTimeInput)

    @classmethod
    def offered(cls, subject: Rule) -> bool:
        return subject.standing not in {Rule.State.ACTIVE, Rule.State.ENDED}

    def confirm(self, result: RuleAnswer) -> str:
        if result.state != Rule.State.SCHEDULED:
            past = [warning_sentence(one) for one in result.warnings if one.code == "since_past"]
            return " ".join([super().confirm(result), *past])
        at = formats.day_and_clock(self.cleaned_data["effective_at"], self.tenant.zone, get_language() or formats.FALLBACK)
        return gettext("%(subject)s is scheduled: it counts from %(at)s.") % {"subject": self.subject, "at": at}

    def command(self) -> ActivateRule:
        return ActivateRule(rule_id=self.subject.id, effective_at=self.cleaned_data["effective_at"])


class PauseRuleForm(CommandForm):
    """Take a rule out of force."""

    title = _("Pause")
    permission = EDIT_RULES
    icon = "pause"
    submit = _("Pause")
    dangerous = True
    explanation = _("From now on purchases bring no points by this rule, until it is activated again.")
    done = _("%(subject)s is paused.")

    @classmethod
    def offered(cls, subject: Rule) -> bool:
        return subject.standing in {Rule.State.ACTIVE, Rule.State.SCHEDULED}

    def command(self) -> PauseRule:
        return PauseRule(rule_id=self.subject.id)


class EndRuleForm(CommandForm):
    """End a rule for good."""

    title = _("End")
    permission = EDIT_RULES
    icon = "stop"
    submit = _("End for good")
    dangerous = True
    explanation = _("An ended rule does not come back. Until its time has come the end can be moved or taken back.")
    done = _("%(subject)s has ended.")

    ends_at = MomentField(label=_("Ends"), help_text=ENDS, widget=forms.DateTimeInput)

    @classmethod
    def offered(cls, subject: Rule) -> bool:
        return subject.standing != Rule.State.ENDED

    def initial_values(self) -> dict[str, Any]:
        return {"ends_at": self.subject.ends_at}

    def confirm(self, result: RuleAnswer) -> str:
        if result.state == Rule.State.ENDED:
            return super().confirm(result)
        at = until(self.cleaned_data["ends_at"], self.tenant.time_zone)
        return gettext("%(subject)s counts until %(at)s.") % {"subject": self.subject, "at": at}

    def command(self) -> EndRule:
        return EndRule(rule_id=self.subject.id, ends_at=self.cleaned_data["ends_at"])


class KeepRuleForm(CommandForm):
    """Take a planned end back."""

    title = _("Take the end back")
    permission = EDIT_RULES
    icon = "all_inclusive"
    submit = _("Take the end back")
    explanation = _("Without an end the rule counts until it is paused or ended.")
    done = _("%(subject)s has no end any more.")

    @classmethod
    def offered(cls, subject: Rule) -> bool:
        return subject.ends_at is not None and subject.standing != Rule.State.ENDED

    def command(self) -> EndRule:
        return EndRule(rule_id=self.subject.id, never=True)
