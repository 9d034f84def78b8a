"""Redemptions: every coupon that somebody got, what was paid for it, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers import queries as customers
from customers.permissions import SEE
from earning.permissions import SEE_ACCOUNTS
from earning.queries import balances_after, said_points
from loyalty.admin import navigation, related
from loyalty.admin.changes import NONE
from loyalty.admin.export import Column
from loyalty.admin.read_model import ReadModelAdmin
from loyalty.domain.errors import NotFound
from loyalty.house import formats
from loyalty.house.templatetags.house import language
from loyalty.tenancy.middleware import tenant_of_id
from rewards.admin.coupon_filters import CustomerFilter, DeliveryFilter, RewardFilter, WayFilter
from rewards.admin.names import reward_names
from rewards.forms.coupons import CancelCouponForm, GiveRewardForm, MarkUnusedForm, UseCouponForm
from rewards.forms.gifts import AddressGiftForm, CameBackForm, DeliverGiftForm, ShipGiftForm
from rewards.kinds import KIND_TITLES, WAY_TITLES
from rewards.models import Coupon, Reward, RewardVersion
from rewards.permissions import GIVE, SEE_COUPONS, SEND
from rewards.queries import GiftCard, coupon_state, gift
from rewards.queries.said import STATES

FOUND_AT_MOST = 200
LIST = "admin:rewards_coupon_changelist"
FIELDS = (
    "reward", "kind_told", "customer", "state_told", "way_told", "paid", "after_told", "cost_told", "tax_told",
    "worth_told", "prize", "issued", "begins", "ends", "used", "cancelled",
)  # fmt: skip
BALANCE = "after_told"
"""Only for who may see accounts."""
SENT = ("delivery_told", "sent_to", "shipment", "ordered", "shipped", "delivered")
STEPS = {"ordered": "warning", "shipped": "info", "delivered": "success", "cancelled": "danger"}
LABELS = {"active": "success", "inactive": "info", "reserved": "info", "used": "", "expired": "warning", "cancelled": "danger"}


@admin.register(Coupon)
class CouponAdmin(ReadModelAdmin):
    """All redemptions, the latest first."""

    permission = SEE_COUPONS
    list_display = (
        *("issued", "reward", "customer", "paid", "after_told", "state_shown", "delivery_shown", "used"),
        *("cost_told", "tax_told", "worth_told"),
    )
    figures = ("paid", "after_told", "cost_told", "tax_told", "worth_told")
    unbroken = ("issued", "state_shown", "used", "paid", "delivery_shown")
    list_filter = ("state", DeliveryFilter, WayFilter, ("issued_at", admin.DateFieldListFilter), RewardFilter, CustomerFilter)
    ordering = ("-issued_at", "-id")
    search_fields = ("reward_id",)
    search_help_text = _("Name, phone, card or code of the customer, or name of the reward")
    empty = _("What customers redeem points for, and what they are given, stands here.")
    commands = {"give": GiveRewardForm}
    object_commands = {
        "address": AddressGiftForm,
        "ship": ShipGiftForm,
        "deliver": DeliverGiftForm,
        "came-back": CameBackForm,
        "use": UseCouponForm,
        "mark-unused": MarkUnusedForm,
        "cancel": CancelCouponForm,
    }

    def streams(self, row: Coupon) -> Sequence[UUID]:
        return [row.id]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        return (*FIELDS, *SENT)

    def get_list_display(self, request: HttpRequest) -> Sequence[Any]:
        return [name for name in self.list_display if name != BALANCE or request.user.has_perm(SEE_ACCOUNTS)]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = [name for name in FIELDS if name != BALANCE or request.user.has_perm(SEE_ACCOUNTS)]
        delivery = ((_("Delivery"), {"fields": SENT}),) if obj is not None and obj.delivery else ()
        return ((_("Coupon"), {"fields": fields}), *delivery)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        row = super().get_object(request, object_id, from_field)
        if row is not None and row.delivery and request.user.has_perm(SEND):
            row.gift = _gift(row)
        return row

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> tuple[QuerySet[Any], bool]:
        text = search_term.strip()
        if not text:
            return queryset, False
        seen = customers.search(text, FOUND_AT_MOST) if request.user.has_perm(SEE) else []
        whose = [side for card in seen for side in customers.sides(card.id)]
        named = Reward.objects.filter(tenant_id=request.tenant.id, name__icontains=text).values("id")  # type: ignore[attr-defined]
        return queryset.filter(Q(customer_id__in=whose) | Q(reward_id__in=named)), False

    def complete(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        names = reward_names(request, {row.reward_id for row in rows})
        cards = {card.side: card for card in customers.cards([*{row.customer_id for row in rows}])}
        prices = said_points(((row.wallet, row.points) for row in rows), signed=False)
        may, taxes = request.user.has_perm(SEE), _taxes(request, rows)
        left = balances_after(
            (row.customer_id, row.wallet, row.issued_at) for row in rows if row.points and request.user.has_perm(SEE_ACCOUNTS)
        )
        said = dict(zip(left, said_points(((key[1], points) for key, points in left.items()), signed=False), strict=True))
        for row, price in zip(rows, prices, strict=True):
            row.called, row.price = names.get(row.reward_id, NONE), price if row.points else NONE
            row.customer_shown = _customer(cards.get(row.customer_id), may)
            row.tax, key = taxes.get((row.reward_id, row.version)), (row.customer_id, row.wallet, row.issued_at)
            row.after, row.balance_after = said.get(key, NONE), left.get(key)

    def export_columns(self, request: HttpRequest) -> Sequence[Column]:
        return [
            Column(_("Issued"), lambda row: row.issued_at),
            Column(_("Reward"), lambda row: row.called),
            Column(_("Kind"), self.kind_told),
            Column(_("Customer"), lambda row: row.customer_shown),
            Column(_("How it was got"), self.way_told),
            Column(_("Points"), lambda row: row.points),
            Column(_("Wallet"), lambda row: row.wallet),
            *([Column(_("Balance after"), lambda row: row.balance_after)] if request.user.has_perm(SEE_ACCOUNTS) else []),
            Column(_("State"), self.state_told),
            Column(pgettext_lazy("date", "Used"), lambda row: row.used_at),
            Column(_("Taken off"), self.worth_told),
            Column(_("Cost to the company"), self.cost_told),
            Column(_("Tax rate"), self.tax_told),
            Column(_("Delivery"), self.delivery_told),
            Column(pgettext_lazy("gift", "Shipped"), lambda row: row.shipped_at),
            Column(pgettext_lazy("gift", "Delivered"), lambda row: row.delivered_at),
        ]

    @display(description=pgettext_lazy("date", "Issued"), ordering="issued_at")
    def issued(self, row: Coupon) -> str:
        return _moment(row, "issued_at")

    @display(description=_("Reward"))
    def reward(self, row: Any) -> str:
        return str(row.called)

    @display(description=_("Kind"))
    def kind_told(self, row: Coupon) -> str:
        return str(KIND_TITLES[row.kind])

    @display(description=_("Customer"))
    def customer(self, row: Any) -> str:
        return str(row.customer_shown)

    @display(description=_("How it was got"))
    def way_told(self, row: Coupon) -> str:
        return str(WAY_TITLES[row.way])

    @display(description=pgettext_lazy("coupon", "Price paid"), ordering="points")
    def paid(self, row: Any) -> str:
        return str(row.price)

    @display(description=_("Balance after"))
    def after_told(self, row: Any) -> str:
        return str(row.after) or NONE

    @display(description=_("Tax rate"))
    def tax_told(self, row: Any) -> str:
        return NONE if row.tax is None else formats.percent(row.tax, language())

    @display(description=_("State"), label=LABELS)
    def state_shown(self, row: Coupon) -> tuple[str, str]:
        return coupon_state(row), self.state_told(row)

    @display(description=_("State"))
    def state_told(self, row: Coupon) -> str:
        return str(STATES[coupon_state(row)][0])

    @display(description=pgettext_lazy("date", "Used"), ordering="used_at")
    def used(self, row: Coupon) -> str:
        return _moment(row, "used_at")

    @display(description=_("Taken off"), ordering="worth")
    def worth_told(self, row: Coupon) -> str:
        return _money(row, row.worth)

    @display(description=_("Cost to the company"), ordering="cost")
    def cost_told(self, row: Coupon) -> str:
        return _money(row, row.cost)

    @display(description=pgettext_lazy("coupon", "Good from"))
    def begins(self, row: Coupon) -> str:
        return _moment(row, "active_from")

    @display(description=pgettext_lazy("coupon", "Good until"))
    def ends(self, row: Coupon) -> str:
        zone = tenant_of_id(row.tenant_id).zone
        return formats.until(row.expires_at, zone, language()) if row.expires_at else NONE

    @display(description=_("Delivery"), ordering="delivery", label=STEPS)
    def delivery_shown(self, row: Coupon) -> tuple[str, str]:
        return row.delivery, self.delivery_told(row)

    @display(description=pgettext_lazy("gift", "Step"))
    def delivery_told(self, row: Coupon) -> str:
        return str(row.get_delivery_display()) if row.delivery else NONE

    @display(description=_("Sent to"))
    def sent_to(self, row: Any) -> str:
        told = [text for text in (row.gift.recipient, row.gift.phone, row.gift.address) if text] if row.gift else []
        return format_html_join(mark_safe("<br>"), "{}", ((line,) for text in told for line in text.splitlines())) or NONE

    @display(description=_("Shipment"))
    def shipment(self, row: Any) -> str:
        return " · ".join(filter(None, (row.gift.carrier, row.gift.tracking_number))) or NONE if row.gift else NONE

    @display(description=pgettext_lazy("gift", "Ordered"))
    def ordered(self, row: Coupon) -> str:
        return _moment(row, "ordered_at")

    @display(description=pgettext_lazy("gift", "Shipped"))
    def shipped(self, row: Coupon) -> str:
        return _moment(row, "shipped_at")

    @display(description=pgettext_lazy("gift", "Delivered"))
    def delivered(self, row: Coupon) -> str:
        return _moment(row, "delivered_at")

    @display(description=pgettext_lazy("date", "Cancelled"))
    def cancelled(self, row: Coupon) -> str:
        return _moment(row, "cancelled_at")


def _customer(card: customers.CustomerCard | None, may: bool) -> str:
    if card is None:
        return gettext("an erased customer")
    return " · ".join(dict.fromkeys((card.name, card.code))) if may else card.code


def _taxes(request: HttpRequest, rows: Sequence[Any]) -> dict[tuple[UUID, int], int]:
    """The tax rates (basis points) under which coupons were issued, of those versions that have one."""
    versions = RewardVersion.objects.filter(tenant_id=request.tenant.id, reward_id__in={row.reward_id for row in rows})  # type: ignore[attr-defined]
    found = versions.values_list("reward_id", "version", "content__terms__tax_rate")
    return {(key, version): rate for key, version, rate in found if rate is not None}


def _gift(row: Coupon) -> GiftCard | None:
    try:
        return gift(row.id)
    except NotFound:
        return None


def _moment(row: Coupon, field: str) -> str:
    at = getattr(row, field)
    return formats.day_and_clock(at, tenant_of_id(row.tenant_id).zone, language()) if at else NONE


def _money(row: Coupon, minor: int) -> str:
    return formats.money(minor, tenant_of_id(row.tenant_id).currency, language()) if minor else NONE


def _of_reward(row: Reward) -> related.Link | None:
    count = Coupon.objects.filter(tenant_id=row.tenant_id, reward_id=row.id).count()
    return _link(f"reward={row.id}", count)


def _of_customer(row: Any) -> related.Link | None:
    count = Coupon.objects.filter(tenant_id=row.tenant_id, customer_id__in=customers.sides(row.id)).count()
    return _link(f"customer={row.id}", count)


def _link(narrowed: str, count: int) -> related.Link | None:
    said = gettext("Redemptions: %(count)s") % {"count": formats.number(count, language())}
    return related.Link(f"{reverse(LIST)}?{narrowed}", said) if count else None


related.register("rewards.reward", _of_reward, SEE_COUPONS, icon="confirmation_number", order=10)
related.register("customers.customer", _of_customer, SEE_COUPONS, icon="confirmation_number", order=22)
navigation.register(_("Rewards"), _("Redemptions"), LIST, SEE_COUPONS, icon="confirmation_number", order=40)
navigation.register(_("Rewards"), _("Give a reward"), "admin:rewards_coupon_give", GIVE, icon="redeem", order=41)
