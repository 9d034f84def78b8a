"""Coupons that a basket kept while the purchase came back that had brought them: when its time is over, which no event says, they go
where all of it did, and cost no more than what is kept of it brought.
"""

from __future__ import annotations

from datetime import datetime

from loyalty.bus import dispatch
from loyalty.tenancy import reading
from rewards.models import Coupon
from rewards.processes import return_of_brought
from rewards.queries.coupons import forsaken


def end(tenant_id: int, now: datetime) -> int:
    """Cancel them, or say what they cost, with what they took of stock, limits and budget; answers with how many there were. Done twice, it
    comes to the same.
    """
    with reading(tenant_id):
        ids = forsaken(tenant_id, now)
        brought = Coupon.objects.filter(tenant_id=tenant_id, id__in=ids).values_list("id", "for_purchase_id")
        orders = [order for one in brought if (order := return_of_brought(*one)) is not None]
    for order in orders:
        dispatch(order, tenant_id=tenant_id, actor="system", channel="process", at=now)
    return len(orders)
