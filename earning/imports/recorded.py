"""Sales recorded earlier that a file's returns may come off."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from earning.domain.matching import SoldLine
from earning.models import Purchase

COLUMNS = ("id", "customer_id", "document_number", "purchased_at", "lines", "returns")


def lines_left(
    customers: Sequence[UUID], merchant_id: UUID, but_for: Collection[str], without: Collection[UUID]
) -> dict[UUID, list[SoldLine]]:
    """The goods lines that each of `customers` bought of a merchant and kept. Needs an open `reading`.

    Returns by the documents `but_for` are not counted, purchases in `without` are left out: those of a file that is read again.
    """
    found: dict[UUID, list[SoldLine]] = {}
    rows = Purchase.objects.filter(customer_id__in=customers, merchant_id=merchant_id).values_list(*COLUMNS)
    for purchase_id, customer_id, number, purchased_at, lines, returns in rows.iterator():
        if purchase_id in without or customer_id is None:
            continue
        for sold in _goods(purchase_id, number, purchased_at, lines):
            left = sold.quantity - _returned(sold, returns, but_for)
            if left > 0:
                found.setdefault(customer_id, []).append(replace(sold, quantity=left))
    return found


def _goods(purchase_id: UUID, number: str, purchased_at: Any, lines: Sequence[dict[str, Any]]) -> Iterator[SoldLine]:
    for n, line in enumerate(lines, 1):
        if line.get("kind", "goods") == "goods":
            by_amount = line.get("quantity") is None
            measure = abs(line["total"]) if by_amount else line["quantity"]
            yield SoldLine(number, purchased_at, n, line.get("sku", ""), measure, by_amount, purchase_id)


def _returned(sold: SoldLine, returns: Sequence[dict[str, Any]], but_for: Collection[str]) -> int:
    key = "amount" if sold.by_amount else "quantity"
    counted = [r["lines"] for r in returns if r["document_number"] not in but_for]
    return sum(line.get(key) or 0 for lines in counted for line in lines if line["line"] == sold.line)
