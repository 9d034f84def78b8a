"""The form that tries a reward on a customer: whether they can have it now, and what it asks of them; nothing is written."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from customers import queries as customers
from customers.permissions import SEE as SEE_CUSTOMERS
from customers.phones import region_of
from earning.permissions import SEE_ACCOUNTS
from loyalty.admin.forms import CommandForm
from loyalty.house.typed import CountField
from loyalty.messages.refusals import message_to_staff
from pos.queries import sale_place
from rewards.called import Called
from rewards.commands import RedeemReward
from rewards.permissions import SEE_REWARDS
from rewards.trying import Tried, judged, looked_at
from rewards.wording import said_conditions

MET = {True: "✓", False: "✗", None: "–"}


class TryRewardForm(CommandForm):
    """Try a reward on a customer. It is read-only: to carry it out is to look."""

    title = _("Try on a customer")
    permission = SEE_REWARDS
    also = (SEE_CUSTOMERS,)
    icon = "experiment"
    submit = _("Try it")
    template = "rewards/admin/reward_try.html"
    live = "rewards/admin/reward_tried.html"
    looks = shows = True
    explanation = _("Whether a customer can have it now, and what is missing, also while it is a draft. Nothing is recorded.")

    customer = forms.CharField(label=_("Customer"), max_length=200, help_text=_("Phone, card, code or email."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.around = Called(self.tenant)
        choices = [("", _("at no particular place")), *((str(key), name) for key, name in self.around.places.items())]
        self.add_field("pos", forms.ChoiceField(label=_("Point of sale"), choices=choices, required=False))
        if self.subject.kind == "cashback" and self.principal.may(SEE_ACCOUNTS):
            places = self.around.decimals.get(self.subject.content["terms"].get("price", {}).get("wallet", "points"), 0)
            self.add_field("points", CountField(label=_("Points"), places=places))

    def clean_customer(self) -> UUID:
        found = customers.named(self.cleaned_data["customer"], region_of(self.tenant.time_zone))
        if found is None:
            raise forms.ValidationError(_("There is no such customer. Type the whole phone number, card, code or email."))
        return found.id

    def command(self) -> RedeemReward:
        told = self.cleaned_data
        place = sale_place(UUID(told["pos"])) if told["pos"] else None
        return RedeemReward(
            customer_id=told["customer"],
            reward_id=self.subject.id,
            points=told.get("points"),
            merchant_id=place.merchant_id if place else None,
            pos_id=place.pos_id if place else None,
        )

    def tried(self) -> dict[str, Any] | None:
        """What came of it, for the page; None as long as something is missing."""
        if self.came_of is None:
            return None
        rows = [[MET[one.condition.met], one.title, one.asked, one.seen] for one in said_conditions(self.came_of, self.around)]
        headers = [pgettext("condition", "Met"), gettext("Condition"), pgettext("condition", "Asked"), pgettext("condition", "Seen")]
        table = {"headers": headers, "rows": rows, "led": 2}
        return {"verdict": self.confirm(self.came_of), "can": self.came_of.can_be_had, "table": table}

    def prepare(self) -> None:
        self.asked = looked_at(self.command())

    def carry_out(self) -> Tried:
        found = judged(self.asked, self.tenant.id, self.principal.actor, self.channel)
        return found if self.principal.may(SEE_ACCOUNTS) else found.without_balance()

    def confirm(self, result: Any) -> str:
        return gettext("The customer can have it now.") if result.refusal is None else message_to_staff(result.refusal)
