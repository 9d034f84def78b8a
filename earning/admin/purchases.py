"""All transactions: the list, one purchase with why it brought its points, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Any, cast
from uuid import UUID

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers import queries as customers
from earning import queries
from earning.access import merchants_seen
from earning.admin import shown, tables
from earning.admin.explained import explained_rules, shortages
from earning.admin.exporting import of_purchases
from earning.admin.filters import CustomerFilter, MatchedFilter, MerchantFilter, PlaceFilter
from earning.domain.document import normal_form
from earning.forms.claims import ClaimForm
from earning.forms.programme import MatchingForm
from earning.forms.purchases import RecordPurchaseForm
from earning.forms.returns import TakeBackForm, TakeBackLinesForm
from earning.forms.voids import VoidForm
from earning.models import Purchase
from earning.permissions import RECORD, SEE_PURCHASES
from earning.streams import WALLET
from loyalty.admin import navigation, related
from loyalty.admin.export import Column
from loyalty.admin.facts import actor_title
from loyalty.admin.forms import CommandForm
from loyalty.admin.history import CHANNELS, name_events
from loyalty.admin.read_model import ReadModelAdmin
from loyalty.house import formats
from loyalty.house.labels import spoken
from loyalty.staff.actors import actors

FOUND_AT_MOST = 200
ON_DOCUMENT = ("document_number", "state", "buyer", "found_by", "place", "when", "method_shown", "labels_shown", "prices_shown")
DOCUMENT = (_("Document"), {"fields": ON_DOCUMENT})
WORTH = (_("Worth"), {"fields": ("total_shown", "exchange_shown", "kept_shown", "points_shown")})
RECORDED = (_("Recorded"), {"fields": ("recorded_shown", "by", "door")})
SELDOM = ("found_by", "exchange_shown", "labels_shown")


@admin.register(Purchase)
class PurchaseAdmin(ReadModelAdmin):
    """All purchases that the user may see."""

    permission = SEE_PURCHASES
    list_display = ("number_in_list", "when", "buyer", "place_in_list", "total_shown", "points_shown", "state_shown")
    figures = ("total_shown", "points_shown")
    unbroken = ("number_in_list", "when", "state_shown")
    empty = _("A purchase stands here as soon as a till, a program or an import records it, or you add it by hand.")
    list_filter = ("state", MerchantFilter, PlaceFilter, MatchedFilter, ("purchased_at", admin.DateFieldListFilter), CustomerFilter)
    ordering = ("-purchased_at", "-id")
    search_fields = ("document_key",)
    search_help_text = _("Document number, or the customer's name, phone, card or code")
    commands = {"add-purchase": RecordPurchaseForm, "matching": MatchingForm}
    object_commands = {"claim": ClaimForm, "take-back": TakeBackForm, "take-back-lines": TakeBackLinesForm, "void": VoidForm}
    fieldsets = (DOCUMENT, WORTH, RECORDED)
    change_form_template = "earning/admin/purchase.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        found, seen = super().get_queryset(request), merchants_seen(cast(Any, request.user).principal)
        return found if seen is None else found.filter(merchant_id__in=seen)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        return [name for _title, section in self.fieldsets for name in section["fields"]]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """What is only said of some purchases is left out of the others."""
        nothing = {name for name in SELDOM if obj is not None and getattr(self, name)(obj) == shown.NOTHING}
        return [(title, {"fields": [n for n in section["fields"] if n not in nothing]}) for title, section in self.fieldsets]

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> tuple[QuerySet[Any], bool]:
        text = search_term.strip()
        if not text:
            return queryset, False
        found = customers.sides_of([card.id for card in customers.search(text, FOUND_AT_MOST)])
        whose = [side for sides in found.values() for side in sides]
        return queryset.filter(Q(document_key__begins=normal_form(text)) | Q(customer_id__in=whose)), False

    def _offered(self, request: HttpRequest, forms: dict[str, type[CommandForm]], row: Any = None) -> list[dict[str, Any]]:
        """Who did not record a purchase cannot void it."""
        own = row is None or row.recorded_by == cast(Any, request.user).principal.actor
        return super()._offered(request, forms if own else {key: form for key, form in forms.items() if form is not VoidForm}, row)

    def export_columns(self, request: HttpRequest) -> Sequence[Column]:
        return of_purchases(request)

    def complete(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        known = shown.holders(row.customer_id for row in rows)
        wallets = queries.wallets_here() if any(row.other_points for row in rows) else None
        for row in rows:
            row.wallets = wallets
            row.holder_card = known.get(row.customer_id)
            row.buyer_shown = shown.customer(request, row.holder_card)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.row(request, object_id) if object_id else None
        more = {} if row is None else _explained(queries.purchase(row.id), row.tenant_id)
        return super().changeform_view(request, object_id, form_url, more | (extra_context or {}))

    @display(description=_("Document number"), ordering="document_number")
    def number_in_list(self, row: Purchase) -> str:
        return shown.cut(row.document_number)

    @display(description=_("Payment method"))
    def method_shown(self, row: Purchase) -> str:
        return queries.said_payment(row.payment_method) or shown.NOTHING

    @display(description=_("Purchased"), ordering="purchased_at")
    def when(self, row: Purchase) -> str:
        return shown.moment(row.purchased_at, row.tenant_id)

    @display(description=_("Customer"))
    def buyer(self, row: Purchase) -> str:
        return str(cast(Any, row).buyer_shown)

    @display(description=_("Customer found by"))
    def found_by(self, row: Purchase) -> str:
        return queries.said_found_by(queries.matched_by(row)) or shown.NOTHING

    @display(description=_("Point of sale"))
    def place(self, row: Purchase) -> str:
        return shown.place(row.pos_id, row.merchant_id)

    @display(description=_("Point of sale"))
    def place_in_list(self, row: Purchase) -> str:
        parts = shown.place_parts(row.pos_id, row.merchant_id)
        return shown.two_lines(parts[1], parts[0]) if parts else shown.NOTHING

    @display(description=_("Total"), ordering="total")
    def total_shown(self, row: Purchase) -> str:
        asked = shown.money(row.total, row.currency)
        return shown.two_lines(asked, shown.money(row.exchange["total"], row.exchange["currency"])) if row.exchange else asked

    @display(description=_("Exchange rate"))
    def exchange_shown(self, row: Purchase) -> str:
        if not row.exchange:
            return shown.NOTHING
        return shown.exchange_rate(Decimal(row.exchange["rate"]), row.currency, row.exchange["currency"])

    @display(description=_("Kept"))
    def kept_shown(self, row: Purchase) -> str:
        return shown.money(row.kept, row.currency)

    @display(description=_("Points"), ordering="points")
    def points_shown(self, row: Purchase) -> str:
        if not row.other_points:
            return shown.points(row.points)
        return shown.in_wallets(_in_wallets(row), row.wallets or queries.wallets_here())

    @display(description=_("State"), ordering="state", label=shown.STATES)
    def state_shown(self, row: Purchase) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @display(description=_("Labels"))
    def labels_shown(self, row: Purchase) -> str:
        return spoken(row.labels) or shown.NOTHING

    @display(description=_("Prices include tax"))
    def prices_shown(self, row: Purchase) -> str:
        return gettext("yes") if row.prices_include_tax else gettext("no")

    @display(description=_("Recorded"))
    def recorded_shown(self, row: Purchase) -> str:
        return shown.moment(row.recorded_at, row.tenant_id)

    @display(description=_("Recorded by"))
    def by(self, row: Purchase) -> str:
        return actors([row.recorded_by]).get(row.recorded_by) or actor_title(row.recorded_by)

    @display(description=_("Through"))
    def door(self, row: Purchase) -> str:
        return str(CHANNELS.get(row.channel, row.channel))


def _in_wallets(row: Purchase) -> dict[str, int]:
    return {WALLET: row.points, **row.other_points}


def _explained(card: queries.PurchaseCard, tenant_id: int) -> dict[str, Any]:
    """The tables of a purchase's page."""
    found = queries.explanation(card.purchase_id)
    return {
        "bought": tables.bought(card),
        "why": tables.reasons(card.movements, tenant_id) if card.movements else None,
        "explained": explained_rules(found),
        "shortages": shortages(found),
        "why_nothing": queries.said_nothing(card, found),
        "returned": tables.returned(card, tenant_id) if card.returns else None,
    }


