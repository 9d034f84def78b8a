"""How the list of redemptions is narrowed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from customers import queries as customers
from customers.permissions import SEE
from loyalty.admin.changes import NONE
from rewards.admin.names import reward_names
from rewards.kinds import WAY_TITLES
from rewards.models import Coupon


class OneOf(admin.SimpleListFilter):
    """Those of one thing: offered only where a link chose it."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        given = request.GET.get(str(self.parameter_name))
        return [(given, self.called(request, found[0]))] if given and (found := ids_in(given)) else []

    def called(self, request: HttpRequest, key: UUID) -> str:
        raise TypeError(f"{type(self).__name__} does not say what it is called")


class RewardFilter(OneOf):
    """Of one reward."""

    title = _("Reward")
    parameter_name = "reward"

    def called(self, request: HttpRequest, key: UUID) -> str:
        return reward_names(request, [key]).get(key, NONE)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(reward_id__in=ids_in(self.value())) if self.value() else queryset


class CustomerFilter(OneOf):
    """Of one customer, and of those they are one with."""

    title = _("Customer")
    parameter_name = "customer"

    def called(self, request: HttpRequest, key: UUID) -> str:
        return next((card.name if request.user.has_perm(SEE) else card.code for card in customers.cards([key])), NONE)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        whose = [side for one in ids_in(self.value()) for side in customers.sides(one)]
        return queryset.filter(customer_id__in=whose) if self.value() else queryset


class WayFilter(admin.SimpleListFilter):
    """By how somebody came to it."""

    title = _("How it was got")
    parameter_name = "way"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return list(WAY_TITLES.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(way=self.value()) if self.value() else queryset


class DeliveryFilter(admin.SimpleListFilter):
    """By how far gifts are that are sent."""

    title = _("Delivery")
    parameter_name = "delivery"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return list(Coupon.Delivery.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(delivery=self.value()) if self.value() else queryset


def ids_in(text: str | None) -> list[UUID]:
    """The id in a text; none for what is no id."""
    try:
        return [UUID(text or "")]
    except ValueError:
        return []
