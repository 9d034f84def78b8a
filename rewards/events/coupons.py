"""What happened to coupons: what somebody got of a reward. Their codes stand in no event."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from loyalty.domain.event import Personal, event
from rewards.domain.room import RoomUse

Way = Literal["bought", "given", "rule", "voucher", "imported", "campaign"]
"""How somebody came to it: bought with points, given by staff, and so on."""


@event("rewards.coupon_issued", version=1, subject="customer_id")
class CouponIssued:
    """A customer got a reward: a coupon under version `reward_version` of its terms, good from `active_from` until `expires_at`.

    `points` of the `wallet` were spent on it (`spend_id`), `amount` is to be paid beside. `room` says how much of stock, limits and
    budget it took. `cost` and `amount` are minor units. Of a lucky draw, `prize` was drawn with `seed`. With `basket_id` it was bought
    in that basket, for the purchase on which it was used at once.
    """

    coupon_id: UUID
    reward_id: UUID
    customer_id: UUID
    reward_version: int
    kind: str
    way: Way
    points: int = 0
    wallet: str = "points"
    spend_id: UUID | None = None
    amount: int = 0
    cost: int = 0
    room: tuple[RoomUse, ...] = ()
    merchant_id: UUID | None = None
    pos_id: UUID | None = None
    prize: str = ""
    seed: str = ""
    basket_id: UUID | None = None
    issued_at: datetime
    active_from: datetime
    expires_at: datetime | None = None


@event("rewards.coupon_used", version=1, subject="customer_id")
class CouponUsed:
    """A coupon was used, once: on a purchase, at a point of sale, for `worth` (minor units) taken off."""

    coupon_id: UUID
    reward_id: UUID
    customer_id: UUID
    purchase_id: UUID | None = None
    merchant_id: UUID | None = None
    pos_id: UUID | None = None
    worth: int = 0
    used_at: datetime


@event("rewards.coupon_restored", version=1, subject="customer_id")
class CouponRestored:
    """A used coupon is good again: it was marked unused, with the reason, or its purchase came back (`return_id`)."""

    coupon_id: UUID
    reward_id: UUID
    customer_id: UUID
    reason: Personal[str] = ""
    return_id: UUID | None = None
    worth: int = 0
    restored_at: datetime
    expires_at: datetime | None = None


@event("rewards.coupon_cancelled", version=1, subject="customer_id")
class CouponCancelled:
    """A coupon is good no more, with the reason; `points` of its price came back, and `room` in stock, limits and budget."""

    coupon_id: UUID
    reward_id: UUID
    customer_id: UUID
    points: int = 0
    wallet: str = "points"
    room: tuple[RoomUse, ...] = ()
    reason: Personal[str] = ""
    cancelled_at: datetime


@event("rewards.coupon_reserved", version=1)
class CouponReserved:
    """A coupon is kept for one basket until `ends_at`: it cannot be used elsewhere."""

    coupon_id: UUID
    reward_id: UUID
    customer_id: UUID
    basket_id: UUID
    reserved_at: datetime
    ends_at: datetime


@event("rewards.coupon_freed", version=1)
class CouponFreed:
    """A coupon that was kept for a basket can be used again, before its time."""

    coupon_id: UUID
    reward_id: UUID
    customer_id: UUID
    basket_id: UUID
    freed_at: datetime
