"""Sales recorded earlier that a file's returns may come off."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from earning.domain.matching import SoldLine
from earning.models import Purchase

COLUMNS = ("id", "customer_id", "document_number", "purchased_at", "currency", "lines", "returns")


def lines_left(customers: Sequence[UUID], merchant_id: UUID, but_for: Collection[UUID]) -> dict[UUID, list[SoldLine]]:
    """The goods lines that each of `customers` bought of a merchant, with what they kept of each. Needs an open `reading`.

    The returns `but_for` are not counted: those of a file that is read again.
    """
    found: dict[UUID, list[SoldLine]] = {}
    own = {str(return_id) for return_id in but_for}
    rows = Purchase.objects.filter(customer_id__in=customers, merchant_id=merchant_id).values_list(*COLUMNS)
    for purchase_id, customer_id, number, purchased_at, currency, lines, returns in rows.iterator():
        counted = [back["lines"] for back in returns if back["return_id"] not in own]
        for sold in _goods(purchase_id, number, purchased_at, lines):
            left = sold.quantity - _returned(sold, counted)
            found.setdefault(customer_id, []).append(replace(sold, quantity=left, currency=currency))
    return found


def _goods(purchase_id: UUID, number: str, purchased_at: Any, lines: Sequence[dict[str, Any]]) -> Iterator[SoldLine]:
    for n, line in enumerate(lines, 1):
        if line.get("kind", "goods") == "goods":
            by_amount = line.get("quantity") is None
            measure = abs(line["total"]) if by_amount else line["quantity"]
            yield SoldLine(number, purchased_at, n, line.get("sku", ""), measure, by_amount, purchase_id)


def _returned(sold: SoldLine, returns: Sequence[Sequence[dict[str, Any]]]) -> int:
    key = "amount" if sold.by_amount else "quantity"
    return sum(line.get(key) or 0 for lines in returns for line in lines if line["line"] == sold.line)
