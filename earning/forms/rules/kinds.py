"""What each kind of rule asks for in the administration: its fields, and the terms they stand for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from earning import queries
from earning.commands import (
    CustomEventPoints,
    InstantReward,
    LabelFactor,
    LevelFactor,
    Multiplier,
    PointsPerAmount,
    ProductPoints,
    Selection,
)
from earning.domain.scope import OF_PURCHASES
from earning.forms.fields import NumberField, as_typed
from earning.forms.lists import FactorsField, LabelsField
from earning.kinds.words import language
from loyalty.house.fields import AmountField
from loyalty.house.labels import ALONE, closed_quotes, named, written_one
from loyalty.house.lists import ListField

ROUNDINGS = [("floor", _("Down")), ("half_up", _("To the nearest whole number")), ("ceil", _("Up"))]
NAMES = ("skus", "categories", "makers", "labels")


class KindFields(forms.Form):
    """Which lines of a purchase count: what all kinds ask."""

    kind: ClassVar[str]
    what: ClassVar[list[str]] = [f"{side}_{name}" for side in ("only", "never") for name in NAMES]
    then: ClassVar[list[str]] = []

    only_skus = ListField(label=_("Only these SKUs"), help_text=_("With commas between them. Empty: all articles."))
    only_categories = ListField(label=_("Only these categories"))
    only_makers = ListField(label=_("Only these makers"))
    only_labels = LabelsField(label=_("Only these labels"), help_text=_("Such as color=red, or color for any value."))
    never_skus = ListField(label=_("Not these SKUs"))
    never_categories = ListField(label=_("Not these categories"))
    never_makers = ListField(label=_("Not these makers"))
    never_labels = LabelsField(label=_("Not these labels"))

    def terms(self, told: Mapping[str, Any], currency: str) -> dict[str, Any]:
        """Names and values of the terms behind cleaned values, which hold at least `then`."""
        raise NotImplementedError

    def shown(self, terms: Any) -> dict[str, Any]:
        """The fields' values for terms."""
        return {f"{side}_{name}": getattr(getattr(terms, side), name) for side in ("only", "never") for name in NAMES}

    def lines(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """Which lines count, and which do not."""
        return {side: Selection(**{name: told.get(f"{side}_{name}") or () for name in NAMES}) for side in ("only", "never")}


class PointsPerAmountFields(KindFields):
    """Points per spend."""

    kind = "points_per_amount"
    then = ["points", "per", "whole_steps", "carry", "rounding", "delivery", "rewards"]

    points = NumberField(label=_("Points"), help_text=_("Such as 1 or 2.5."))
    per = AmountField(label=_("For each amount spent"))
    whole_steps = forms.BooleanField(
        label=_("Full amounts only"), required=False, help_text=_("Otherwise a part of the amount gives its part of the points.")
    )
    carry = forms.BooleanField(
        label=_("What is left over counts with the next purchase"), required=False,
        help_text=_(
            "For full amounts only. With other points or another amount, counting begins anew. "
            "Points that a limit of this rule has no room for are lost."
        ),
    )  # fmt: skip
    rounding = forms.ChoiceField(label=_("Round the points of a purchase"), choices=ROUNDINGS, initial="floor")
    delivery = forms.BooleanField(label=_("Delivery counts too"), required=False, initial=True)
    rewards = forms.ChoiceField(
        label=_("Discounts"), choices=[("net", _("are taken off first")), ("gross", _("do not matter"))], initial="net", required=False
    )

    def terms(self, told: Mapping[str, Any], currency: str) -> dict[str, Any]:
        plain = {name: told[name] for name in ("points", "per", "whole_steps", "carry", "rounding", "delivery")}
        return {"currency": currency, "rewards": told["rewards"] or "net", **plain, **self.lines(told)}

    def shown(self, terms: PointsPerAmount) -> dict[str, Any]:
        plain = {name: getattr(terms, name) for name in ("per", "whole_steps", "carry", "rounding", "delivery", "rewards")}
        return super().shown(terms) | plain | {"points": as_typed(terms.points)}


class ProductPointsFields(KindFields):
    """Points for products."""

    kind = "product_points"
    then = ["points", "each", "rounding"]

    points = NumberField(label=_("Points"), help_text=_("Such as 1 or 2.5."))
    each = forms.ChoiceField(label=_("For each"), choices=[("unit", _("unit bought")), ("line", _("matching line"))], initial="unit")
    rounding = forms.ChoiceField(label=_("Round the points of a purchase"), choices=ROUNDINGS, initial="floor")

    def terms(self, told: Mapping[str, Any], currency: str) -> dict[str, Any]:
        return {name: told[name] for name in self.then} | self.lines(told)

    def shown(self, terms: ProductPoints) -> dict[str, Any]:
        return super().shown(terms) | {"points": as_typed(terms.points), "each": terms.each, "rounding": terms.rounding}


class MultiplierFields(KindFields):
    """Multiplier."""

    kind = "multiplier"
    then = ["factor", "by_label", "by_level", "combine"]

    factor = NumberField(label=_("Points per amount times"), required=False, help_text=_("Such as 2 or 1.5. The largest that fits counts."))
    by_label = FactorsField(
        label=_("By the value of a label"), example="color=red: 2", widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A line each, such as color=red: 2."),
    )  # fmt: skip
    by_level = FactorsField(
        label=_("By the customer's level"), example="gold: 2", widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A line each, such as gold: 2."),
    )  # fmt: skip
    combine = forms.ChoiceField(
        label=_("Beside other multipliers"),
        choices=[("compound", _("they multiply each other")), ("best", _("the largest counts"))],
        initial="compound",
    )

    def clean_by_label(self) -> Any:
        with closed_quotes():
            found = [(one, factor) for name, factor in self.cleaned_data["by_label"] for one in named(name, ALONE)]
        if any(value is None for (_label, value), _factor in found):
            field = self.fields["by_label"]
            raise forms.ValidationError(field.error_messages["factor"], code="factor", params={"example": "color=red: 2"})
        return tuple((written_one(*one), factor) for one, factor in found)

    def terms(self, told: Mapping[str, Any], currency: str) -> dict[str, Any]:
        labels = [(*one, factor) for name, factor in told["by_label"] for one in named(name, ALONE)]
        return {
            "factor": told["factor"],
            "by_label": tuple(LabelFactor(label=label, value=value or "", factor=factor) for label, value, factor in labels),
            "by_level": tuple(LevelFactor(level=name, factor=factor) for name, factor in told["by_level"]),
            "combine": told["combine"],
            **self.lines(told),
        }

    def shown(self, terms: Multiplier) -> dict[str, Any]:
        return super().shown(terms) | {
            "factor": None if terms.factor is None else as_typed(terms.factor),
            "by_label": tuple((written_one(one.label, one.value), one.factor) for one in terms.by_label),
            "by_level": tuple((at.level, at.factor) for at in terms.by_level),
            "combine": terms.combine,
        }


class InstantRewardFields(KindFields):
    """A reward besides points."""

    kind = "instant_reward"
    then = ["reward_id"]

    reward_id = forms.TypedChoiceField(
        label=_("Reward"), coerce=UUID, help_text=_("The customer gets it at once. It goes again, unused, when the goods come back.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reward_id"].choices = queries.rewards_offered()  # type: ignore[attr-defined]
        self.add_field("reward_id", self.fields["reward_id"])  # type: ignore[attr-defined]

    def terms(self, told: Mapping[str, Any], currency: str) -> dict[str, Any]:
        return {"reward_id": told["reward_id"]} | self.lines(told)

    def shown(self, terms: InstantReward) -> dict[str, Any]:
        return super().shown(terms) | {"reward_id": terms.reward_id}


class CustomEventFields(KindFields):
    """Points for a custom event, which no purchase decides."""

    kind = "custom_event"
    what: ClassVar[list[str]] = []
    then = ["type", "points", "attribute", "rounding", "by_customers"]

    type = forms.ChoiceField(label=_("Type of event"), help_text=_("Types are made known under Earning → Custom events."))
    points = NumberField(label=_("Points"), help_text=_("Such as 1 or 2.5."))
    attribute = forms.CharField(
        label=_("For each one of the attribute"), required=False,
        help_text=_("A number that the event tells, such as bottles. Empty: the points come once for each event."),
    )  # fmt: skip
    rounding = forms.ChoiceField(label=_("Round the points of an event"), choices=ROUNDINGS, initial="floor")
    by_customers = forms.BooleanField(
        label=_("Customers may report it themselves"), required=False, help_text=_("It then needs a limit for each customer.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in (*KindFields.what, *OF_PURCHASES):
            self.fields.pop(name, None)
        types = [(one.code, one.name(language())) for one in queries.custom_event_types()]
        self.fields["type"].choices = types  # type: ignore[attr-defined]
        self.add_field("type", self.fields["type"])  # type: ignore[attr-defined]

    def terms(self, told: Mapping[str, Any], currency: str) -> dict[str, Any]:
        return {name: told[name] for name in self.then} | {"attribute": told["attribute"].strip()}

    def shown(self, terms: CustomEventPoints) -> dict[str, Any]:
        plain = {name: getattr(terms, name) for name in ("type", "attribute", "rounding", "by_customers")}
        return plain | {"points": as_typed(terms.points)}
