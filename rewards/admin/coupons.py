"""Redemptions: every coupon that somebody got, what was paid for it, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers import queries as customers
from customers.permissions import SEE
from earning.queries import said_points
from loyalty.admin import navigation, related
from loyalty.admin.changes import NONE
from loyalty.admin.export import Column
from loyalty.admin.read_model import ReadModelAdmin
from loyalty.house import formats
from loyalty.house.templatetags.house import language
from loyalty.tenancy.middleware import tenant_of_id
from rewards.forms.coupons import CancelCouponForm, GiveRewardForm, MarkUnusedForm, UseCouponForm
from rewards.kinds import KIND_TITLES, WAY_TITLES
from rewards.models import Coupon, Reward
from rewards.permissions import GIVE, SEE_COUPONS
from rewards.queries import coupon_state
from rewards.queries.said import STATES

FOUND_AT_MOST = 200
LIST = "admin:rewards_coupon_changelist"
FIELDS = (
    "reward", "kind_told", "customer", "state_told", "way_told", "paid", "cost_told", "worth_told", "prize", "issued", "begins", "ends",
    "used", "cancelled",
)  # fmt: skip
LABELS = {"active": "success", "inactive": "info", "reserved": "info", "used": "", "expired": "warning", "cancelled": "danger"}


class OneOf(admin.SimpleListFilter):
    """Those of one thing: offered only where a link chose it."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        given = request.GET.get(str(self.parameter_name))
        return [(given, self.called(request, found[0]))] if given and (found := _ids(given)) else []

    def called(self, request: HttpRequest, key: UUID) -> str:
        raise TypeError(f"{type(self).__name__} does not say what it is called")


class RewardFilter(OneOf):
    """Of one reward."""

    title = _("Reward")
    parameter_name = "reward"

    def called(self, request: HttpRequest, key: UUID) -> str:
        return _rewards(request, [key]).get(key, NONE)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(reward_id__in=_ids(self.value())) if self.value() else queryset


class CustomerFilter(OneOf):
    """Of one customer, and of those they are one with."""

    title = _("Customer")
    parameter_name = "customer"

    def called(self, request: HttpRequest, key: UUID) -> str:
        return next((card.name for card in customers.cards([key])), NONE)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        whose = [side for one in _ids(self.value()) for side in customers.sides(one)]
        return queryset.filter(customer_id__in=whose) if self.value() else queryset


class WayFilter(admin.SimpleListFilter):
    """By how somebody came to it."""

    title = _("How it was got")
    parameter_name = "way"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return list(WAY_TITLES.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(way=self.value()) if self.value() else queryset


@admin.register(Coupon)
class CouponAdmin(ReadModelAdmin):
    """All redemptions, the latest first."""

    permission = SEE_COUPONS
    list_display = ("issued", "reward", "customer", "paid", "state_shown", "used", "worth_told")
    figures = ("paid", "worth_told")
    unbroken = ("issued", "state_shown", "used", "paid")
    list_filter = ("state", WayFilter, ("issued_at", admin.DateFieldListFilter), RewardFilter, CustomerFilter)
    ordering = ("-issued_at", "-id")
    search_fields = ("reward_id",)
    search_help_text = _("Name, phone, card or code of the customer, or name of the reward")
    empty = _("What customers redeem points for, and what they are given, stands here.")
    fieldsets = ((_("Coupon"), {"fields": FIELDS}),)
    commands = {"give": GiveRewardForm}
    object_commands = {"use": UseCouponForm, "mark-unused": MarkUnusedForm, "cancel": CancelCouponForm}

    def streams(self, row: Coupon) -> Sequence[UUID]:
        return [row.id]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        return FIELDS

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> tuple[QuerySet[Any], bool]:
        text = search_term.strip()
        if not text:
            return queryset, False
        whose = [side for card in customers.search(text, FOUND_AT_MOST) for side in customers.sides(card.id)]
        named = Reward.objects.filter(tenant_id=request.tenant.id, name__icontains=text).values("id")  # type: ignore[attr-defined]
        return queryset.filter(Q(customer_id__in=whose) | Q(reward_id__in=named)), False

    def complete(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        names = _rewards(request, {row.reward_id for row in rows})
        cards = {card.side: card for card in customers.cards([*{row.customer_id for row in rows}])}
        prices = said_points(((row.wallet, row.points) for row in rows), signed=False)
        may = request.user.has_perm(SEE)
        for row, price in zip(rows, prices, strict=True):
            row.called, row.price = names.get(row.reward_id, NONE), price if row.points else NONE
            row.customer_shown = _customer(cards.get(row.customer_id), may)

    def export_columns(self, request: HttpRequest) -> Sequence[Column]:
        return [
            Column(_("Issued"), lambda row: row.issued_at),
            Column(_("Reward"), lambda row: row.called),
            Column(_("Kind"), self.kind_told),
            Column(_("Customer"), lambda row: row.customer_shown),
            Column(_("How it was got"), self.way_told),
            Column(_("Points"), lambda row: row.points),
            Column(_("Wallet"), lambda row: row.wallet),
            Column(_("State"), self.state_told),
            Column(pgettext_lazy("date", "Used"), lambda row: row.used_at),
            Column(_("Taken off"), self.worth_told),
            Column(_("Cost to the company"), self.cost_told),
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

    @display(description=pgettext_lazy("date", "Cancelled"))
    def cancelled(self, row: Coupon) -> str:
        return _moment(row, "cancelled_at")


def _customer(card: customers.CustomerCard | None, may: bool) -> str:
    if card is None:
        return gettext("an erased customer")
    return " · ".join(dict.fromkeys((card.name, card.code))) if may else card.code


def _rewards(request: HttpRequest, keys: Iterable[UUID]) -> dict[UUID, str]:
    return dict(Reward.objects.filter(tenant_id=request.tenant.id, id__in=[*keys]).values_list("id", "name"))  # type: ignore[attr-defined]


def _moment(row: Coupon, field: str) -> str:
    at = getattr(row, field)
    return formats.day_and_clock(at, tenant_of_id(row.tenant_id).zone, language()) if at else NONE


def _money(row: Coupon, minor: int) -> str:
    return formats.money(minor, tenant_of_id(row.tenant_id).currency, language()) if minor else NONE


def _ids(text: str | None) -> list[UUID]:
    try:
        return [UUID(text or "")]
    except ValueError:
        return []


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
