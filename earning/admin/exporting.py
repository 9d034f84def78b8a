"""What files of lists and statements have in their rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from html import unescape
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.permissions import SEE as SEE_CUSTOMERS
from earning import queries
from earning.admin import shown
from earning.models import Account, Purchase
from loyalty.admin.export import AT_ONCE, Cell, Column, Page
from loyalty.house import formats
from loyalty.house.labels import written

HELD = {
    "balance": _("Balance"), "available": _("Can be spent"), "pending": _("Not active yet"), "held": _("Kept aside"), "debt": _("Debt")
}  # fmt: skip
STATEMENT = (_("When"), _("What"), _("Document"), _("Points"), _("Balance"), _("Recorded"))


def of_shown(listed: Any, names: Iterable[str]) -> list[Column]:
    """What a page of the list `listed` shows under these names, as text; nothing where it shows that there is nothing."""
    return [Column(getattr(listed, name).short_description, partial(_plain, getattr(listed, name))) for name in names]


def _plain(display: Callable[[Any], str], row: Any) -> str:
    shown_there = display(row)
    said = unescape(strip_tags(shown_there)) if isinstance(shown_there, SafeString) else str(shown_there)
    return "" if said == shown.NOTHING else said


def of_customers(request: HttpRequest) -> list[Column]:
    """Code and name of the customer of a row, for who may see customers; rows hold the card as `holder_card`."""
    if not request.user.has_perm(SEE_CUSTOMERS):
        return []
    return [
        Column(_("Customer code"), lambda row: row.holder_card and row.holder_card.code),
        Column(_("Customer"), lambda row: row.holder_card and row.holder_card.name),
    ]


def of_wallet() -> list[Column]:
    """Code and unit of the wallet of a row."""
    return [Column(_("Wallet"), lambda row: row.wallet), Column(_("Unit of the wallet"), lambda row: shown.wallet(shown.unit_of(row)))]


def of_purchases(request: HttpRequest) -> Sequence[Column]:
    """A purchase with its amounts in whole units of its currency."""
    return [
        Column(_("Document number"), lambda row: row.document_number),
        Column(_("Purchased"), lambda row: row.purchased_at),
        *of_customers(request),
        Column(_("Customer found by"), lambda row: queries.said_found_by(queries.matched_by(row))),
        Column(_("Point of sale"), lambda row: shown.place(row.pos_id, row.merchant_id)),
        Column(_("Total"), partial(_money, field="total")),
        Column(_("Kept"), partial(_money, field="kept")),
        Column(_("Currency"), lambda row: row.currency),
        Column(_("Points"), lambda row: row.points),
        Column(_("Wallets"), _other_points),
        Column(_("State"), lambda row: row.get_state_display()),
        Column(_("Payment method"), lambda row: queries.said_payment(row.payment_method)),
        Column(_("Labels"), lambda row: written(row.labels)),
        Column(_("Prices include tax"), lambda row: gettext("yes") if row.prices_include_tax else gettext("no")),
        Column(_("Recorded"), lambda row: row.recorded_at),
    ]


def of_accounts(request: HttpRequest) -> Sequence[Column]:
    """An account with what it holds now, and its totals of all time."""
    totals = {"earned": _("Earned"), "spent": _("Spent"), "expired": _("Expired")}
    return [
        *of_customers(request),
        *of_wallet(),
        *(Column(title, partial(_held, field=field)) for field, title in HELD.items()),
        *(Column(title, partial(_total, field=field)) for field, title in totals.items()),
        Column(_("Last movement"), lambda row: row.moved_at),
        Column(_("Blocked"), lambda row: gettext("yes") if row.blocked else gettext("no")),
    ]


def statement_page(row: Account, seen: frozenset[UUID] | None, decimals: int, when: tuple[datetime | None, datetime | None]) -> Page:
    """The movements of an account, the latest first, as of one time as known at another (None: now); documents of merchants that are
    not seen stay unnamed.
    """

    def page(before: Any) -> tuple[Sequence[Sequence[Cell]], Any]:
        lines = queries.statement(row.customer_id, before, AT_ONCE, row.wallet, *when)
        cells = [
            (
                line.effective_at,
                str(shown.MOVED[line.kind]),
                line.document_number if seen is None or line.merchant_id in seen else "",
                scaled(line.points, decimals),
                scaled(line.balance, decimals),
                line.recorded_at,
            )
            for line in lines
        ]
        return cells, lines[-1].position if len(lines) == AT_ONCE else None

    return page


def scaled(points: int, decimals: int) -> Decimal:
    """Points in whole units of their wallet."""
    return Decimal(points).scaleb(-decimals)


def _money(row: Purchase, field: str) -> Decimal:
    return formats.major(getattr(row, field), row.currency)


def _other_points(row: Purchase) -> str:
    """“stars (Stars) 2.5; cups (Cups) 1”: codes, units and whole units of other wallets than `points`."""
    if not row.other_points:
        return ""
    wallets = row.wallets or queries.wallets_here()
    held = ((code, wallets.unit(code), points) for code, points in row.other_points.items() if points)
    return "; ".join(f"{code} ({shown.wallet(unit)}) {scaled(points, unit.decimals)}" for code, unit, points in held)


def _held(row: Account, field: str) -> Decimal:
    """Of this very account, asked once for a row: a sum over all rows is what all customers hold."""
    if "alone" not in row.__dict__:
        cast(Any, row).alone = queries.balance(row.customer_id, timezone.now(), row.wallet, alone=True)
    return scaled(getattr(cast(Any, row).alone, field), shown.decimals_of(row))


def _total(row: Account, field: str) -> Decimal:
    return scaled(getattr(row, field), shown.decimals_of(row))
