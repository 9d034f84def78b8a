"""What can be asked of gifts that are sent."""

from __future__ import annotations

from dataclasses import field
from uuid import UUID

from loyalty.domain.command import Command, command
from rewards.commands.coupons import CouponAnswer
from rewards.domain.gift import GiftAddress


@command
class AddressGift(Command[CouponAnswer]):
    """Say where a gift is sent, or that it goes elsewhere, as long as it was not shipped; a customer (`customer_id`) of their own alone.

    Refusals: rewards.coupon_unknown, rewards.coupon_cancelled, rewards.gift_not_sent, rewards.gift_shipped, rewards.gift_delivered,
    rewards.text_missing, rewards.text_too_long, rewards.gift_phone_invalid.
    """

    coupon_id: UUID
    send_to: GiftAddress
    customer_id: UUID | None = None


@command
class ShipGift(Command[CouponAnswer]):
    """Say that a gift is on its way, from where, and how it is found at its carrier. The coupon is used with that.

    Refusals: rewards.coupon_unknown, rewards.coupon_cancelled, rewards.coupon_not_yet, rewards.gift_not_sent,
    rewards.text_personal (carrier), rewards.gift_without_address, rewards.gift_shipped, rewards.gift_delivered.
    """

    coupon_id: UUID
    carrier: str = ""
    tracking_number: str = field(default="", repr=False)
    merchant_id: UUID | None = None
    pos_id: UUID | None = None


@command
class DeliverGift(Command[CouponAnswer]):
    """Say that a gift came to its customer. Refusals: rewards.coupon_unknown, rewards.coupon_cancelled, rewards.gift_not_sent,
    rewards.gift_not_shipped, rewards.gift_delivered.
    """

    coupon_id: UUID
    merchant_id: UUID | None = None
    pos_id: UUID | None = None
