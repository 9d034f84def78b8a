"""What no purchase can be, whenever and whosever it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from earning.domain.discounts import check_shares
from earning.domain.document import check_number
from earning.domain.exchange import check_exchange
from earning.domain.lines import check_labels, check_lines, check_reaches_nobody, check_text, check_total
from earning.events import PurchaseRecorded
from loyalty.domain.errors import DomainError

if TYPE_CHECKING:
    from earning.commands import RecordPurchase

LONGEST_METHOD = 40


def check_sale(sale: PurchaseRecorded) -> None:
    """Raises DomainError for a document that cannot be, whenever and whosever it is."""
    check_document(sale)
    if sale.exchange is not None:
        check_exchange(sale.exchange)
    if sale.customer_id is not None:
        check_customer(sale.standing)


def check_document(sale: PurchaseRecorded | RecordPurchase) -> None:
    """Raises DomainError for what no document can say."""
    check_number(sale.document_number)
    check_total(sale.total, sale.currency)
    check_lines(sale.lines, sale.total, sale.currency)
    check_shares(sale.lines, sale.currency)
    check_labels(sale.labels, "labels", sale.currency)
    check_text(sale.payment_method, LONGEST_METHOD, "payment_method")
    check_reaches_nobody(sale.payment_method, "payment_method", sale.currency)


def check_customer(standing: str | None) -> None:
    """Raises DomainError for somebody who is not there."""
    if standing in {None, "erased"}:
        raise DomainError("earning.customer_unknown", field="customer_id")
