"""The forms that put a rule in and out of force."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from earning.commands import ActivateRule, PauseRule
from earning.forms.fields import FROM_NOW, MomentField
from earning.models import Rule
from earning.permissions import EDIT_RULES
from loyalty.admin.forms import CommandForm


class ActivateRuleForm(CommandForm):
    """Put a rule in force."""

    title = _("Activate")
    permission = EDIT_RULES
    icon = "play_arrow"
    submit = _("Activate")
    explanation = _("From then on purchases bring the points of this rule. Purchases that were recorded before stay as they are.")
    done = _("%(subject)s is active.")

    effective_at = MomentField(label=_("In effect from"), help_text=FROM_NOW, widget=forms.DateTimeInput)

    @classmethod
    def offered(cls, subject: Rule) -> bool:
        return subject.standing not in {Rule.State.ACTIVE, Rule.State.ENDED}

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
