"""What happened to gifts that are sent to customers; they are facts of their coupons."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from loyalty.domain.event import Personal, event


@event("rewards.gift_ordered", version=1, subject="customer_id")
class GiftOrdered:
    """A gift is to be sent to its customer, to this address; without one they say it later."""

    coupon_id: UUID
    reward_id: UUID
    customer_id: UUID
    recipient: Personal[str] = ""
    phone: Personal[str] = ""
    address: Personal[str] = ""
    ordered_at: datetime


@event("rewards.gift_readdressed", version=1, subject="customer_id")
class GiftReaddressed:
    """A gift that was not sent yet goes to another address."""

    coupon_id: UUID
    reward_id: UUID
    customer_id: UUID
    recipient: Personal[str]
    phone: Personal[str]
    address: Personal[str]
    changed_at: datetime


@event("rewards.gift_shipped", version=1, subject="customer_id")
class GiftShipped:
    """A gift is on its way, sent from a point of sale or from elsewhere, with a carrier and the number under which it is found there."""

    coupon_id: UUID
    reward_id: UUID
    customer_id: UUID
    carrier: Personal[str] = ""
    tracking_number: Personal[str] = ""
    merchant_id: UUID | None = None
    pos_id: UUID | None = None
    shipped_at: datetime


@event("rewards.gift_delivered", version=1, subject="customer_id")
class GiftDelivered:
    """A gift that was sent has come to its customer."""

    coupon_id: UUID
    reward_id: UUID
    customer_id: UUID
    merchant_id: UUID | None = None
    pos_id: UUID | None = None
    delivered_at: datetime
