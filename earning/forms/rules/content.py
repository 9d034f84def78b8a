"""The forms that add and edit a rule: when it counts, and then what it gives."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from earning import queries
from earning.commands import ChangeRule, CreateRule, RuleAnswer, RuleScope
from earning.domain.rules import LONGEST_NAME
from earning.domain.scope import EVERYTHING
from earning.forms.fields import FROM_NOW, MomentField
from earning.forms.rules.kinds import KindFields, MultiplierFields, PointsPerAmountFields, ProductPointsFields
from earning.forms.rules.scope import ScopeFields
from earning.models import Rule
from earning.permissions import EDIT_RULES
from loyalty.admin.forms import CommandForm
from loyalty.domain.errors import DomainError


class RuleForm(CommandForm, ScopeFields, KindFields):
    """What the pages that add and edit a rule share."""

    permission = EDIT_RULES

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME, help_text=_("For you and your colleagues; it also explains points."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {"per", "minimum", "maximum"} & self.fields.keys():
            self.fields[name].use(self.tenant.currency)  # type: ignore[attr-defined]
            self.fields[name].label = f"{self.fields[name].label} ({self.tenant.currency})"
        self.offer_places(self.before())
        for name in ("places", "weekdays"):
            self.add_field(name, self.fields[name])

    @property
    def sections(self) -> list[tuple[Any, list[str]]]:  # type: ignore[override]
        """“When … then …”."""
        return [
            (_("Rule"), ["name"]),
            (_("When"), [*self.when_asked, *self.when]),
            (_("Then"), self.then),
            (_("Beside other rules"), self.beside_asked),
        ]

    def content(self) -> dict[str, Any]:
        """Name, terms and scope that were entered."""
        told = self.cleaned_data
        scope = self.scope(told, self.before(), self.tenant.time_zone)
        return {"name": told["name"], "terms": self.terms(told, self.tenant.currency), "scope": scope}

    def before(self) -> RuleScope:
        """The scope that is changed."""
        return queries.rule(self.subject.id).scope if self.subject else EVERYTHING

    def refuse(self, refusal: DomainError) -> None:
        """Terms and scope of a rule stand side by side on the form."""
        refusal.field = (refusal.field or "").removeprefix("terms.").removeprefix("scope.")
        super().refuse(refusal)


class AddRuleForm(RuleForm):
    """Draft a rule."""

    icon = "add"
    submit = _("Add earning rule")
    explanation = _("A new rule is a draft: it gives nothing until you activate it.")
    done = _("%(name)s is added as a draft. Activate it when it should begin.")

    def command(self) -> CreateRule:
        return CreateRule(**self.content())

    def next_url(self, result: RuleAnswer) -> str:
        return reverse("admin:earning_rule_change", args=[result.rule_id])


class EditRuleForm(RuleForm):
    """Give a rule a new version."""

    title = _("Edit")
    icon = "edit"
    explanation = _("Purchases that were recorded keep the points they brought. The version before stays in the history.")
    done = _("%(name)s is changed.")

    effective_at = MomentField(label=_("In effect from"), help_text=FROM_NOW, widget=forms.DateTimeInput)
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def offered(cls, subject: Rule) -> bool:
        return subject.kind == cls.kind

    @property
    def sections(self) -> list[tuple[Any, list[str]]]:  # type: ignore[override]
        return [*super().sections, (_("Begin"), ["effective_at"])]

    def initial_values(self) -> dict[str, Any]:
        card = queries.rule(self.subject.id)
        return {"name": card.name, "seen_version": card.version} | self.scope_shown(card.scope) | self.shown(card.terms)

    def command(self) -> ChangeRule:
        told = self.cleaned_data
        return ChangeRule(rule_id=self.subject.id, effective_at=told["effective_at"], seen_version=told["seen_version"], **self.content())


class AddPointsPerAmount(PointsPerAmountFields, AddRuleForm):
    """Points per spend."""

    title = _("Add earning rule")


class AddProductPoints(ProductPointsFields, AddRuleForm):
    """Points for products."""

    title = _("Add points for products")


class AddMultiplier(MultiplierFields, AddRuleForm):
    """Multiplier."""

    title = _("Add multiplier")


class EditPointsPerAmount(PointsPerAmountFields, EditRuleForm):
    """Points per spend."""


class EditProductPoints(ProductPointsFields, EditRuleForm):
    """Points for products."""


class EditMultiplier(MultiplierFields, EditRuleForm):
    """Multiplier."""


ADD: dict[str, type[CommandForm]] = {
    "add-rule": AddPointsPerAmount,
    "add-product-points": AddProductPoints,
    "add-multiplier": AddMultiplier,
}
EDIT: dict[str, type[CommandForm]] = {
    "edit": EditPointsPerAmount,
    "edit-product-points": EditProductPoints,
    "edit-multiplier": EditMultiplier,
}
