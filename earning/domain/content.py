"""What a document says: sent again, it must say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from earning.domain.lines import labelled_once
from earning.domain.returns import measures
from earning.events import GoodsReturned, PurchaseRecorded
from loyalty.domain.errors import Conflict
from loyalty.domain.labels import each_once

if TYPE_CHECKING:
    from earning.commands import ReturnGoods

CONTENT = (
    "customer_id", "merchant_id", "pos_id", "purchased_at", "currency", "total", "lines", "labels", "prices_include_tax", "payment_method",
)  # fmt: skip
"""What must be the same for a document to be the same document."""


def refuse_other_content(recorded: PurchaseRecorded, given: PurchaseRecorded) -> None:
    """Raises Conflict `earning.document_differs`, with both versions of what differs."""
    differ = [name for name in CONTENT if getattr(recorded, name) != getattr(given, name) and _said(recorded, name) != _said(given, name)]
    if differ:
        raise Conflict(
            "earning.document_differs",
            field="document_number",
            document=recorded.document_number,
            fields=", ".join(differ),
            recorded=_fields(recorded, differ),
            given=_fields(given, differ),
            currencies=(recorded.currency, given.currency),
        )


def refuse_other_return(sale: PurchaseRecorded, earlier: GoodsReturned, order: ReturnGoods) -> None:
    """Raises Conflict `earning.document_differs`. The same return may be told twice; `lines` None then means the one that left nothing."""
    before = {line.line: line.measure for line in earlier.lines if not sale.lines[line.line - 1].line_shares}
    same = earlier.nothing_left if order.lines is None else measures(order.lines, sale.lines) == before
    if not same or earlier.returned_at != order.returned_at:
        raise Conflict(
            "earning.document_differs",
            field="document_number",
            document=earlier.document_number,
            fields="lines, returned_at",
            recorded={"lines": earlier.lines, "returned_at": earlier.returned_at},
            given={"lines": order.lines, "returned_at": order.returned_at},
            currencies=(sale.currency, sale.currency),
        )


def _said(event: PurchaseRecorded, name: str) -> Any:
    """What is compared: documents recorded earlier may repeat a label in upper and lower case."""
    match name:
        case "labels":
            return each_once(event.labels.items())
        case "lines":
            return tuple(map(labelled_once, event.lines))
    return getattr(event, name)


def _fields(event: object, names: list[str]) -> dict[str, Any]:
    return {name: getattr(event, name) for name in names}
