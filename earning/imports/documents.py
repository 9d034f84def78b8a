"""Rows become documents: sales to record, and returns matched to the sales they come off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from earning.commands import RecordPurchase, ReturnGoods
from earning.domain.document import document_id
from earning.domain.lines import Line, Thousandths
from earning.domain.matching import ComingBack, Matched, SoldLine, match_returns
from earning.domain.returns import ReturnLine
from earning.imports.columns import ImportRow
from pos.queries import SalePlace


@dataclass(frozen=True, slots=True)
class Planned:
    """A command, and the rows of the file that it carries."""

    command: RecordPurchase | ReturnGoods
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done for some rows, in order of time; `left_over` are returned rows that no sale answers for."""

    steps: tuple[Planned, ...]
    left_over: tuple[tuple[ComingBack, int], ...]


def plan(
    tenant_id: int, place: SalePlace, customer_id: UUID | None, rows: Sequence[ImportRow], sold_before: Sequence[SoldLine] = ()
) -> Plan:
    """The documents of one customer (or of nobody). `sold_before` are lines of sales recorded earlier, not in this file."""
    sales, backs = _documents(rows)
    sold = [
        SoldLine(document, lines[0].at, number, r.sku, _measure(r), r.quantity is None)
        for document, lines in sales.items()
        for number, r in enumerate(lines, 1)
    ]
    coming = [ComingBack(r.document, r.at, r.line, r.sku, _measure(r), r.quantity is None) for lines in backs.values() for r in lines]
    matched = match_returns([*sold_before, *sold], coming) if customer_id else Matched((), tuple((b, b.quantity) for b in coming))
    known = {document: (lines[0], document_of(tenant_id, place, lines[0])) for document, lines in sales.items()}
    steps = [_sale(place, customer_id, lines) for lines in sales.values()]
    steps += _returns(tenant_id, place, customer_id, matched, {d: i for d, (_, i) in known.items()})
    return Plan(tuple(sorted(steps, key=_when)), matched.left_over)


def document_of(tenant_id: int, place: SalePlace, row: ImportRow) -> UUID:
    """The id of the purchase that a row belongs to."""
    return document_id(tenant_id, place.merchant_id, place.document_scope, place.pos_id, row.document, row.at, place.zone)


def _documents(rows: Sequence[ImportRow]) -> tuple[dict[str, list[ImportRow]], dict[str, list[ImportRow]]]:
    sales: dict[str, list[ImportRow]] = {}
    backs: dict[str, list[ImportRow]] = {}
    for row in rows:
        (backs if row.comes_back else sales).setdefault(row.document, []).append(row)
    return sales, backs


def _measure(row: ImportRow) -> int:
    return abs(row.total if row.quantity is None else row.quantity)


def _when(step: Planned) -> tuple[object, ...]:
    c = step.command
    return (c.purchased_at, 0, c.document_number) if isinstance(c, RecordPurchase) else (c.returned_at, 1, c.document_number)


def _sale(place: SalePlace, customer_id: UUID | None, rows: Sequence[ImportRow]) -> Planned:
    lines = tuple(
        Line(
            total=r.total,
            quantity=None if r.quantity is None else Thousandths(r.quantity),
            sku=r.sku,
            name=r.name,
            unit_price=r.unit_price,
            category=r.category,
        )
        for r in rows
    )
    command = RecordPurchase(
        customer_id=customer_id,
        merchant_id=place.merchant_id,
        pos_id=place.pos_id,
        document_scope=place.document_scope,
        document_number=rows[0].document,
        purchased_at=rows[0].at,
        zone=place.zone,
        currency=place.currency,
        total=sum(r.total for r in rows),
        lines=lines,
    )
    return Planned(command, tuple(r.line for r in rows))


def _returns(tenant_id: int, place: SalePlace, customer_id: UUID | None, matched: Matched, ids: Mapping[str, UUID]) -> list[Planned]:
    grouped: dict[tuple[str, str], dict[tuple[int, bool], int]] = {}
    about: dict[tuple[str, str], list[ComingBack]] = {}
    for m in matched.matches:
        key = (m.back.document, m.sold.document)
        lines = grouped.setdefault(key, {})
        line = (m.sold.line, m.sold.by_amount)
        lines[line] = lines.get(line, 0) + m.quantity
        about.setdefault(key, []).append(m.back)
    return [
        Planned(
            ReturnGoods(
                purchase_id=ids[sale] if sale in ids else UUID(sale),
                customer_id=customer_id,
                merchant_id=place.merchant_id,
                pos_id=place.pos_id,
                document_scope=place.document_scope,
                document_number=back,
                returned_at=about[back, sale][0].at,
                zone=place.zone,
                lines=tuple(_return_line(number, measure, by_amount) for (number, by_amount), measure in sorted(lines.items())),
            ),
            tuple(sorted({b.row for b in about[back, sale]})),
        )
        for (back, sale), lines in grouped.items()
    ]


def _return_line(number: int, measure: int, by_amount: bool) -> ReturnLine:
    return ReturnLine(line=number, amount=measure) if by_amount else ReturnLine(line=number, quantity=Thousandths(measure))
