"""What a customer sends to redeem points."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.forms.coming_in import ShellForm
from loyalty.domain.errors import DomainError
from loyalty.domain.identity import new_id
from loyalty.house.typed import CountField
from rewards.commands import AddressGift, GiftAddress, RedeemReward

ADDRESS = ("recipient", "phone", "address")

LONGEST_TYPED = 100


class GiftAddressForm(ShellForm):
    """Where a gift is sent."""

    recipient = forms.CharField(label=_("Recipient"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    phone = forms.CharField(
        label=_("Phone of the recipient"), max_length=40, widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"})
    )
    address = forms.CharField(label=_("Address"), max_length=500, widget=forms.TextInput(attrs={"autocomplete": "street-address"}))

    def refuse(self, refusal: DomainError) -> None:
        for one in refusal.all:
            one.field = (one.field or "").removeprefix("send_to.") or None
        super().refuse(refusal)

    def send_to(self) -> GiftAddress:
        """The address of a form that is valid."""
        return GiftAddress(**{name: self.cleaned_data[name] for name in ADDRESS})

    def address_order(self, coupon_id: UUID, customer_id: UUID) -> AddressGift:
        """The order to send a gift there."""
        return AddressGift(coupon_id=coupon_id, customer_id=customer_id, send_to=self.send_to())


class RedeemForm(GiftAddressForm):
    """Yes; of what takes any number of points, how many (from `least` on, of a wallet with so many decimal `places`); of what is `sent`,
    where. `once` makes a second tap the same order.
    """

    once = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, posted: Any = None, *, least: int | None = None, places: int = 0, sent: Mapping[str, str] | None = None) -> None:
        super().__init__(posted, initial={"once": new_id(), "points": least, **(sent or {})})
        if least is not None:
            self.fields["points"] = CountField(label=_("Points"), places=places, required=True)
        for name in ADDRESS if sent is None else ():
            del self.fields[name]

    def order(self, customer_id: UUID, reward_id: UUID) -> RedeemReward:
        """The order of a form that is valid."""
        points, send_to = self.cleaned_data.get("points"), self.send_to() if "address" in self.fields else None
        return RedeemReward(customer_id=customer_id, reward_id=reward_id, points=points, send_to=send_to, by_customer=True)


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
