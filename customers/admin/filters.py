"""What the list of customers can be narrowed by."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from customers import queries
from customers.models import Customer
from loyalty.admin import beside

STATES: tuple[queries.State, ...] = ("new", "active", "inactive")
LEVELS = ("customers", "level")
"""What another context tells beside customers."""


class StateFilter(admin.SimpleListFilter):
    """Those states that the list shows."""

    title = _("State")
    parameter_name = "state__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(state, Customer.State(state).label) for state in STATES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(state=self.value()) if self.value() in STATES else queryset


class LanguageFilter(admin.SimpleListFilter):
    """Whose language it is: the customer's own or, where none is known, the tenant's."""

    title = _("Language")
    parameter_name = "language"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(settings.LANGUAGES)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in dict(settings.LANGUAGES):
            return queryset
        own = request.tenant.default_language  # type: ignore[attr-defined]
        return queryset.filter(language__in=[self.value(), ""] if self.value() == own else [self.value()])


class LevelFilter(admin.SimpleListFilter):
    """Who has a level, where somebody tells of levels."""

    title = _("Level")
    parameter_name = "level"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        levels = beside.known(request, *LEVELS)
        return [*levels.choices()] if levels else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        levels, chosen = beside.known(request, *LEVELS), self.value()
        return levels.narrowed(queryset, chosen) if levels and chosen else queryset
