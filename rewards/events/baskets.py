"""What happened to baskets: rewards that were chosen for one purchase and kept until it is made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from loyalty.domain.event import event
from rewards.domain.room import RoomUse
from rewards.domain.totals import BasketLine


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldChoice:
    """A reward in a basket: a coupon that the customer has (`coupon_id`), or one that is bought with `points` when the purchase is made.

    Customers read its `name` on the document: it is the one in the language of the programme. `worth` is what it takes off, of which
    `shares` lie on the lines; `cost` and `room` as of an issued coupon. Of the value of a coupon so much was `left` (None: all of it).
    """

    reward_id: UUID
    reward_version: int
    name: str
    kind: str
    coupon_id: UUID | None = None
    points: int = 0
    wallet: str = "points"
    left: int | None = None
    worth: int = 0
    shares: tuple[int, ...] = ()
    cost: int = 0
    room: tuple[RoomUse, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPoints:
    """Points of a wallet that are kept aside for a basket."""

    wallet: str
    points: int
    hold_id: UUID


@event("rewards.basket_held", version=1)
class BasketHeld:
    """Points, coupons and what rewards need of stock, limits and budgets are kept for a purchase until `ends_at`: nobody else has them.

    `before` is what the lines cost, `total` what they cost with the rewards. It took the place of the basket `replaces`.
    """

    basket_id: UUID
    customer_id: UUID
    merchant_id: UUID | None
    pos_id: UUID | None
    lines: tuple[BasketLine, ...]
    prices_include_tax: bool
    choices: tuple[HeldChoice, ...]
    points: tuple[HeldPoints, ...]
    before: int
    total: int
    tax: int
    replaces: UUID | None = None
    held_at: datetime
    ends_at: datetime


@event("rewards.basket_released", version=1)
class BasketReleased:
    """What was kept for a basket is free again before its time."""

    basket_id: UUID
    customer_id: UUID
    released_at: datetime


@event("rewards.basket_confirmed", version=1)
class BasketConfirmed:
    """The purchase was made: its points are spent, and its rewards used; `coupons` are those of its choices, in their order."""

    basket_id: UUID
    customer_id: UUID
    purchase_id: UUID
    coupons: tuple[UUID, ...]
    confirmed_at: datetime
