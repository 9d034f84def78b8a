"""Corrections of points that need a second person, and those that were decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from earning import queries
from earning.admin import shown
from earning.admin.exporting import of_customers, of_shown, of_wallet, scaled
from earning.admin.filters import WalletFilter, of_found_customers
from earning.forms.accounts import ApproveForm, RejectForm
from earning.models import Correction
from earning.permissions import APPROVE
from earning.units import phrase
from loyalty.admin import navigation
from loyalty.admin.export import Column
from loyalty.admin.facts import actor_title
from loyalty.admin.read_model import ReadModelAdmin
from loyalty.staff.actors import actors

FIELDS = ("holder", "points_shown", "wallet_shown", "reason", "state", "proposer", "proposed", "decider", "decided")
STATES = {"waits": "warning", "approved": "success", "rejected": "danger"}


@admin.register(Correction)
class CorrectionAdmin(ReadModelAdmin):
    """All corrections that were too large for one person, those that wait first."""

    permission = APPROVE
    empty = _("A correction stands here when it is too large for one person. Somebody else then approves or rejects it.")
    list_display = ("holder", "points_shown", "state_shown", "proposer", "proposed")
    list_filter = ("state", WalletFilter)
    ordering = ("-state", "-proposed_at", "id")
    search_fields = ("customer_id",)
    search_help_text = _("The customer's name, phone, card or code")
    object_commands = {"approve": ApproveForm, "reject": RejectForm}
    fieldsets = ((_("Correction"), {"fields": FIELDS}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        return FIELDS

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> tuple[QuerySet[Any], bool]:
        return of_found_customers(queryset, search_term), False

    def export_columns(self, request: HttpRequest) -> Sequence[Column]:
        return [
            *of_customers(request),
            Column(_("Points"), lambda row: scaled(row.points, shown.decimals_of(row))),
            *of_wallet(),
            Column(_("State"), lambda row: row.get_state_display()),
            *of_shown(self, ("proposer",)),
            Column(_("Proposed"), lambda row: row.proposed_at),
            *of_shown(self, ("decider",)),
            Column(_("Decided"), lambda row: row.decided_at),
        ]

    def complete(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        known = shown.holders(row.customer_id for row in rows)
        people = actors(actor for row in rows for actor in (row.proposed_by, row.decided_by) if actor)
        wallets = queries.wallets_here()
        for row in rows:
            row.unit = wallets.unit(row.wallet)
            card = row.holder_card = known.get(row.customer_id)
            row.holder_name, row.holder_link = card.name if card else shown.NOTHING, shown.customer(request, card)
            row.people = people

    @display(description=_("Customer"))
    def holder(self, row: Any) -> str:
        return str(row.holder_link)

    @display(description=_("Points"), ordering="points")
    def points_shown(self, row: Correction) -> str:
        return phrase(shown.unit_of(row), row.points, shown.language(), signed=True)

    @display(description=_("Wallet"))
    def wallet_shown(self, row: Correction) -> str:
        return shown.wallet(shown.unit_of(row))

    @display(description=_("Reason"))
    def reason(self, row: Correction) -> str:
        return queries.correction(row.id).reason

    @display(description=_("State"), ordering="state", label=STATES)
    def state_shown(self, row: Correction) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @display(description=_("Proposed by"))
    def proposer(self, row: Any) -> str:
        return _person(row, row.proposed_by)

    @display(description=_("Proposed"), ordering="proposed_at")
    def proposed(self, row: Correction) -> str:
        return shown.moment(row.proposed_at, row.tenant_id)

    @display(description=_("Decided by"))
    def decider(self, row: Any) -> str:
        return _person(row, row.decided_by)

    @display(description=_("Decided"), ordering="decided_at")
    def decided(self, row: Correction) -> str:
        return shown.moment(row.decided_at, row.tenant_id)


def _person(row: Any, actor: str) -> str:
    return (row.people.get(actor) or actor_title(actor)) if actor else shown.NOTHING


navigation.register(
    _("Earning"), _("Corrections of points"), "admin:earning_correction_changelist", APPROVE, icon="rule_settings", order=33
)
