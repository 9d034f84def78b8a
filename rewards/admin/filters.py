"""How the list of rewards is narrowed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from rewards.kinds import KIND_TITLES
from rewards.models import Reward, state_now
from rewards.queries import reward_categories


class Narrowing(SimpleListFilter):
    """Rewards that hold what was chosen."""

    column: str

    def queryset(self, request: HttpRequest, queryset: QuerySet[Reward]) -> QuerySet[Reward]:
        return queryset.filter(**{self.column: self.value()}) if self.value() else queryset


class KindFilter(Narrowing):
    """Of one kind."""

    title = _("Kind")
    parameter_name = column = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return list(KIND_TITLES.items())


class CategoryFilter(Narrowing):
    """Under one category."""

    title = _("Category")
    parameter_name = column = "category"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [(name, name) for name in reward_categories()]


class StateFilter(SimpleListFilter):
    """What time has made of their state."""

    title = _("State")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return Reward.State.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Reward]) -> QuerySet[Reward]:
        return queryset.alias(now=state_now()).filter(now=self.value()) if self.value() else queryset
