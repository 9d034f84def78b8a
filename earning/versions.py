"""What was recorded and what is given, side by side, where the same document comes again with other content."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import get_language, gettext

from customers.queries import cards
from earning.commands import Line, RecordPurchase, ReturnLine
from earning.domain.lines import quantity_text
from earning.events import ReturnedLine
from earning.wording import line_name
from loyalty.admin.facts import fact_title
from loyalty.domain.errors import DomainError, NotFound
from loyalty.house import formats
from loyalty.house.labels import spoken
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from pos.queries import online_place, sale_place

MOST_LINES = 5


def versions(refusal: DomainError, tenant: Tenant, *, names: bool = True, but_for: Collection[str] = ()) -> list[str]:
    """A sentence for each fact that differs: “Total: ₫250,000 was recorded, ₫99,000 is entered.” Nothing for another refusal.

    Without `names` customers are not called by theirs; facts `but_for` are left out.
    """
    if refusal.code != "earning.document_differs":
        return []
    recorded, given = refusal.params["recorded"], refusal.params["given"]
    was, is_now = refusal.params["currencies"]
    with reading(tenant.id):
        return [
            _times(name, recorded[name], given[name], tenant)
            if isinstance(recorded[name], datetime)
            else _sentence(name, _said(name, recorded[name], tenant, names, was), _said(name, given[name], tenant, names, is_now))
            for name in recorded
            if name not in but_for
        ]


def at_its_time(order: RecordPurchase, refusal: DomainError) -> RecordPurchase | None:
    """The order at the time when its document was recorded, where nothing else differs: for an order whose time nobody typed."""
    recorded = refusal.params["recorded"] if refusal.code == "earning.document_differs" else {}
    return replace(order, **recorded) if recorded.keys() == {"purchased_at"} else None


def _times(name: str, recorded: datetime, given: datetime, tenant: Tenant) -> str:
    """Times that a clock shows alike are told apart by their seconds."""
    plain, exact = ([formats.day_and_clock(at, tenant.zone, _language(), seconds=how) for at in (recorded, given)] for how in (False, True))
    return _sentence(name, *(exact if plain[0] == plain[1] else plain))


def _sentence(name: str, recorded: str, given: str) -> str:
    told = {"what": fact_title(name), "recorded": recorded, "given": given}
    return gettext("%(what)s: recorded is %(recorded)s, entered is %(given)s.") % told


def _said(name: str, value: Any, tenant: Tenant, names: bool, currency: str) -> str:
    match name:
        case "customer_id":
            return _customer(value) if names else _somebody(value)
        case "pos_id":
            return _place(value)
        case "merchant_id":
            return _named(lambda: online_place(value).merchant_name)
        case "lines":
            return _lines(value, currency)
        case _:
            return _plain(value, tenant, currency)


def _plain(value: Any, tenant: Tenant, currency: str) -> str:
    match value:
        case bool():
            return gettext("yes") if value else gettext("no")
        case int():
            return formats.money(value, currency, _language())
        case dict():
            return spoken(value) or gettext("nothing")
        case _:
            return str(value) or gettext("nothing")


def _customer(customer_id: UUID | None) -> str:
    known = cards([customer_id]) if customer_id else []
    return known[0].name if known else _somebody(customer_id)


def _somebody(customer_id: UUID | None) -> str:
    return gettext("somebody else") if customer_id else gettext("nobody")


def _place(pos_id: UUID | None) -> str:
    return gettext("Online") if pos_id is None else _named(lambda: sale_place(pos_id).pos_name)


def _named(name: Callable[[], str]) -> str:
    try:
        return name()
    except NotFound:
        return gettext("nothing")


def _lines(lines: Iterable[Line | ReturnLine | ReturnedLine] | None, currency: str) -> str:
    if lines is None:
        return gettext("everything")
    told = [_line(line, currency) for line in lines]
    return "; ".join([*told[:MOST_LINES], *(["…"] if len(told) > MOST_LINES else [])])


def _line(line: Line | ReturnLine | ReturnedLine, currency: str) -> str:
    amount = line.total if isinstance(line, Line) else line.amount
    measure = [] if line.quantity is None else [f"× {quantity_text(line.quantity)}"]
    money = [] if amount is None else [formats.money(amount, currency, _language())]
    if not isinstance(line, Line):
        return " ".join([gettext("line %(number)s") % {"number": line.line}, *measure, *money])
    return " ".join([line_name(line), *measure, *money, *_beside(line)])


def _beside(line: Line) -> list[str]:
    """What else a line says: it may be all in which two versions of a document differ."""
    price = "" if line.unit_price is None else f"{gettext('Unit price')} {formats.exact(line.unit_price, _language())}"
    tax = "" if line.tax_rate is None else f"{gettext('Tax rate')} {formats.percent(line.tax_rate, _language())}"
    told = [part for part in (line.category, line.maker, price, tax, spoken(line.labels)) if part]
    return [f"({', '.join(told)})"] if told else []


def _language() -> str:
    return get_language() or formats.FALLBACK
