"""Rows become documents: sales to record, and returns matched to the sales they come off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from earning.commands import RecordPurchase, ReturnGoods
from earning.domain.lines import Line, Thousandths
from earning.domain.matching import ComingBack, Matched, SoldLine, match_returns
from earning.domain.returns import ReturnLine
from earning.imports.columns import ImportRow
from pos.queries import SalePlace

OF_A_RETURN = "-R"
"""A document that sells and takes back in one gives the return its number with this behind it."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A command, and the rows of the file that it carries."""

    command: RecordPurchase | ReturnGoods
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done for some rows, in order of time; `left_over` are returned rows that no sale answers for, and of
    how much of each. The rows `incomplete` belong to documents of which another row cannot be understood, the rows `mixed` to
    documents in several currencies, the rows `undecided` to documents whose prices include tax in one row and not in another.
    """

    steps: tuple[Planned, ...] = ()
    left_over: tuple[tuple[ComingBack, int], ...] = ()
    incomplete: tuple[ImportRow, ...] = ()
    mixed: tuple[ImportRow, ...] = ()
    undecided: tuple[ImportRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """The rows of one document that sell, or those that take back. Its time is that of its earliest row."""

    id: UUID
    number: str
    at: datetime
    rows: tuple[ImportRow, ...]


def plan(
    place: SalePlace, customer_id: UUID | None, rows: Sequence[ImportRow], before: Sequence[SoldLine] = (), *, with_tax: bool = True
) -> Plan:
    """The documents of one customer (or of nobody). `before` are lines of sales recorded earlier, of this file too. Prices are `with_tax`,
    or without, where no row of the document says.
    """
    unreadable, several, both = _unreadable(rows), _in_several_currencies(rows), _with_and_without_tax(rows)
    incomplete = tuple(row for row in rows if row.at and row.unit in unreadable)
    mixed = tuple(row for row in rows if row.unit in several)
    undecided = tuple(row for row in rows if row.unit in both)
    sales, backs = documents(rows)
    known = {line.purchase_id for line in before}
    sold = [*before, *(line for sale in sales if sale.id not in known for line in _sold(sale))]
    coming = [
        ComingBack(d.number, d.at, r.line, r.sku, _measure(r), r.quantity is None, currency=r.currency) for d in backs for r in d.rows
    ]
    matched = match_returns(sold, coming) if customer_id else Matched((), tuple((b, b.quantity) for b in coming))
    steps = [*(_sale(place, customer_id, sale, with_tax) for sale in sales), *_returns(place, customer_id, matched)]
    return Plan(tuple(sorted(steps, key=_when)), matched.left_over, incomplete, mixed, undecided)


def documents(rows: Sequence[ImportRow]) -> tuple[list[Document], list[Document]]:
    """The sales and the returns that rows make up, but for documents of which a row cannot be understood, or that contradict themselves."""
    found: dict[tuple[str, bool], list[ImportRow]] = {}
    left_out = _unreadable(rows) | _in_several_currencies(rows) | _with_and_without_tax(rows)
    for row in rows:
        if row.unit not in left_out:
            found.setdefault((row.unit, row.comes_back), []).append(row)
    sales = [_document("", group) for (_, back), group in found.items() if not back]
    mixed = {unit for unit, back in found if not back}
    backs = [_document(OF_A_RETURN if unit in mixed else "", group) for (unit, back), group in found.items() if back]
    return sales, backs


def _unreadable(rows: Sequence[ImportRow]) -> set[str]:
    return {row.unit for row in rows if row.at is None}


def _in_several_currencies(rows: Sequence[ImportRow]) -> set[str]:
    """Readable documents of which one row names another currency than another."""
    first: dict[str, str] = {}
    return {row.unit for row in rows if row.at and first.setdefault(row.unit, row.currency) != row.currency} - _unreadable(rows)


def _with_and_without_tax(rows: Sequence[ImportRow]) -> set[str]:
    """Readable documents in one currency of which one row says that its prices include tax, and another that they do not."""
    said = {(row.unit, row.prices_include_tax) for row in rows if row.at and row.prices_include_tax is not None}
    both = {unit for unit, included in said if included and (unit, False) in said}
    return both - _unreadable(rows) - _in_several_currencies(rows) if both else both


def _document(suffix: str, rows: Sequence[ImportRow]) -> Document:
    first = rows[0]
    return Document(UUID(hex=first.unit), first.document + suffix, min(row.at for row in rows if row.at), tuple(rows))


def _sold(sale: Document) -> Iterator[SoldLine]:
    for number, row in enumerate(sale.rows, 1):
        if row.total >= 0 and row.kind in {None, "goods"}:
            yield SoldLine(sale.number, sale.at, number, row.sku, _measure(row), row.quantity is None, sale.id, row.currency)


def _measure(row: ImportRow) -> int:
    return abs(row.total if row.quantity is None else row.quantity)


def _when(step: Planned) -> tuple[datetime, bool, str]:
    c = step.command
    return (c.purchased_at, False, c.document_number) if isinstance(c, RecordPurchase) else (c.returned_at, True, c.document_number)


def _sale(place: SalePlace, customer_id: UUID | None, sale: Document, with_tax: bool) -> Planned:
    command = RecordPurchase(
        customer_id=customer_id,
        merchant_id=place.merchant_id,
        pos_id=place.pos_id,
        document_scope=place.document_scope,
        document_number=sale.number,
        purchased_at=sale.at,
        zone=place.zone,
        currency=sale.rows[0].currency,
        home_currency=place.currency,
        total=sum(row.total for row in sale.rows),
        lines=tuple([_line(row) for row in sale.rows]),
        labels=next((row.document_labels for row in sale.rows if row.document_labels), {}),
        prices_include_tax=next((row.prices_include_tax for row in sale.rows if row.prices_include_tax is not None), with_tax),
        payment_method=next((row.payment_method for row in sale.rows if row.payment_method), ""),
    )
    return Planned(command, tuple([row.line for row in sale.rows]))


def _line(row: ImportRow) -> Line:
    """What is sold for less than nothing is a discount."""
    return Line(
        kind=row.kind or ("goods" if row.total >= 0 else "discount"),
        total=row.total,
        quantity=None if row.quantity is None else Thousandths(row.quantity),
        sku=row.sku,
        name=row.name,
        unit_price=row.unit_price,
        category=row.category,
        maker=row.maker,
        labels=row.labels,
        tax_rate=row.tax_rate,
    )


def _returns(place: SalePlace, customer_id: UUID | None, matched: Matched) -> Iterator[Planned]:
    measures: dict[tuple[str, datetime, UUID], dict[tuple[int, bool], int]] = {}
    about: dict[tuple[str, datetime, UUID], list[ComingBack]] = {}
    for m in matched.matches:
        assert m.sold.purchase_id is not None
        key = (m.back.document, m.back.at, m.sold.purchase_id)
        lines, line = measures.setdefault(key, {}), (m.sold.line, m.sold.by_amount)
        lines[line] = lines.get(line, 0) + m.quantity
        about.setdefault(key, []).append(m.back)
    for key, backs in about.items():
        yield _return(place, customer_id, key[-1], backs, measures[key])


def _return(
    place: SalePlace,
    customer_id: UUID | None,
    purchase_id: UUID,
    backs: Sequence[ComingBack],
    measures: Mapping[tuple[int, bool], int],
) -> Planned:
    command = ReturnGoods(
        purchase_id=purchase_id,
        customer_id=customer_id,
        merchant_id=place.merchant_id,
        pos_id=place.pos_id,
        document_scope=place.document_scope,
        document_number=backs[0].document,
        returned_at=backs[0].at,
        zone=place.zone,
        lines=tuple(_return_line(line, measure, by_amount) for (line, by_amount), measure in sorted(measures.items())),
    )
    return Planned(command, tuple(sorted({back.row for back in backs})))


def _return_line(number: int, measure: int, by_amount: bool) -> ReturnLine:
    return ReturnLine(line=number, amount=measure) if by_amount else ReturnLine(line=number, quantity=Thousandths(measure))
