"""The steps of a gift that is sent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from loyalty.admin.forms import CommandForm
from pos.queries import sale_place
from rewards.called import Called
from rewards.commands import AddressGift, CancelCoupon, DeliverGift, GiftAddress, ShipGift
from rewards.domain.gift import LONGEST, LONGEST_CARRIER, LONGEST_NUMBER
from rewards.forms.coupons import READ_BY_CUSTOMER, reason_field
from rewards.models import Coupon
from rewards.permissions import CORRECT, SEND
from rewards.places import ids_of
from rewards.queries import gift, is_addressed


class AddressGiftForm(CommandForm):
    """Say where a gift is sent."""

    title = _("Enter the address")
    permission = SEND
    icon = "home_pin"
    explanation = _("It can be changed until the gift is shipped; the customer can do it, too.")
    done = _("The address of %(subject)s is entered.")

    recipient = forms.CharField(label=_("Recipient"), max_length=LONGEST["recipient"])
    phone = forms.CharField(label=_("Phone of the recipient"), max_length=LONGEST["phone"])
    address = forms.CharField(label=_("Address"), max_length=LONGEST["address"], widget=forms.Textarea(attrs={"rows": 3}))

    @classmethod
    def offered(cls, subject: Coupon) -> bool:
        return subject.delivery == Coupon.Delivery.ORDERED and is_addressed(subject.id)

    def initial_values(self) -> dict[str, Any]:
        card = gift(self.subject.id)
        return {"recipient": card.recipient, "phone": card.phone, "address": card.address}

    def command(self) -> AddressGift:
        told = {name: self.cleaned_data[name] for name in LONGEST}
        return AddressGift(coupon_id=self.subject.id, send_to=GiftAddress(**told))


class StepForm(CommandForm):
    """A step that somebody takes at a point of sale, or elsewhere."""

    permission = SEND

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "–"), *((str(key), name) for key, name in Called(self.tenant).places.items())]
        self.add_field("pos", forms.ChoiceField(label=_("Point of sale"), choices=choices, required=False))

    def place(self) -> tuple[UUID | None, UUID | None]:
        """Merchant and point of sale that were chosen."""
        chosen = self.cleaned_data["pos"]
        return ids_of(sale_place(UUID(chosen)) if chosen else None)


class ShipGiftForm(StepForm):
    """Say that a gift is on its way."""

    title = pgettext_lazy("gift", "Mark as shipped")
    icon = "local_shipping"
    submit = pgettext_lazy("gift", "Mark as shipped")
    explanation = _("The customer sees that it is on its way. Its address stays as it is then.")
    done = _("%(subject)s is shipped.")

    carrier = forms.CharField(label=_("Carrier"), max_length=LONGEST_CARRIER, required=False)
    tracking_number = forms.CharField(label=_("Tracking number"), max_length=LONGEST_NUMBER, required=False)

    @classmethod
    def offered(cls, subject: Coupon) -> bool:
        return subject.delivery == Coupon.Delivery.ORDERED

    def command(self) -> ShipGift:
        merchant_id, pos_id = self.place()
        return ShipGift(
            coupon_id=self.subject.id,
            carrier=self.cleaned_data["carrier"],
            tracking_number=self.cleaned_data["tracking_number"],
            merchant_id=merchant_id,
            pos_id=pos_id,
        )


class DeliverGiftForm(StepForm):
    """Say that a gift came to its customer."""

    title = pgettext_lazy("gift", "Mark as delivered")
    icon = "inventory"
    submit = pgettext_lazy("gift", "Mark as delivered")
    done = _("%(subject)s is delivered.")

    @classmethod
    def offered(cls, subject: Coupon) -> bool:
        return subject.delivery == Coupon.Delivery.SHIPPED

    def command(self) -> DeliverGift:
        merchant_id, pos_id = self.place()
        return DeliverGift(coupon_id=self.subject.id, merchant_id=merchant_id, pos_id=pos_id)


class CameBackForm(CommandForm):
    """A gift that was shipped came back: it is cancelled and in stock again."""

    title = pgettext_lazy("gift", "It came back")
    permission = CORRECT
    icon = "assignment_return"
    submit = pgettext_lazy("gift", "Cancel it")
    dangerous = True
    explanation = _("It is cancelled. What it took of stock, limits and budget is there again.")
    done = _("%(subject)s is cancelled.")
    reason = reason_field(help_text=READ_BY_CUSTOMER)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.subject is not None and self.subject.points:
            self.add_field("give_back", forms.BooleanField(label=_("Its points come back"), required=False, initial=True))

    @classmethod
    def offered(cls, subject: Coupon) -> bool:
        return subject.delivery == Coupon.Delivery.SHIPPED

    def command(self) -> CancelCoupon:
        told = self.cleaned_data
        return CancelCoupon(coupon_id=self.subject.id, reason=told["reason"], give_back=told.get("give_back", False), came_back=True)