def _purchases_of(tenant_id: int, customer_id: UUID) -> related.Link | None:
    """The list of a customer's purchases."""
    count = Purchase.objects.filter(tenant_id=tenant_id, customer_id__in=customers.sides(customer_id)).count()
    if not count:
        return None
    url = f"{reverse('admin:earning_purchase_changelist')}?customer={customer_id}"
    return related.Link(url, str(_("Purchases: %(count)s")) % {"count": formats.number(count, shown.language())})


navigation.register(
    _("Transaction"), _("All transactions"), "admin:earning_purchase_changelist", SEE_PURCHASES, icon="receipt_long", order=10
)
navigation.register(_("Transaction"), _("Add purchase"), "admin:earning_purchase_add-purchase", RECORD, icon="add_shopping_cart", order=11)
for model, key in (("customers.customer", "id"), ("earning.account", "customer_id")):
    link = partial(lambda row, key: _purchases_of(row.tenant_id, getattr(row, key)), key=key)
    related.register(model, link, SEE_PURCHASES, icon="receipt_long", order=20)
name_events(
    {
        "earning.purchase_recorded": _("Purchase recorded"),
        "earning.matching_order_set": _("Matching to customers set"),
        "earning.purchase_voided": _("Voided"),
        "earning.purchase_claimed": _("Given to a customer"),
        "earning.goods_returned": _("Goods came back"),
        "earning.return_documented": _("Number used for a return"),
        "earning.points_earned": _("Points earned"),
        "earning.points_clawed_back": _("Points taken back"),
        "earning.rule_created": _("Drafted"),
        "earning.rule_changed": _("Changed"),
        "earning.rule_activated": _("Activated"),
        "earning.rule_paused": _("Paused"),
        "earning.rule_end_set": _("End set"),
    }
)
