"""Merchants, points of sale and sellers in the administration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from django.contrib import admin
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, Case, F, Func, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers.phones import region_of
from loyalty.admin import naming, navigation
from loyalty.admin.facts import name_codes, read_as
from loyalty.admin.history import name_events
from loyalty.admin.read_model import ReadModelAdmin
from loyalty.house import formats
from loyalty.staff.models import User
from loyalty.tenancy.middleware import tenant_of_id
from pos.access import takings_seen
from pos.domain.location import degrees
from pos.domain.seller import seller_id_for
from pos.forms import places, sellers
from pos.models import SCOPE_NAMES, Merchant, PointOfSale, Seller
from pos.permissions import ASSIGN_SELLERS, EDIT_MERCHANTS, EDIT_PLACES, SEE, SEE_SELLERS

NOTHING = "–"
TAKINGS = ("revenue", "purchases", "undone")
STATUS = {"active": "success", "inactive": "warning"}


class PlaceAdmin(ReadModelAdmin):
    """What the lists of merchants, points of sale and sellers share."""

    list_filter: Any = ("active",)

    @display(description=_("Status"), ordering="-active", label=STATUS)
    def status(self, row: Any) -> tuple[str, Any]:
        return ("active", _("Active")) if row.active else ("inactive", _("Inactive"))

    @display(description=_("Status"))
    def status_said(self, row: Any) -> Any:
        """The same in a word, for the page of a row."""
        return self.status(row)[1]

    @display(description=_("Location"), ordering="address")
    def location(self, row: Merchant | PointOfSale) -> str:
        return row.address or self.position_on_map(row)

    @display(description=_("Latitude and longitude"))
    def position_on_map(self, row: Merchant | PointOfSale) -> str:
        return NOTHING if row.latitude is None else f"{degrees(row.latitude)}, {degrees(row.longitude)}"

    @display(description=_("Added"), ordering="added_at")
    def added(self, row: Merchant | PointOfSale) -> str:
        return formats.day_and_clock(row.added_at, tenant_of_id(row.tenant_id).zone, get_language() or formats.FALLBACK)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        return [name for _title, section in self.fieldsets or () for name in section["fields"]]


@admin.register(Merchant)
class MerchantAdmin(PlaceAdmin):
    """All merchants."""

    permission = SEE
    list_display = ("name", "phone_shown", "email", "places", "location", "status")
    unbroken = ("phone_shown",)
    empty = _("Add the businesses that take part, then their points of sale.")
    ordering = ("name", "id")
    search_fields = ("name", "email", "address")
    commands = {"add-merchant": places.AddMerchantForm}
    object_commands = {
        "edit": places.EditMerchantForm,
        "activate": places.ActivateMerchantForm,
        "deactivate": places.DeactivateMerchantForm,
    }
    fieldsets = (
        (_("Merchant"), {"fields": ("name", "status_said", "phone_shown", "email", "places")}),
        (_("Location"), {"fields": ("address", "position_on_map")}),
        (_("Documents"), {"fields": ("document_scope", "added")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        names = PointOfSale.objects.filter(tenant_id=OuterRef("tenant_id"), merchant_id=OuterRef("id")).order_by("name").values("name")
        found: QuerySet[Any] = super().get_queryset(request).annotate(place_names=ArraySubquery(names))
        return found

    @display(description=_("Phone"), ordering="phone")
    def phone_shown(self, row: Merchant) -> str:
        return formats.phone(row.phone, region_of(tenant_of_id(row.tenant_id).time_zone)) if row.phone else NOTHING

    @display(description=_("Points of sale"))
    def places(self, row: Merchant) -> str:
        return ", ".join(cast(Any, row).place_names) or NOTHING


@admin.register(PointOfSale)
class PointOfSaleAdmin(PlaceAdmin):
    """All points of sale, with what they sold."""

    permission = SEE
    list_display = ("name", "code", "merchant_name", "description", "location", "revenue", "purchases", "status")
    figures = ("revenue", "purchases")
    unbroken = ("code",)
    empty = _("Add the places where your customers buy: the tills belong to them.")
    list_filter = ("active", ("merchant", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("merchant",)
    ordering = ("name", "id")
    search_fields = ("name", "code", "address", "merchant__name")
    commands = {"add-place": places.AddPointOfSaleForm}
    object_commands = {
        "edit": places.EditPointOfSaleForm,
        "activate": places.ActivatePointOfSaleForm,
        "deactivate": places.DeactivatePointOfSaleForm,
    }
    fieldsets = (
        (_("Point of sale"), {"fields": ("name", "code", "status_said", "merchant_name", "description", "added")}),
        (_("Location"), {"fields": ("address", "position_on_map")}),
        (_("Sold so far"), {"fields": ("revenue", "purchases", "undone")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the takings of the places whose purchases the user may see, None for the others: neither shown nor sorted by."""
        seen = takings_seen(request.user.principal)  # type: ignore[union-attr]
        found: QuerySet[Any] = super().get_queryset(request).annotate(**{f"{name}_seen": _taken(name, seen) for name in TAKINGS})
        return found

    @display(description=_("Merchant"), ordering="merchant__name")
    def merchant_name(self, row: PointOfSale) -> str:
        return row.merchant.name

    @display(description=_("Total revenue"), ordering=Coalesce("revenue_seen", Value(-1)))
    def revenue(self, row: PointOfSale) -> str:
        taken = cast(Any, row).revenue_seen
        return NOTHING if taken is None else formats.money(taken, tenant_of_id(row.tenant_id).currency, get_language() or formats.FALLBACK)

    @display(description=_("Purchases"), ordering=Coalesce("purchases_seen", Value(-1)))
    def purchases(self, row: PointOfSale) -> str:
        return _counted(cast(Any, row).purchases_seen)

    @display(description=_("Of these returned entirely"))
    def undone(self, row: PointOfSale) -> str:
        return _counted(cast(Any, row).undone_seen)


