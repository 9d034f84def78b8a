"""The forms of earning rules in the administration, one for each command."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from earning import queries
from earning.commands import ActivateRule, ChangeRule, CreateRule, PauseRule, PointsPerAmount, RuleAnswer
from earning.domain.rules import LONGEST_NAME
from earning.forms.fields import MomentField, NumberField
from earning.models import Rule
from earning.permissions import EDIT_RULES
from loyalty.admin.forms import CommandForm
from loyalty.house.fields import AmountField

ROUNDINGS = [("floor", _("Down")), ("half_up", _("To the nearest whole number")), ("ceil", _("Up"))]
FROM_NOW = _("Leave it empty for now.")


class RuleForm(CommandForm):
    """What the pages that add and edit a rule share."""

    permission = EDIT_RULES
    sections = [(_("Rule"), ["name"]), (_("What it gives"), ["points", "per", "whole_steps", "rounding"])]

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME, help_text=_("For you and your colleagues; it also explains points."))
    points = NumberField(label=_("Points"), help_text=_("Such as 1 or 2.5."))
    per = AmountField(label=_("For each amount spent"))
    whole_steps = forms.BooleanField(
        label=_("Full amounts only"), required=False, help_text=_("Otherwise a part of the amount gives its part of the points.")
    )
    rounding = forms.ChoiceField(label=_("Round the points of a purchase"), choices=ROUNDINGS, initial="floor")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["per"].use(self.tenant.currency)  # type: ignore[attr-defined]
        self.fields["per"].label = f"{self.fields['per'].label} ({self.tenant.currency})"

    def terms(self) -> PointsPerAmount:
        """The terms that were entered."""
        told = self.cleaned_data
        return PointsPerAmount(
            points=told["points"],
            per=told["per"],
            currency=self.tenant.currency,
            rounding=told["rounding"],
            whole_steps=told["whole_steps"],
        )


class AddRuleForm(RuleForm):
    """Draft a rule."""

    title = _("Add earning rule")
    icon = "add"
    submit = _("Add earning rule")
    explanation = _("A new rule is a draft: it gives nothing until you activate it.")
    done = _("%(name)s is added as a draft. Activate it when it should begin.")

    def command(self) -> CreateRule:
        return CreateRule(name=self.cleaned_data["name"], terms=self.terms())

    def next_url(self, result: RuleAnswer) -> str:
        return reverse("admin:earning_rule_change", args=[result.rule_id])


class EditRuleForm(RuleForm):
    """Give a rule a new version."""

    title = _("Edit")
    icon = "edit"
    explanation = _("Purchases that were recorded keep the points they brought. The version before stays in the history.")
    done = _("%(name)s is changed.")
    sections = [*RuleForm.sections, (_("Begin"), ["effective_at"])]

    effective_at = MomentField(label=_("In effect from"), help_text=FROM_NOW, widget=forms.DateTimeInput)
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def initial_values(self) -> dict[str, Any]:
        card = queries.rule(self.subject.id)
        terms = card.terms
        return {
            "name": card.name,
            "points": f"{terms.points.normalize():f}",
            "per": terms.per,
            "whole_steps": terms.whole_steps,
            "rounding": terms.rounding,
            "seen_version": card.version,
        }

    def command(self) -> ChangeRule:
        told = self.cleaned_data
        return ChangeRule(
            rule_id=self.subject.id,
            name=told["name"],
            terms=self.terms(),
            effective_at=told["effective_at"],
            seen_version=told["seen_version"],
        )


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
        return subject.state != Rule.State.ACTIVE

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
        return subject.state == Rule.State.ACTIVE

    def command(self) -> PauseRule:
        return PauseRule(rule_id=self.subject.id)
