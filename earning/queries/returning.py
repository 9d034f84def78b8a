"""What an order to take goods back must say, filled in from the purchase."""

from __future__ import annotations

from datetime import datetime
from typing import cast
from uuid import UUID

from earning.commands import ReturnGoods, ReturnLine, VoidPurchase
from earning.domain.document import DocumentScope
from earning.queries.purchases import row_of
from loyalty.tenancy.middleware import tenant_of_id
from pos.queries import SalePlace


def goods_return(
    purchase_id: UUID,
    *,
    document_number: str,
    returned_at: datetime,
    lines: tuple[ReturnLine, ...] | None = None,
    at: SalePlace | None = None,
    may_date_back: bool = True,
) -> ReturnGoods:
    """The order to take goods of a purchase back, where they were bought or `at` another place of the merchant.

    Raises NotFound `earning.purchase_unknown`.
    """
    row = row_of(purchase_id)
    return ReturnGoods(
        purchase_id=row.id,
        customer_id=row.customer_id,
        merchant_id=at.merchant_id if at else row.merchant_id,
        pos_id=at.pos_id if at else row.pos_id,
        document_scope=at.document_scope if at else cast(DocumentScope, row.document_scope),
        document_number=document_number,
        returned_at=returned_at,
        zone=tenant_of_id(row.tenant_id).time_zone,
        lines=lines,
        may_date_back=may_date_back,
    )


def voiding(purchase_id: UUID, reason: str) -> VoidPurchase:
    """The order to void a purchase. Raises NotFound `earning.purchase_unknown`."""
    row = row_of(purchase_id)
    zone = tenant_of_id(row.tenant_id).time_zone
    return VoidPurchase(purchase_id=row.id, customer_id=row.customer_id, merchant_id=row.merchant_id, zone=zone, reason=reason)
