"""Sales recorded earlier that a file's returns may come off."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from earning.models import Purchase


@dataclass(frozen=True, slots=True)
class RecordedLine:
    """Line `line` of a recorded purchase: `measure` was sold (thousandths, or minor units if `by_amount`), `back` says by
    which return document how much came back.
    """

    purchase_id: UUID
    purchased_at: datetime
    line: int
    sku: str
    by_amount: bool
    measure: int
    back: tuple[tuple[str, int], ...]

    def left_but_for(self, documents: Collection[str]) -> int:
        """What is left when the returns `documents` are not counted: those of a file that is read again."""
        return self.measure - sum(measure for document, measure in self.back if document not in documents)


def recorded_lines(customers: Sequence[UUID], merchant_id: UUID) -> dict[UUID, list[RecordedLine]]:
    """The goods lines that each of `customers` bought of a merchant. Needs an open `reading`."""
    found: dict[UUID, list[RecordedLine]] = {}
    rows = Purchase.objects.filter(customer_id__in=customers, merchant_id=merchant_id)
    shown = rows.values_list("id", "customer_id", "purchased_at", "lines", "returns")
    for purchase_id, customer_id, purchased_at, lines, returns in shown.iterator():
        if customer_id is None:
            continue
        for number, line in enumerate(lines, 1):
            if line.get("kind", "goods") == "goods":
                by_amount = line.get("quantity") is None
                key = "amount" if by_amount else "quantity"
                back = tuple((r["document_number"], b[key]) for r in returns for b in r["lines"] if b["line"] == number and b.get(key))
                measure = abs(line["total"]) if by_amount else line["quantity"]
                found.setdefault(customer_id, []).append(
                    RecordedLine(purchase_id, purchased_at, number, line.get("sku", ""), by_amount, measure, back)
                )
    return found
