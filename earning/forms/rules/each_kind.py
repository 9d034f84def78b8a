"""The forms that add and edit a rule of each kind."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from earning.forms.rules.content import AddRuleForm, EditRuleForm
from earning.forms.rules.kinds import CustomEventFields, InstantRewardFields, MultiplierFields, PointsPerAmountFields, ProductPointsFields
from loyalty.admin.forms import CommandForm


class AddPointsPerAmount(PointsPerAmountFields, AddRuleForm):
    """Points per spend."""

    title = _("Add earning rule")


class AddProductPoints(ProductPointsFields, AddRuleForm):
    """Points for products."""

    title = _("Add points for products")


class AddMultiplier(MultiplierFields, AddRuleForm):
    """Multiplier."""

    title = _("Add multiplier")


class AddInstantReward(InstantRewardFields, AddRuleForm):
    """A reward besides points."""

    title = _("Add instant reward")

    def gives(self) -> list[str]:
        """It gives points of no wallet."""
        return [name for name in super().gives() if name != "wallet"]


class AddCustomEvent(CustomEventFields, AddRuleForm):
    """Points for a custom event."""

    title = _("Add points for custom event")


class EditPointsPerAmount(PointsPerAmountFields, EditRuleForm):
    """Points per spend."""


class EditProductPoints(ProductPointsFields, EditRuleForm):
    """Points for products."""


class EditMultiplier(MultiplierFields, EditRuleForm):
    """Multiplier."""


class EditInstantReward(InstantRewardFields, EditRuleForm):
    """A reward besides points."""


class EditCustomEvent(CustomEventFields, EditRuleForm):
    """Points for a custom event."""


ADD: dict[str, type[CommandForm]] = {
    "add-rule": AddPointsPerAmount,
    "add-product-points": AddProductPoints,
    "add-multiplier": AddMultiplier,
    "add-instant-reward": AddInstantReward,
    "add-custom-event": AddCustomEvent,
}
EDIT: dict[str, type[CommandForm]] = {
    "edit": EditPointsPerAmount,
    "edit-product-points": EditProductPoints,
    "edit-multiplier": EditMultiplier,
    "edit-instant-reward": EditInstantReward,
    "edit-custom-event": EditCustomEvent,
}
