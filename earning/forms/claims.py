"""The form that gives a purchase recorded without a customer to the one whose it is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.queries import customer, named
from earning.commands import ClaimAnswer, ClaimPurchase
from earning.forms.brought import said_brought
from earning.models import Purchase
from earning.permissions import CLAIM
from loyalty.admin.forms import CommandForm
from loyalty.domain.errors import DomainError
from loyalty.tenancy import reading

LONGEST_TYPED = 200


class ClaimForm(CommandForm):
    """Give the purchase to its customer."""

    title = _("Give to a customer")
    icon = "person_add"
    submit = _("Give to the customer")
    permission = CLAIM
    explanation = _("The customer gets the points that the purchase would have brought when it was made.")

    customer_id = forms.CharField(
        label=_("Customer"),
        max_length=LONGEST_TYPED,
        help_text=_("The whole phone number, card, code, email or external id."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    @classmethod
    def offered(cls, subject: Purchase) -> bool:
        return subject.customer_id is None and not subject.is_gone

    def command(self) -> ClaimPurchase:
        if (found := named(self.cleaned_data["customer_id"])) is None:
            raise DomainError("earning.customer_unknown", field="customer_id")
        return ClaimPurchase(purchase_id=self.subject.id, customer_id=found.side)

    def confirm(self, result: ClaimAnswer) -> str:
        with reading(self.tenant.id):
            told: dict[str, Any] = {"document": self.subject.document_number, "name": customer(result.customer_id).name}
        told["points"] = said_brought(result, self.tenant.id)
        return gettext("%(document)s now belongs to %(name)s and brought %(points)s.") % told
