"""Points that customers passed on to each other: who to whom, how many, and when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers.permissions import SEE as SEE_CUSTOMERS
from customers.queries import search
from earning import queries
from earning.admin import shown
from earning.admin.exporting import of_wallet, scaled
from earning.admin.filters import FOUND_AT_MOST, TransferWalletFilter
from earning.models import Account, Transfer
from earning.permissions import SEE_ACCOUNTS
from earning.units import phrase
from loyalty.admin import navigation
from loyalty.admin.export import Column
from loyalty.admin.read_model import ReadModelAdmin

FIELDS = ("when", "sender", "recipient", "points_shown", "wallet_shown", "recorded_shown")


@admin.register(Transfer)
class TransferAdmin(ReadModelAdmin):
    """All transfers, the latest first."""

    permission = SEE_ACCOUNTS
    empty = _("A transfer stands here when points are passed on from one customer to another.")
    list_display = ("when", "sender", "recipient", "points_shown", "wallet_shown")
    figures = ("points_shown",)
    unbroken = ("when",)
    list_filter = (("effective_at", admin.DateFieldListFilter), TransferWalletFilter)
    ordering = ("-position",)
    search_fields = ("account_id",)
    search_help_text = _("Name, phone, card or code of who passed points on, or got them")
    fieldsets = ((_("Transfer"), {"fields": FIELDS}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        return FIELDS

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> tuple[QuerySet[Any], bool]:
        text = search_term.strip()
        if not text:
            return queryset, False
        found = [card.id for card in search(text, FOUND_AT_MOST)]
        held = Account.objects.filter(tenant_id=request.tenant.id, customer_id__in=found).values_list("id", flat=True)  # type: ignore[attr-defined]
        accounts = list(held)
        return queryset.filter(Q(account_id__in=accounts) | Q(reference_id__in=accounts)), False

    def complete(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        wanted = {key for row in rows for key in (row.account_id, row.reference_id)}
        accounts = {row.id: row for row in Account.objects.filter(id__in=wanted, tenant_id=request.tenant.id)}  # type: ignore[attr-defined]
        people = shown.holders(account.customer_id for account in accounts.values())
        wallets = queries.wallets_here()
        for row in rows:
            account, other = accounts.get(row.account_id), accounts.get(row.reference_id)
            row.wallet = account.wallet if account else ""
            row.unit = wallets.unit(row.wallet)
            row.cards = [people.get(one.customer_id) if one else None for one in (account, other)]
            row.links = [shown.customer(request, card) for card in row.cards]

    def export_columns(self, request: HttpRequest) -> Sequence[Column]:
        return [
            Column(_("Passed on"), lambda row: row.effective_at),
            *(_of_both(0, _("Sender code"), _("Sender")) if request.user.has_perm(SEE_CUSTOMERS) else ()),
            *(_of_both(1, _("Recipient code"), _("Recipient")) if request.user.has_perm(SEE_CUSTOMERS) else ()),
            Column(_("Points"), lambda row: scaled(-row.points, shown.decimals_of(row))),
            *of_wallet(),
            Column(_("Recorded"), lambda row: row.recorded_at),
        ]

    @display(description=_("Passed on"), ordering="effective_at")
    def when(self, row: Transfer) -> str:
        return shown.moment(row.effective_at, row.tenant_id)

    @display(description=_("Sender"))
    def sender(self, row: Any) -> str:
        return str(row.links[0])

    @display(description=_("Recipient"))
    def recipient(self, row: Any) -> str:
        return str(row.links[1])

    @display(description=_("Points"))
    def points_shown(self, row: Any) -> str:
        return phrase(shown.unit_of(row), -row.points, shown.language())

    @display(description=_("Wallet"))
    def wallet_shown(self, row: Any) -> str:
        return shown.wallet(shown.unit_of(row))

    @display(description=_("Recorded"))
    def recorded_shown(self, row: Transfer) -> str:
        return shown.moment(row.recorded_at, row.tenant_id)


def _of_both(place: int, code: Any, name: Any) -> list[Column]:
    """Code and name of who passed points on (0), or got them (1)."""
    return [
        Column(code, lambda row: row.cards[place] and row.cards[place].code),
        Column(name, lambda row: row.cards[place] and row.cards[place].name),
    ]


navigation.register(_("Earning"), _("Transfers of points"), "admin:earning_transfer_changelist", SEE_ACCOUNTS, icon="swap_horiz", order=33)
