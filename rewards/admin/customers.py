"""What rewards tells of a customer in their timeline."""

from __future__ import annotations

from uuid import UUID

from customers.queries import sides
from loyalty import timeline
from rewards.models import Coupon


def streams_about(tenant_id: int, customer_id: UUID) -> list[UUID]:
    """Their coupons."""
    found = Coupon.objects.filter(tenant_id=tenant_id, customer_id__in=[*sides(customer_id)])
    return list(found.values_list("id", flat=True))


timeline.follow("rewards", streams_about)
