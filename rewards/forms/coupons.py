"""What staff do with a coupon, and giving one to a customer."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from customers import queries as customers
from customers.phones import region_of
from earning.queries import purchases
from loyalty.admin.forms import CommandForm
from loyalty.domain.errors import DomainError
from rewards.commands import CancelCoupon, Cashback, CouponAnswer, GiveReward, MarkUnused, UseCoupon
from rewards.domain.coupon import LONGEST_REASON
from rewards.models import Coupon
from rewards.permissions import ANYWHERE, CORRECT, GIVE, USE
from rewards.queries import coupon_state, rewards

READ_BY_CUSTOMER = _("The customer reads it in their app.")


def reason_field(**kwargs: Any) -> forms.CharField:
    """Why something is taken back."""
    return forms.CharField(label=_("Reason"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 2}), **kwargs)


class UseCouponForm(CommandForm):
    """Take a coupon at no particular place, which is for who may act at any."""

    title = pgettext_lazy("coupon", "Mark as used")
    permission = USE
    also = (ANYWHERE,)
    icon = "check"
    submit = pgettext_lazy("coupon", "Mark as used")
    explanation = _("It is taken now, without a purchase, and good no more.")
    done = _("%(subject)s is used.")

    @classmethod
    def offered(cls, subject: Coupon) -> bool:
        return coupon_state(subject) == "active" and not subject.delivery

    def command(self) -> UseCoupon:
        return UseCoupon(coupon_id=self.subject.id)


class MarkUnusedForm(CommandForm):
    """Say that a coupon was not used after all."""

    title = pgettext_lazy("coupon", "Mark as unused")
    permission = CORRECT
    icon = "undo"
    submit = pgettext_lazy("coupon", "Mark as unused")
    explanation = _("It is good again until its end. What a purchase took off stays as it was sold.")
    done = _("%(subject)s is good again.")
    reason = reason_field()

    @classmethod
    def offered(cls, subject: Coupon) -> bool:
        return subject.state == Coupon.State.USED and not subject.delivery

    def command(self) -> MarkUnused:
        return MarkUnused(coupon_id=self.subject.id, reason=self.cleaned_data["reason"])


class CancelCouponForm(CommandForm):
    """Let a coupon be good no more."""

    title = pgettext_lazy("coupon", "Cancel it")
    permission = CORRECT
    icon = "block"
    submit = pgettext_lazy("coupon", "Cancel it")
    dangerous = True
    explanation = _("It is good no more. What it took of stock, limits and budget is there again.")
    done = _("%(subject)s is cancelled.")
    reason = reason_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.subject is not None and self.subject.delivery:
            self.fields["reason"].help_text = READ_BY_CUSTOMER
        if self.subject is not None and self.subject.points:
            self.add_field("give_back", forms.BooleanField(label=_("Its points come back"), required=False, initial=True))

    @classmethod
    def offered(cls, subject: Coupon) -> bool:
        return coupon_state(subject) in {"active", "inactive", "expired"}

    def command(self) -> CancelCoupon:
        told = self.cleaned_data
        return CancelCoupon(coupon_id=self.subject.id, reason=told["reason"], give_back=told.get("give_back", False))


FOR_PURCHASE = _("The document number, for an instant reward: unused, it goes when the purchase comes back.")
SHARE = _("Of an amount or a gift code: it is worth so much of the purchase, and shrinks with it.")


class GiveRewardForm(CommandForm):
    """Give a customer a reward without points."""

    title = _("Give a reward")
    permission = GIVE
    icon = "redeem"
    submit = _("Give it")
    explanation = _("The customer gets it without points. Stock, limits and budget hold.")

    customer = forms.CharField(label=_("Customer"), max_length=200, help_text=_("Phone, card, code or email."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = (card for card in rewards("active", limit=500) if not isinstance(card.content.terms.benefit, Cashback))
        choices = [("", "–"), *((str(card.reward_id), card.content.name) for card in given)]
        self.add_field("reward_id", forms.ChoiceField(label=_("Reward"), choices=choices))
        self.add_field("document", forms.CharField(label=_("For the purchase"), max_length=100, required=False, help_text=FOR_PURCHASE))
        share = forms.DecimalField(
            label=_("Share of the purchase in percent"),
            required=False,
            min_value=Decimal("0.01"),
            max_value=100,
            decimal_places=2,
            help_text=SHARE,
        )
        self.add_field("share", share)
        self.order_fields(["customer", "reward_id", "document", "share"])

    def clean_customer(self) -> UUID:
        found = customers.named(self.cleaned_data["customer"], region_of(self.tenant.time_zone))
        if found is None:
            raise forms.ValidationError(_("There is no such customer. Type the whole phone number, card, code or email."))
        return found.id

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if (number := told.get("document")) and (customer_id := told.get("customer")):
            found = purchases(customer_id=customer_id, document=number, limit=2)
            if len(found) == 1:
                told["purchase_id"] = found[0].purchase_id
            else:
                self.add_error("document", _("The customer has no single purchase with this number. Check it."))
        return told

    def command(self) -> GiveReward:
        told = self.cleaned_data
        purchase_id, share = told.get("purchase_id"), told.get("share")
        return GiveReward(
            customer_id=told["customer"],
            reward_id=UUID(told["reward_id"]),
            way="rule" if purchase_id else "given",
            for_purchase_id=purchase_id,
            share=None if share is None else int(share * 100),
        )

    def refuse(self, refusal: DomainError) -> None:
        super().refuse(refusal.at("document") if refusal.field == "for_purchase_id" else refusal)

    def confirm(self, result: CouponAnswer) -> str:
        name = dict(self.fields["reward_id"].choices)[self.cleaned_data["reward_id"]]  # type: ignore[attr-defined]
        return gettext("“%(name)s” is given.") % {"name": name}

    def next_url(self, result: CouponAnswer) -> str:
        return reverse("admin:rewards_coupon_change", args=[result.coupon_id])
