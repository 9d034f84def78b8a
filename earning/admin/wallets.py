"""Wallets: kinds of points, with the terms on which they are given, kept and taken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from earning import queries
from earning.admin import shown
from earning.admin.exporting import of_shown
from earning.domain.expiry import LEAP_YEAR, Expiry
from earning.forms.wallets import EXPIRIES, OVERDRAFTS, EditWalletForm, SetUpWalletForm
from earning.kinds.scopes import limit_sentence
from earning.models import Wallet
from earning.permissions import EDIT_WALLETS, SEE_WALLETS
from earning.units import phrase
from loyalty.admin import navigation
from loyalty.admin.export import Column
from loyalty.admin.read_model import ReadModelAdmin

FIELDS = (
    "code",
    "unit",
    "ends",
    "waiting",
    "overdraft",
    "second_person",
    "warned",
    "restored",
    "passed_on",
    "limits_shown",
    "version",
    "changed",
)


@admin.register(Wallet)
class WalletAdmin(ReadModelAdmin):
    """All wallets."""

    permission = SEE_WALLETS
    list_display = ("code", "unit", "ends", "version", "changed")
    ordering = ("code", "id")
    commands = {"set-up": SetUpWalletForm}
    object_commands = {"edit": EditWalletForm}
    fieldsets = ((_("Wallet"), {"fields": FIELDS}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        return FIELDS

    def listed(self, request: HttpRequest, rows: list[Any]) -> list[Any]:
        """With `points`, which every programme has."""
        return queries.with_standard(rows, request.tenant.id)  # type: ignore[attr-defined]

    def export_columns(self, request: HttpRequest) -> Sequence[Column]:
        shown_there = FIELDS[1 : FIELDS.index("version")]
        return [Column(_("Code"), lambda row: row.code), *of_shown(self, shown_there), Column(_("Version"), lambda row: row.version)]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        return self.row(request, object_id)

    def row(self, request: HttpRequest, object_id: str) -> Any:
        """Also of `points` before anybody sets it up."""
        points = queries.standard_wallet(request.tenant.id)  # type: ignore[attr-defined]
        return super().row(request, object_id) or (points if str(points.id) == object_id else None)

    @display(description=_("Unit"))
    def unit(self, row: Wallet) -> str:
        name = _card(row).unit(shown.language())
        return ", ".join(dict.fromkeys([name.singular, name.plural]))

    @display(description=_("When points end"))
    def ends(self, row: Wallet) -> str:
        return ends_text(_card(row).terms.expiry)

    @display(description=_("Days until points can be spent"))
    def waiting(self, row: Wallet) -> str:
        return str(_card(row).terms.pending_days)

    @display(description=_("When goods come back whose points were spent"))
    def overdraft(self, row: Wallet) -> str:
        return str(dict(OVERDRAFTS)[_card(row).terms.overdraft])

    @display(description=_("A correction above so many points needs a second person"))
    def second_person(self, row: Wallet) -> str:
        card = _card(row)
        above = card.terms.approval_above
        return shown.NOTHING if above is None else phrase(queries.unit_of(card), above, shown.language())

    @display(description=_("Tell the customer so many days before"))
    def warned(self, row: Wallet) -> str:
        return str(_card(row).terms.warn_days)

    @display(description=_("Days that points live at least which are given back"))
    def restored(self, row: Wallet) -> str:
        return str(_card(row).terms.restored_days)

    @display(description=_("How often a day a customer may pass points on"))
    def passed_on(self, row: Wallet) -> str:
        return str(_card(row).terms.transfers_per_day)

    @display(description=_("Limits"))
    def limits_shown(self, row: Wallet) -> str:
        card = _card(row)
        return " ".join(limit_sentence(one, queries.unit_of(card)) for one in card.terms.limits) or shown.NOTHING

    @display(description=_("Changed"), ordering="changed_at")
    def changed(self, row: Wallet) -> str:
        return shown.moment(row.changed_at, row.tenant_id) if row.version else shown.NOTHING


def ends_text(expiry: Expiry) -> str:
    """“30 days after they became active, 3 days of grace”."""
    days, months, grace = expiry.days, expiry.months, expiry.grace_days
    told = str(dict(EXPIRIES)[expiry.kind])
    match expiry.kind:
        case "after_days":
            told = ngettext("%(number)s day after they became active", "%(number)s days after they became active", days) % {"number": days}
        case "rolling":
            told = ngettext(
                "%(number)s month after the customer was last active", "%(number)s months after the customer was last active", months
            ) % {"number": months}
        case "yearly":
            told = gettext("Each year at the end of %(day)s") % {"day": date_format(date(LEAP_YEAR, expiry.month, expiry.day), "j E")}
    if not grace:
        return told
    return f"{told}, {ngettext('%(number)s day of grace', '%(number)s days of grace', grace) % {'number': grace}}"


def _card(row: Wallet) -> queries.WalletCard:
    return queries.wallet_of_row(row)


navigation.register(_("Earning"), _("Wallets"), "admin:earning_wallet_changelist", SEE_WALLETS, icon="account_balance", order=40)
navigation.register(_("Earning"), _("Set up a wallet"), "admin:earning_wallet_set-up", EDIT_WALLETS, icon="add", order=41)