def _taken(name: str, seen: frozenset[UUID] | None) -> Coalesce | Case:
    taken = Coalesce(f"takings__{name}", Value(0))
    return taken if seen is None else Case(When(merchant_id__in=seen, then=taken), output_field=BigIntegerField())


def _counted(number: int | None) -> str:
    return NOTHING if number is None else formats.number(number, get_language() or formats.FALLBACK)


@admin.register(Seller)
class SellerAdmin(PlaceAdmin):
    """All sellers."""

    permission = SEE_SELLERS
    list_display = ("name", "email", "places", "status")
    empty = _("Add the members of staff who work at a till, with their points of sale.")
    ordering = ("id",)
    commands = {"add-seller": sellers.AssignSellerForm}
    object_commands = {"edit": sellers.EditSellerForm, "activate": sellers.ActivateSellerForm, "deactivate": sellers.DeactivateSellerForm}
    fieldsets = ((_("Seller"), {"fields": ("name", "email", "status_said", "places")}),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        account = User.objects.filter(tenant_id=OuterRef("tenant_id"), pk=OuterRef("id"))
        place = Func(OuterRef("pos_ids"), F("id"), function="array_position", output_field=IntegerField())
        held = PointOfSale.objects.filter(tenant_id=OuterRef("tenant_id")).alias(place=place).filter(place__isnull=False)
        found: QuerySet[Any] = (
            super()
            .get_queryset(request)
            .annotate(
                account_name=Subquery(account.values("display_name")),
                account_email=Subquery(account.values("email")),
                place_names=ArraySubquery(held.order_by("name").values("name")),
            )
        )
        return found

    def streams(self, row: Seller) -> Sequence[UUID]:
        return [seller_id_for(row.tenant_id, row.id)]

    @display(description=pgettext_lazy("person", "Name"), ordering=F("account_name"))
    def name(self, row: Seller) -> str:
        return str(cast(Any, row).account_name or cast(Any, row).account_email)

    @display(description=_("Account"), ordering=F("account_email"))
    def email(self, row: Seller) -> str:
        return str(cast(Any, row).account_email)

    @display(description=_("Points of sale"))
    def places(self, row: Seller) -> str:
        return ", ".join(cast(Any, row).place_names) or NOTHING


def _merchant_names(request: HttpRequest, ids: naming.Ids) -> dict[UUID, str]:
    found = naming.rows(request, Merchant, ids["merchant_id"]).values_list("id", "name")
    return {key: naming.named(request, name, "admin:pos_merchant_change", key, SEE) for key, name in found}


def _place_names(request: HttpRequest, ids: naming.Ids) -> dict[UUID, str]:
    """“Cà phê Sáng · Lê Lợi”."""
    wanted = ids["pos_id"] | ids["return_pos_id"]
    found = naming.rows(request, PointOfSale, wanted).values_list("id", "merchant__name", "name")
    return {key: naming.named(request, f"{of} · {name}", "admin:pos_pointofsale_change", key, SEE) for key, of, name in found}


naming.name_ids(_merchant_names, "merchant_id")
naming.name_ids(_place_names, "pos_id", "return_pos_id")
navigation.register(_("Merchant"), _("All merchants"), "admin:pos_merchant_changelist", SEE, icon="storefront", order=40)
navigation.register(_("Merchant"), _("Add merchant"), "admin:pos_merchant_add-merchant", EDIT_MERCHANTS, icon="add_business", order=41)
navigation.register(_("Point of sale"), _("All points of sale"), "admin:pos_pointofsale_changelist", SEE, icon="location_on", order=44)
navigation.register(
    _("Point of sale"), _("Add point of sale"), "admin:pos_pointofsale_add-place", EDIT_PLACES, icon="add_location_alt", order=45
)
navigation.register(_("Seller"), _("All sellers"), "admin:pos_seller_changelist", SEE_SELLERS, icon="badge", order=48)
navigation.register(_("Seller"), _("Add seller"), "admin:pos_seller_add-seller", ASSIGN_SELLERS, icon="person_add", order=49)
name_codes("document_scope", dict(SCOPE_NAMES))
read_as(lambda microdegrees, _around: str(degrees(microdegrees)), "latitude", "longitude")
name_events(
    {
        "pos.merchant_added": _("Added"),
        "pos.merchant_details_changed": _("Details changed"),
        "pos.merchant_activated": _("Activated"),
        "pos.merchant_deactivated": _("Deactivated"),
        "pos.point_of_sale_added": _("Added"),
        "pos.point_of_sale_details_changed": _("Details changed"),
        "pos.point_of_sale_activated": _("Activated"),
        "pos.point_of_sale_deactivated": _("Deactivated"),
        "pos.seller_assigned": _("Assigned to a point of sale"),
        "pos.seller_withdrawn": _("Withdrawn from a point of sale"),
        "pos.seller_activated": _("Activated"),
        "pos.seller_deactivated": _("Deactivated"),
    }
)
