"""Tables of the pages of purchases, accounts and rules, as the theme shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from earning import queries
from earning.admin import shown
from earning.admin.shown import NOTHING, Table
from earning.domain.lines import Line, quantity_text
from earning.domain.wallets import Unit
from earning.events import ReturnedLine
from earning.kinds.words import since, until
from earning.models import Lot
from earning.wording import LINE_KINDS, scope_sentence, sentence_of
from loyalty.domain.period import Period, business_day
from loyalty.house import formats
from loyalty.house.labels import spoken
from loyalty.tenancy.middleware import tenant_of_id


def bought(card: queries.PurchaseCard) -> Table:
    """The lines of a document, and how much of each came back."""
    headers = [_("No."), _("Article"), _("SKU"), _("Quantity"), _("Unit price"), _("Tax rate"), _("Total"), _("Came back")]
    return {"headers": headers, "figures": [3, 4, 5, 6, 7], "led": 2, "rows": [_bought(line, card.currency) for line in card.lines]}


def _bought(sold: queries.PurchaseLine, currency: str) -> list[str]:
    line, back = sold.line, sold.line.measure - sold.left
    amount = line.quantity is None
    return [
        str(sold.number),
        _article(line),
        line.sku or NOTHING,
        NOTHING if line.quantity is None else _quantity(line.quantity),
        NOTHING if line.unit_price is None else formats.exact(line.unit_price, shown.language()),
        NOTHING if line.tax_rate is None else formats.percent(line.tax_rate, shown.language()),
        shown.money(line.total, currency),
        NOTHING if not back else shown.money(back, currency) if amount else _quantity(back),
    ]


def _article(line: Line) -> str:
    """What a line is called, above what else the document says of it."""
    kind = "" if line.kind == "goods" else str(LINE_KINDS[line.kind])
    told = [kind if line.name else "", line.category, line.maker, spoken(line.labels)]
    below = " · ".join(part for part in told if part)
    name = line.name or kind or NOTHING
    return shown.two_lines(name, below) if below else name


def reasons(movements: Iterable[queries.StatementLine], tenant_id: int) -> Table:
    """Why a purchase brought its points: a row for each rule in each movement."""
    currency, wallets = tenant_of_id(tenant_id).currency, queries.wallets_here()
    return {
        "headers": [_("When"), _("Rule"), _("What it does"), _("Counted"), _("Points")],
        "figures": [3, 4],
        "rows": [
            [
                shown.moment(m.effective_at, tenant_id),
                shown.rule(r.rule_id, _("%(name)s, version %(number)s") % {"name": r.name, "number": r.version}, of_level=r.of_level),
                sentence_of(r.terms, wallets.unit(m.wallet)),
                shown.money(r.amount if m.points > 0 else -r.amount, currency),
                shown.in_wallets({m.wallet: r.points if m.points > 0 else -r.points}, wallets, signed=True),
            ]
            for m in movements
            for r in m.reasons
        ],
    }


def returned(card: queries.PurchaseCard, tenant_id: int) -> Table:
    """What came back, by which document, where, and the points that went with it."""
    wallets = queries.wallets_here()
    return {
        "headers": [_("When"), _("Return document"), _("Point of sale"), _("Lines"), _("Amount"), _("Points")],
        "figures": [4, 5],
        "rows": [
            [
                shown.moment(r.returned_at, tenant_id),
                r.document_number,
                shown.place(r.pos_id, card.merchant_id),
                ", ".join(_back(line, card.currency) for line in r.lines),
                shown.money(r.amount, card.currency),
                shown.in_wallets({code: -points for code, points in r.in_wallets.items()}, wallets, signed=True) or NOTHING,
            ]
            for r in card.returns
        ],
    }


def _back(line: ReturnedLine, currency: str) -> str:
    measure = shown.money(line.amount, currency) if line.quantity is None else _quantity(line.quantity)
    return _("line %(number)s: %(measure)s") % {"number": line.line, "measure": measure}


def lots(found: Iterable[Lot], tenant_id: int, documents: Mapping[UUID, str], origins: Mapping[UUID, str], decimals: int = 0) -> Table:
    """Of what a balance is made; `documents` are the numbers of those that may be seen, `origins` says more of what brought a lot."""
    return {
        "headers": [_("Earned"), _("What brought them"), _("From"), _("Until"), _("Points"), _("Remaining")],
        "figures": [4, 5],
        "rows": [
            [
                shown.moment(lot.earned_at, tenant_id),
                _source_of(lot, documents, origins.get(lot.id, "")),
                shown.moment(lot.active_from, tenant_id) if lot.active_from else shown.usual(_("at once")),
                shown.until(lot.expires_at, tenant_id) if lot.expires_at else shown.usual(_("no end")),
                shown.points(lot.points, decimals=decimals),
                shown.points(lot.remaining, decimals=decimals),
            ]
            for lot in found
        ],
    }


def with_left(found: Iterable[Lot], left: Mapping[UUID, int]) -> list[Lot]:
    """Lots with what is left of them, of those where that is not what their rows say."""
    lots = list(found)
    for lot in lots:
        lot.remaining = left.get(lot.id, lot.remaining)
    return lots


def _source_of(lot: Lot, documents: Mapping[UUID, str], origin: str) -> str:
    """The document, or how else the lot came, above what more there is to say."""
    if lot.purchase_id is not None and lot.purchase_id not in documents:
        return NOTHING
    source = str(lot.get_source_display())
    if lot.purchase_id is not None:
        source = shown.linked("admin:earning_purchase_change", lot.purchase_id, documents[lot.purchase_id])
    return shown.two_lines(source, origin) if origin else source


def statement(lines: Iterable[queries.StatementLine], tenant_id: int, seen: frozenset[object] | None, decimals: int = 0) -> Table:
    """Every movement with the balance it left; documents of merchants that the reader does not see stay unnamed."""
    return {
        "headers": [_("When"), _("What"), _("Document"), _("Rules"), _("Points"), _("Balance")],
        "figures": [4, 5],
        "rows": [
            [
                _when(line, tenant_id),
                str(shown.MOVED[line.kind]),
                *(_source(line) if seen is None or line.purchase_id is None or line.merchant_id in seen else (NOTHING, NOTHING)),
                shown.points(line.points, signed=True, decimals=decimals) if line.points else _moved(line, decimals),
                shown.points(line.balance, decimals=decimals),
            ]
            for line in lines
        ],
    }


def _when(line: queries.StatementLine, tenant_id: int) -> str:
    """When it took effect; and when it was recorded, where that was on another day."""
    zone = tenant_of_id(tenant_id).zone
    if business_day(line.effective_at, zone) == business_day(line.recorded_at, zone):
        return shown.moment(line.effective_at, tenant_id)
    return shown.counted(line.effective_at, line.recorded_at, tenant_id)


def _moved(line: queries.StatementLine, decimals: int) -> str:
    """“(20)”: what was kept aside or came free, while the balance stayed."""
    if not line.amount:
        return NOTHING
    return f"({shown.points(line.amount, decimals=decimals)})"


def endings(found: queries.Endings, decimals: int = 0) -> Table:
    """What ends in the next days, by day."""
    return {
        "headers": [_("Last day"), _("Points")],
        "figures": [1],
        "rows": [
            [formats.day(e.last_day, ZoneInfo("UTC"), shown.language()), shown.points(e.points, decimals=decimals)] for e in found.days
        ],
    }


def _source(line: queries.StatementLine) -> tuple[str, str]:
    rules = ", ".join(dict.fromkeys(r.name for r in line.reasons)) or NOTHING
    if line.purchase_id is None:
        return NOTHING, rules
    return shown.linked("admin:earning_purchase_change", line.purchase_id, line.document_number or _("Open")), rules


def versions(found: Iterable[queries.VersionCard], names: Mapping[str, str], tenant_id: int, unit: Unit) -> Table:
    """The versions of a rule, and when each was in force; `unit` is that of its wallet."""
    currency = tenant_of_id(tenant_id).currency
    return {
        "headers": [_("Version"), _("Name"), _("What it does"), _("In force"), _("Changed by"), _("Changed")],
        "rows": [
            [
                str(v.version),
                v.name,
                " ".join(filter(None, (sentence_of(v.terms, unit), scope_sentence(v.scope, currency, unit)))),
                "; ".join(period(p, tenant_id) for p in v.periods) or _("never"),
                names[v.changed_by],
                shown.moment(v.changed_at, tenant_id),
            ]
            for v in found
        ],
    }


def period(during: Period, tenant_id: int) -> str:
    """When something was in force."""
    zone = tenant_of_id(tenant_id).time_zone
    start = since(during.start, zone) if during.start else NOTHING
    if during.end is None:
        return _("since %(start)s") % {"start": start}
    return _("%(start)s to %(end)s") % {"start": start, "end": until(during.end, zone)}


def _quantity(thousandths: int) -> str:
    return formats.number(Decimal(quantity_text(thousandths)), shown.language())
