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
    in that basket, for the purchase on which it was used at once. With `for_purchase_id` that purchase brought it; where that is a `share`
    of it (basis points), it is worth `value` (minor units).
    With `batch_id` its code comes from that batch.
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
    for_purchase_id: UUID | None = None
    share: int | None = None
    value: int | None = None
    batch_id: UUID | None = None
    issued_at: datetime
    active_from: datetime
    expires_at: datetime | None = None


@event("rewards.coupon_used", version=1, subject="customer_id")
class CouponUsed:
    """A coupon was used, once: on a purchase, at a point of sale, for `worth` (minor units) taken off.

    `line_shares` of it lay on the lines of the purchase; line number `line` of that is its discount (None: it has none of its own).
    """

    coupon_id: UUID
    reward_id: UUID
    customer_id: UUID
    purchase_id: UUID | None = None
    merchant_id: UUID | None = None
    pos_id: UUID | None = None
    worth: int = 0
    line_shares: tuple[int, ...] = ()
    line: int | None = None
    used_at: datetime


@event("rewards.coupon_restored", version=1, subject="customer_id")
class CouponRestored:
    """A used coupon is good again: it was marked unused, with the reason, or goods of its purchase came back (`return_id`).

    `worth` is the value that came back to it (minor units); of its value `value_left` is left then (None: all of it).
    """

    coupon_id: UUID
    reward_id: UUID
    customer_id: UUID
    reason: Personal[str] = ""
    return_id: UUID | None = None
    purchase_id: UUID | None = None
    worth: int = 0
    value_left: int | None = None
    restored_at: datetime
    expires_at: datetime | None = None


@event("rewards.coupon_cancelled", version=1, subject="customer_id")
class CouponCancelled:
    """A coupon is good no more, with the reason; `points` of its price came back, and `room` in stock, limits and budget.

    With `return_id` it went with the goods that came back.
    """

    coupon_id: UUID
    reward_id: UUID
    customer_id: UUID
    points: int = 0
    wallet: str = "points"
    room: tuple[RoomUse, ...] = ()
    reason: Personal[str] = ""
    return_id: UUID | None = None
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


@event("rewards.coupon_returned", version=1, subject="customer_id")
class CouponReturned:
    """Some of the goods came back on which a coupon was used that had been bought with them: `points` of its price came back with them."""

    coupon_id: UUID
    reward_id: UUID
    customer_id: UUID
    return_id: UUID
    points: int
    wallet: str
    returned_at: datetime


@event("rewards.coupon_reduced", version=1)
class CouponReduced:
    """A coupon that is a share of a purchase is worth `value` now (minor units), since some of the goods came back; nothing, as is every
    used coupon that the purchase had brought, once all of them did.

    So much is `value_left` of that. It costs the company `cost` from now on (None: as before): its value, or what a purchase or a basket
    has of it already; what it took of the budget for more than that, `room`, is there again. Of what the purchase `purchase_id` has of it,
    `worth` came back with the goods, and is good for nothing.
    """

    coupon_id: UUID
    reward_id: UUID
    customer_id: UUID
    return_id: UUID
    value: int
    value_left: int
    cost: int | None = None
    room: tuple[RoomUse, ...] = ()
    purchase_id: UUID | None = None
    worth: int = 0
    reduced_at: datetime
