"""The forms of merchants and points of sale in the administration, one for each command."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.phones import region_of
from loyalty.admin.forms import CommandForm
from loyalty.house import formats
from pos.commands import (
    ActivateMerchant,
    ActivatePointOfSale,
    AddMerchant,
    AddPointOfSale,
    DeactivateMerchant,
    DeactivatePointOfSale,
    EditMerchant,
    EditPointOfSale,
    MerchantAnswer,
    PointOfSaleAnswer,
    microdegrees,
)
from pos.domain.location import degrees
from pos.domain.text import LONGEST_ADDRESS, LONGEST_DESCRIPTION, LONGEST_EMAIL, LONGEST_NAME
from pos.forms.switching import ActivateForm, DeactivateForm
from pos.models import SCOPE_NAMES, Merchant, PointOfSale
from pos.permissions import EDIT_MERCHANTS, EDIT_PLACES
from pos.phones import business_phone

DEGREES = {"inputmode": "decimal", "autocomplete": "off"}


class PlaceForm(CommandForm):
    """What merchants and points of sale share: a name and where they are."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)
    address = forms.CharField(label=_("Address"), max_length=LONGEST_ADDRESS, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    latitude = forms.CharField(label=_("Latitude"), max_length=40, required=False, widget=forms.TextInput(attrs=DEGREES))
    longitude = forms.CharField(
        label=_("Longitude"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs=DEGREES),
        help_text=_("For the map. “10.776889, 106.700806” from a map may be pasted into the first of the two fields."),
    )

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        first, comma, second = told.get("latitude", "").partition(", ")
        if comma and not told.get("longitude"):
            told |= {"latitude": first, "longitude": second}
        return told

    def location_of(self, row: Merchant | PointOfSale) -> dict[str, Any]:
        """What the fields hold for an existing row."""
        return {"name": row.name, "address": row.address, "latitude": degrees(row.latitude), "longitude": degrees(row.longitude)}

    def facts(self, *without: str) -> dict[str, Any]:
        """The cleaned fields as commands take them. May raise DomainError."""
        facts = {name: value for name, value in self.cleaned_data.items() if name not in {"command_id", *without}}
        for field in ("latitude", "longitude"):
            typed = facts[field].strip().replace(",", ".")
            facts[field] = microdegrees(typed, field) if typed else None
        if "phone" in facts:
            facts["phone"] = business_phone(facts["phone"], region_of(self.tenant.time_zone))
        return facts


class MerchantForm(PlaceForm):
    """What the pages that add and edit a merchant share."""

    permission = EDIT_MERCHANTS
    sections = [(_("Merchant"), ["name", "phone", "email"]), (_("Location"), ["address", "latitude", "longitude"])]

    phone = forms.CharField(label=_("Phone"), max_length=40, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"}))
    email = forms.CharField(
        label=_("Email"), max_length=LONGEST_EMAIL, required=False, widget=forms.TextInput(attrs={"inputmode": "email"})
    )


class AddMerchantForm(MerchantForm):
    """Add a merchant."""

    title = _("Add merchant")
    icon = "add_business"
    submit = _("Add merchant")
    done = _("%(name)s is added. Add its points of sale next.")
    sections = [*MerchantForm.sections, (_("Documents"), ["document_scope"])]

    document_scope = forms.ChoiceField(
        label=_("A document number is used only once in"),
        choices=SCOPE_NAMES,
        initial="pos_day",
        help_text=_("Many tills begin with 1 every morning: then choose each point of sale and day. This cannot be changed later."),
    )

    def command(self) -> AddMerchant:
        return AddMerchant(**self.facts())

    def next_url(self, result: MerchantAnswer) -> str:
        return reverse("admin:pos_merchant_change", args=[result.merchant_id])


class EditMerchantForm(MerchantForm):
    """Edit a merchant."""

    title = _("Edit")
    icon = "edit"
    done = _("%(name)s is changed.")

    def initial_values(self) -> dict[str, Any]:
        row: Merchant = self.subject
        phone = formats.phone(row.phone, region_of(self.tenant.time_zone)) if row.phone else ""
        return {**self.location_of(row), "phone": phone, "email": row.email}

    def command(self) -> EditMerchant:
        return EditMerchant(merchant_id=self.subject.id, **self.facts())


class PointOfSaleForm(PlaceForm):
    """What the pages that add and edit a point of sale share."""

    permission = EDIT_PLACES
    sections = [(_("Point of sale"), ["name", "description"]), (_("Location"), ["address", "latitude", "longitude"])]

    description = forms.CharField(
        label=_("Description"), max_length=LONGEST_DESCRIPTION, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class AddPointOfSaleForm(PointOfSaleForm):
    """Add a point of sale."""

    title = _("Add point of sale")
    icon = "add_location_alt"
    submit = _("Add point of sale")
    done = _("%(name)s is added. Assign its sellers next.")
    sections = [(_("Point of sale"), ["merchant_id", "name", "code", "description"]), PointOfSaleForm.sections[1]]

    merchant_id = forms.TypedChoiceField(label=_("Merchant"), coerce=UUID)
    code = forms.CharField(
        label=_("Code"), max_length=20, help_text=_("Short, such as CAFE-1. It stands on receipts and cannot be changed later.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = Merchant.objects.filter(tenant_id=self.tenant.id).order_by("name").values_list("id", "name")
        choices = [(str(i), name) for i, name in known]
        blank = [] if len(choices) == 1 else [("", _("Choose a merchant"))]
        self.fields["merchant_id"].choices = [*blank, *choices]  # type: ignore[attr-defined]

    def command(self) -> AddPointOfSale:
        return AddPointOfSale(**self.facts())

    def next_url(self, result: PointOfSaleAnswer) -> str:
        return reverse("admin:pos_pointofsale_change", args=[result.pos_id])


class EditPointOfSaleForm(PointOfSaleForm):
    """Edit a point of sale."""

    title = _("Edit")
    icon = "edit"
    done = _("%(name)s is changed.")

    def initial_values(self) -> dict[str, Any]:
        return {**self.location_of(self.subject), "description": self.subject.description}

    def command(self) -> EditPointOfSale:
        return EditPointOfSale(pos_id=self.subject.id, **self.facts())


class ActivateMerchantForm(ActivateForm):
    permission = EDIT_MERCHANTS
    explanation = _("Purchases can be recorded again at the active points of sale of this merchant.")

    def command(self) -> ActivateMerchant:
        return ActivateMerchant(merchant_id=self.subject.id)


class DeactivateMerchantForm(DeactivateForm):
    permission = EDIT_MERCHANTS
    explanation = _("No purchases can be recorded any more at any point of sale of this merchant. What was recorded stays.")

    def command(self) -> DeactivateMerchant:
        return DeactivateMerchant(merchant_id=self.subject.id)


class ActivatePointOfSaleForm(ActivateForm):
    permission = EDIT_PLACES
    explanation = _("Purchases can be recorded here again.")

    def command(self) -> ActivatePointOfSale:
        return ActivatePointOfSale(pos_id=self.subject.id)


class DeactivatePointOfSaleForm(DeactivateForm):
    permission = EDIT_PLACES
    explanation = _("No purchases can be recorded here any more. What was recorded stays.")

    def command(self) -> DeactivatePointOfSale:
        return DeactivatePointOfSale(pos_id=self.subject.id)
