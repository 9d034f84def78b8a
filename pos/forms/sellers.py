"""The forms of sellers in the administration, one for each command."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty.admin.forms import CommandForm
from loyalty.staff.models import User
from pos.commands import (
    ActivateSeller,
    AssignSeller,
    DeactivateSeller,
)
from pos.forms.switching import ActivateForm, DeactivateForm
from pos.models import PointOfSale, Seller
from pos.permissions import ASSIGN_SELLERS


class SellerForm(CommandForm):
    """What the pages that make and change a seller share."""

    permission = ASSIGN_SELLERS

    pos_ids = forms.TypedMultipleChoiceField(label=_("Points of sale"), coerce=UUID, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = PointOfSale.objects.filter(tenant_id=self.tenant.id).select_related("merchant").order_by("merchant__name", "name")
        self.fields["pos_ids"].choices = [(str(p.id), f"{p.merchant.name} · {p.name}") for p in known]  # type: ignore[attr-defined]


class AssignSellerForm(SellerForm):
    """Make a member of staff a seller."""

    title = _("Add seller")
    icon = "person_add"
    submit = _("Add seller")
    explanation = _("A seller signs in at the till of the points of sale chosen here. The account itself is added under Staff.")
    done = _("%(who)s may sell now.")

    user_id = forms.TypedChoiceField(label=_("Member of staff"), coerce=UUID)
    field_order = ["user_id", "pos_ids"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sellers = Seller.objects.filter(tenant_id=self.tenant.id).values("id")
        users = User.objects.filter(tenant_id=self.tenant.id, is_active=True).exclude(pk__in=sellers).order_by("display_name", "email")
        choices = [(str(u.pk), f"{u.display_name} ({u.email})") for u in users]
        self.fields["user_id"].choices = [("", _("Choose a member of staff")), *choices]  # type: ignore[attr-defined]

    def command(self) -> AssignSeller:
        return AssignSeller(user_id=self.cleaned_data["user_id"], pos_ids=tuple(self.cleaned_data["pos_ids"]))

    def confirm(self, result: Any) -> str:
        shown = dict(self.fields["user_id"].choices)  # type: ignore[attr-defined]
        return str(self.done) % {"who": shown[str(self.cleaned_data["user_id"])]}


class EditSellerForm(SellerForm):
    """Change where a seller sells."""

    title = _("Edit")
    icon = "edit"
    done = _("%(subject)s sells at the points of sale chosen.")

    def initial_values(self) -> dict[str, Any]:
        return {"pos_ids": [str(i) for i in self.subject.pos_ids]}

    def command(self) -> AssignSeller:
        return AssignSeller(user_id=self.subject.id, pos_ids=tuple(self.cleaned_data["pos_ids"]))


class ActivateSellerForm(ActivateForm):
    permission = ASSIGN_SELLERS
    explanation = _("The seller may use the till again.")

    def command(self) -> ActivateSeller:
        return ActivateSeller(user_id=self.subject.id)


class DeactivateSellerForm(DeactivateForm):
    permission = ASSIGN_SELLERS
    explanation = _("The seller can use the till of no point of sale any more. The account itself stays as it is.")

    def command(self) -> DeactivateSeller:
        return DeactivateSeller(user_id=self.subject.id)
