"""Gifts that are sent: ordered, shipped, delivered. Each is a part of its coupon, which is used with the shipment."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, TypeAlias, assert_never
from unicodedata import normalize

from loyalty.domain.errors import Conflict, DomainError
from loyalty.domain.event import ERASED
from rewards.domain.checks import check_text
from rewards.domain.kinds import MaterialGift
from rewards.domain.terms import RewardTerms
from rewards.events.gifts import GiftDelivered, GiftOrdered, GiftReaddressed, GiftShipped

GiftFact: TypeAlias = GiftOrdered | GiftReaddressed | GiftShipped | GiftDelivered
GiftState = Literal["", "ordered", "shipped", "delivered"]
LONGEST = {"recipient": 120, "phone": 40, "address": 500}
LONGEST_CARRIER, LONGEST_NUMBER, FEWEST_DIGITS = 80, 80, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftAddress:
    """Where a gift is sent: to whom, under which phone they are reached, and the address in some lines."""

    recipient: str = field(repr=False)
    phone: str = field(repr=False)
    address: str = field(repr=False)

    def check(self, part: str = "") -> None:
        """Raises DomainError for what no carrier could use; fields are named within `part`."""
        at = f"{part}." if part else ""
        for name, longest in LONGEST.items():
            check_text(getattr(self, name), longest, f"{at}{name}", needed=True)
        if sum(char.isdecimal() for char in normalize("NFKC", self.phone)) < FEWEST_DIGITS:
            raise DomainError("rewards.gift_phone_invalid", field=f"{at}phone", fewest=FEWEST_DIGITS)


def is_sent(terms: RewardTerms) -> bool:
    """Whether what it gives is sent to an address."""
    return isinstance(terms.benefit, MaterialGift) and terms.benefit.delivered


@dataclass(frozen=True, slots=True)
class Gift:
    """How far a gift is; "" where nothing is sent."""

    state: GiftState = ""
    has_address: bool = False
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None

    def after(self, event: GiftFact) -> Gift:
        """How far it is then."""
        match event:
            case GiftOrdered() | GiftReaddressed():
                return replace(self, state="ordered", has_address=bool(event.address) and event.address is not ERASED)
            case GiftShipped():
                return replace(self, state="shipped", shipped_at=event.shipped_at)
            case GiftDelivered():
                return replace(self, state="delivered", delivered_at=event.delivered_at)
            case _:
                assert_never(event)

    def refuse_by_hand(self) -> None:
        """Raises Conflict `rewards.gift_is_sent`: what is sent is not taken at a counter, nor kept for a purchase."""
        if self.state:
            raise Conflict("rewards.gift_is_sent")

    def refuse_gone(self, came_back: bool = False) -> None:
        """Raises Conflict for what is on its way, unless it `came_back`, and for what was delivered."""
        if self.state == "delivered":
            raise Conflict("rewards.gift_delivered", delivered_at=self.delivered_at)
        if self.state == "shipped" and not came_back:
            raise Conflict("rewards.gift_shipped", shipped_at=self.shipped_at)

    def refuse_no_shipping(self) -> None:
        """Raises Conflict with the step at which it is, where it cannot be shipped."""
        self._refuse_none()
        self.refuse_gone()
        if not self.has_address:
            raise DomainError("rewards.gift_without_address")

    def refuse_no_delivering(self) -> None:
        """Raises Conflict with the step at which it is, where it cannot be delivered."""
        self._refuse_none()
        if self.state == "ordered":
            raise Conflict("rewards.gift_not_shipped")
        self.refuse_gone(came_back=True)

    def _refuse_none(self) -> None:
        if not self.state:
            raise Conflict("rewards.gift_not_sent")


def check_shipment(carrier: str, tracking_number: str) -> None:
    """Raises DomainError for texts that are too long or cannot be shown."""
    check_text(carrier, LONGEST_CARRIER, "carrier")
    check_text(tracking_number, LONGEST_NUMBER, "tracking_number")
