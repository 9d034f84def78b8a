"""Exchange rates: what purchases in other currencies count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from earning.admin import shown
from earning.admin.exporting import of_shown
from earning.domain.exchange import plain
from earning.domain.programme import programme_id
from earning.forms.programme import ExchangeRateForm
from earning.models import ExchangeRate
from earning.permissions import EDIT_PROGRAMME
from loyalty.admin import navigation
from loyalty.admin.export import Column
from loyalty.admin.facts import actor_title, name_facts
from loyalty.admin.history import name_events
from loyalty.admin.read_model import ReadModelAdmin
from loyalty.staff.actors import actors


@admin.register(ExchangeRate)
class ExchangeRateAdmin(ReadModelAdmin):
    """All rates that were ever set, the latest first."""

    permission = EDIT_PROGRAMME
    list_display = ("currency", "rate_shown", "from_when", "by")
    figures = ("rate_shown",)
    list_filter = ("currency",)
    ordering = ("-since", "-position", "id")
    empty = _("A purchase in another currency needs a rate that holds when it is made.")
    commands = {"set": ExchangeRateForm}
    fieldsets = ((_("Exchange rate"), {"fields": ("currency", "rate_shown", "from_when", "by")}),)

    def get_readonly_fields(self, request: object, obj: object = None) -> tuple[str, ...]:
        return ("currency", "rate_shown", "from_when", "by")

    def streams(self, row: ExchangeRate) -> list[UUID]:
        return [programme_id(row.tenant_id)]

    def complete(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        people = actors(row.set_by for row in rows)
        for row in rows:
            row.people = people

    def export_columns(self, request: HttpRequest) -> Sequence[Column]:
        return [
            Column(_("Currency"), lambda row: row.currency),
            Column(_("Rate"), lambda row: plain(row.rate)),
            Column(_("Into"), lambda row: row.into_currency),
            Column(_("In effect from"), lambda row: row.since),
            *of_shown(self, ("by",)),
        ]

    @display(description=_("Rate"), ordering="rate")
    def rate_shown(self, row: ExchangeRate) -> str:
        return shown.exchange_rate(plain(row.rate), row.currency, row.into_currency)

    @display(description=_("In effect from"), ordering="since")
    def from_when(self, row: ExchangeRate) -> str:
        return shown.moment(row.since, row.tenant_id)

    @display(description=_("Set by"))
    def by(self, row: Any) -> str:
        return row.people.get(row.set_by) or actor_title(row.set_by)


navigation.register(
    _("Earning"), _("Exchange rates"), "admin:earning_exchangerate_changelist", EDIT_PROGRAMME, icon="currency_exchange", order=42
)
name_facts({"exchange": _("Exchange"), "exchanged": _("Counts"), "into": _("Into"), "rate": _("Rate")})
name_events({"earning.exchange_rate_set": _("Exchange rate set")})
