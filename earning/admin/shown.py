"""How lists and pages of earning show times, places, people and points."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from customers.permissions import SEE as SEE_CUSTOMERS
from customers.queries import CustomerCard, cards
from earning import queries
from earning.domain.wallets import Unit, Wallets
from earning.models import Movement
from earning.units import phrase, several
from loyalty.domain.errors import NotFound
from loyalty.files.photos import address_of
from loyalty.house import formats
from loyalty.tenancy.middleware import tenant_of_id
from pos.queries import online_place, sale_place

NOTHING = "–"
STATES = {"recorded": "success", "partly_returned": "warning", "returned": "danger", "voided": "danger"}
MOVED: Mapping[str, Any] = {**dict(Movement.Kind.choices), "parted": gettext_lazy("Merge undone")}
"""What the lines of statements are called, by kind."""
Table = dict[str, Any]
"""What `admin_kit/table.html` shows: `headers`, `rows` of as many cells, the places of the columns with `figures`, and how many
columns name a row (`led`)."""


def language() -> str:
    """The reader's."""
    return get_language() or formats.FALLBACK


def moment(at: datetime | None, tenant_id: int) -> str:
    """A date and time in the tenant's zone."""
    return formats.day_and_clock(at, tenant_of_id(tenant_id).zone, language()) if at else NOTHING


def counted(effective_at: datetime, recorded_at: datetime, tenant_id: int) -> str:
    """When a movement counts; and when it was recorded, where that reads otherwise."""
    counts, recorded = moment(effective_at, tenant_id), moment(recorded_at, tenant_id)
    return counts if counts == recorded else _("%(counts)s (recorded %(recorded)s)") % {"counts": counts, "recorded": recorded}


def until(end: datetime, tenant_id: int) -> str:
    """An end in the tenant's zone: the last day where that is a midnight."""
    return formats.until(end, tenant_of_id(tenant_id).zone, language())


def points(amount: int, *, signed: bool = False, decimals: int = 0) -> str:
    """A number of points in the smallest unit of a wallet with so many decimals, without the word."""
    return formats.points(amount, language(), signed=signed, decimals=decimals)


def unit_of(row: Any) -> Unit:
    """What the wallet of an account, or of a rule, counts: asked once for a row."""
    if "unit" not in row.__dict__:
        row.unit = queries.wallets_here().unit(row.wallet)
    return cast(Unit, row.unit)


def decimals_of(row: Any) -> int:
    """Decimals of the wallet of a row."""
    return unit_of(row).decimals


def wallet(unit: Unit) -> str:
    """A wallet as people call it: “Stars”."""
    return capfirst(several(unit, language()))


def in_wallets(points: Mapping[str, int], wallets: Wallets, *, signed: bool = False) -> str:
    """“25 points, 3 stars”."""
    return ", ".join(phrase(wallets.unit(code), amount, language(), signed=signed) for code, amount in points.items())


def account_now(account: Any) -> queries.AccountCard:
    """What an account holds, with those of others who turned out to be one with the customer; asked once for a row."""
    if "now" not in account.__dict__:
        account.now = queries.account(account.customer_id, account.wallet, timezone.now())
    return cast(queries.AccountCard, account.now)


def money(minor: int, currency: str) -> str:
    """An amount with its currency."""
    return formats.money(minor, currency, language())


def place(pos_id: UUID | None, merchant_id: UUID) -> str:
    """“Sen Vàng · Lê Lợi”, or “Sen Vàng · Online”."""
    return " · ".join(place_parts(pos_id, merchant_id)) or NOTHING


def place_parts(pos_id: UUID | None, merchant_id: UUID) -> tuple[str, ...]:
    """The names of the merchant and of its place; none for one that is not there."""
    try:
        found = sale_place(pos_id) if pos_id else online_place(merchant_id)
    except NotFound:
        return ()
    return found.merchant_name, found.pos_name or _("Online")


def holders(ids: Iterable[UUID | None]) -> dict[UUID, CustomerCard]:
    """The customers with these ids, in one question."""
    return {card.side: card for card in cards([key for key in set(ids) if key is not None])}


def usual(text: str) -> str:
    """What is so most of the time: a narrow screen leaves it out."""
    return format_html('<span class="kit-usual">{}</span>', text)


def exchange_rate(rate: Decimal, currency: str, into: str) -> str:
    """“1 USD = 25.400 VND”."""
    return formats.exchange_rate(rate, currency, into, language())


def photo(name: str, *, large: bool = False) -> str:
    """A photo by its name: as large as a page has room for, or as small as a row; nothing where there is none."""
    if not name:
        return NOTHING if large else ""
    kind = "kit-photo-shown" if large else "kit-photo-small"
    return format_html('<img src="{}" alt="" class="{}" loading="lazy">', address_of(name), kind)


def beside_photo(name: str, text: str) -> str:
    """What names a row, beside its photo."""
    return format_html('<span class="kit-beside-photo">{}<span>{}</span></span>', photo(name), text) if name else text


def cut(text: str) -> str:
    """A cell of a list whose words may be long: one line, and all of it as a title."""
    return format_html('<span class="kit-cut" title="{}">{}</span>', text, text)


def two_lines(first: str, below: str) -> str:
    """A cell of a list that has less important words below."""
    return format_html('<span class="kit-two">{}<span class="kit-below">{}</span></span>', first, below)


def rule(rule_id: UUID, name: str, *, of_level: bool) -> str:
    """A rule by its name, linked to its page, or to that of the level whose multiplier it is."""
    return linked("admin:earning_level_change" if of_level else "admin:earning_rule_change", rule_id, name)


def linked(url_name: str, key: Any, label: str) -> str:
    """A link to a page of the administration."""
    return format_html('<a href="{}" class="text-primary-600 underline dark:text-primary-300">{}</a>', reverse(url_name, args=[key]), label)


def customer(request: HttpRequest, card: CustomerCard | None) -> str:
    """A customer's name, which leads to their page for those who may open it."""
    if card is None:
        return NOTHING
    return linked("admin:customers_customer_change", card.id, card.name) if request.user.has_perm(SEE_CUSTOMERS) else card.name
