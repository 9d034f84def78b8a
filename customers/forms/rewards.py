"""What a customer sends to redeem points."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.forms.coming_in import ShellForm
from loyalty.domain.identity import new_id
from rewards.commands import RedeemReward

LONGEST_TYPED = 100


class RedeemForm(ShellForm):
    """Yes; of what takes any number of points (`least`), how many. `once` makes a second tap the same order."""

    once = forms.UUIDField(widget=forms.HiddenInput)
    points = forms.IntegerField(label=_("Points"), min_value=1, max_value=10**15, widget=forms.TextInput(attrs={"inputmode": "numeric"}))

    def __init__(self, posted: Any = None, *, least: int | None = None) -> None:
        super().__init__(posted, initial={"once": new_id(), "points": least})
        if least is None:
            del self.fields["points"]

    def order(self, customer_id: UUID, reward_id: UUID) -> RedeemReward:
        """The order of a form that is valid."""
        points = self.cleaned_data.get("points")
        return RedeemReward(customer_id=customer_id, reward_id=reward_id, points=points, by_customer=True)


class CodeForm(ShellForm):
    """A code on paper, or one that was told; `once` makes a second tap the same order."""

    once = forms.UUIDField(widget=forms.HiddenInput)
    code = forms.CharField(
        label=_("Code"),
        max_length=LONGEST_TYPED,
        help_text=_("As it stands on the voucher; hyphens and capitals do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def __init__(self, posted: Any = None) -> None:
        super().__init__(posted, initial={"once": new_id()})
