"""What rewards tells of a customer in their timeline."""

from __future__ import annotations

from uuid import UUID

from customers.queries import sides
from loyalty import timeline
from rewards.models import Basket, Coupon


def streams_about(tenant_id: int, customer_id: UUID) -> list[UUID]:
    """Their coupons and baskets."""
    whose = [*sides(customer_id)]
    kinds = (model.objects.filter(tenant_id=tenant_id, customer_id__in=whose) for model in (Coupon, Basket))
    return [key for found in kinds for key in found.values_list("id", flat=True)]


timeline.follow("rewards", streams_about)
