"""Coupons: what a customer has of a reward. It is used once, whoever tries at the same time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias, assert_never
from uuid import UUID

from loyalty.domain.aggregate import Aggregate
from loyalty.domain.errors import Conflict, NotFound
from loyalty.domain.money import share_half_up
from rewards.domain.checks import check_amount, check_text
from rewards.domain.gift import Gift, GiftFact
from rewards.domain.room import RoomUse, less
from rewards.events.coupons import (
    CouponCancelled,
    CouponFreed,
    CouponIssued,
    CouponReduced,
    CouponReserved,
    CouponRestored,
    CouponReturned,
    CouponUsed,
)
from rewards.events.gifts import GiftDelivered, GiftOrdered, GiftReaddressed, GiftShipped

CouponState = Literal["inactive", "active", "reserved", "used", "cancelled", "expired"]
CouponFact: TypeAlias = (
    CouponIssued | CouponUsed | CouponRestored | CouponCancelled | CouponReserved | CouponFreed | CouponReturned | CouponReduced | GiftFact
)
LONGEST_REASON = 500
OF_VALUE = {"discount_amount", "value_code", "cashback"}
"""Kinds of which the value that lay on returned goods is back on the coupon; of others the whole coupon is, with the last of the goods."""
BY_GOODS = OF_VALUE | {"free_delivery"}
"""Kinds whose price, when it was paid in the basket, comes back with the goods that they lay on, piece by piece."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Where a coupon is used: on which purchase, and for how much (minor units taken off), by which of its lines."""

    purchase_id: UUID | None = None
    merchant_id: UUID | None = None
    pos_id: UUID | None = None
    worth: int = 0
    shares: tuple[int, ...] = ()
    line: int | None = None


class Coupon(Aggregate):
    """inactive → active → reserved → used, or cancelled; time alone makes it active, expired, and free of a basket.

    A used one may be restored. Of its price, `points_back` came back; of its value so much is `left` (None: all). `taken` are the
    purchases that have of its value, less what came `back` from each, `given_back` those from which all of it did; `elsewhere` it was used
    so often without one.
    It was bought in the basket of the purchase `bought_with`. What came back to it while a basket keeps it, came `meanwhile`; the basket
    was `promised` what was left of it then. A share of a purchase is worth `value`, and what a purchase brought that came back nothing,
    since the return `reduced_by`. It has `room` of stock, limits and budgets.
    """

    stream = "coupon"
    stays_folded = False

    def __init__(self, stream_id: UUID) -> None:
        super().__init__(stream_id)
        self.issued: CouponIssued | None = None
        self.used: CouponUsed | None = None
        self.reserved: CouponReserved | None = None
        self.cancelled = False
        self.gift = Gift()
        self.value: int | None = None
        self.cost = 0
        self.room: tuple[RoomUse, ...] = ()
        self.reduced_by: UUID | None = None
        self.points_back = 0
        self.left: int | None = None
        self.left_before: int | None = None
        self.promised: int | None = None
        self.taken: dict[UUID, CouponUsed] = {}
        self.back: dict[UUID, int] = {}
        self.given_back: set[UUID] = set()
        self.elsewhere = 0
        self.worth_elsewhere = 0
        self.bought_with: UUID | None = None
        self.meanwhile: list[CouponRestored] = []
        self.expires_at: datetime | None = None

    def state_at(self, now: datetime) -> CouponState:
        """What it is at `now`."""
        if self.cancelled:
            return "cancelled"
        if self.used is not None:
            return "used"
        if self.reserved is not None and now < self.reserved.ends_at:
            return "reserved"
        if self.value == 0:
            return "cancelled"
        if self.expires_at is not None and now >= self.expires_at:
            return "expired"
        return "inactive" if self.issued is not None and now < self.issued.active_from else "active"

    def sold(self) -> CouponIssued:
        """How it was issued. Raises NotFound for no coupon."""
        if self.issued is None:
            raise NotFound("rewards.coupon_unknown", field="coupon_id")
        return self.issued

    def issue(self, event: CouponIssued) -> None:
        """Give it to its customer."""
        self.record(event)

    def reserve(self, basket_id: UUID, ends_at: datetime, now: datetime) -> None:
        """Keep it for a basket. Raises Conflict when it is not good now, or kept for another."""
        self.refuse_not_good(now)
        self.record(CouponReserved(**self.who(), basket_id=basket_id, reserved_at=now, ends_at=ends_at))

    def free(self, basket_id: UUID, now: datetime) -> None:
        """Let it be used elsewhere again; nothing happens when the basket does not keep it."""
        if self.reserved is not None and self.reserved.basket_id == basket_id:
            self.record(CouponFreed(**self.who(), basket_id=basket_id, freed_at=now))

    def use(self, how: Use, now: datetime, basket_id: UUID | None = None) -> None:
        """Use it, once; by the basket that keeps it, or when it is good. What came back to it while the basket kept it, stays on it.
        Raises Conflict with what it is instead.
        """
        kept = not self.cancelled and self.reserved is not None and basket_id == self.reserved.basket_id
        if not kept:
            self.refuse_not_good(now)
        if (most := self.promised if kept else self.left) is not None:
            check_amount(how.worth, "worth", most=most)
        came = self.meanwhile if kept else []
        where: dict[str, Any] = {"purchase_id": how.purchase_id, "merchant_id": how.merchant_id, "pos_id": how.pos_id}
        self.record(CouponUsed(**self.who(), **where, worth=how.worth, line_shares=how.shares, line=how.line, used_at=now))
        left = self.good_for(sum(one.worth for one in came))
        if came and (left or self.value is None):
            self.record(
                CouponRestored(
                    **self.who(),
                    return_id=came[-1].return_id,
                    purchase_id=came[-1].purchase_id,
                    value_left=left,
                    restored_at=now,
                    expires_at=self.expires_at,
                )
            )

    def good_for(self, left: int, fresh: int = 0) -> int:
        """So much of what would be `left`, when `fresh` of it came back, as its value has beside what purchases and places have of it."""
        if self.value is None:
            return left
        return max(0, min(left, self.value - self.had + fresh))

    @property
    def had(self) -> int:
        """What purchases and places have of its value."""
        return sum(used.worth - self.back.get(key, 0) for key, used in self.taken.items()) + self.worth_elsewhere

    def mark_unused(self, reason: str, now: datetime) -> tuple[RoomUse, ...]:
        """Say that it was not used after all, with the reason; its end stays. What came back of its price took its share of its value.
        It is over where the purchase that had brought it came back. Returns the room that is there again.
        """
        issued = self.sold()
        check_text(reason, LONGEST_REASON, "reason", needed=True)
        if self.used is None or self.cancelled:
            raise Conflict("rewards.coupon_not_used")
        self.gift.refuse_gone()
        self.record(
            CouponRestored(
                **self.who(),
                reason=reason,
                purchase_id=self.used.purchase_id,
                worth=self.used.worth,
                value_left=self._paid_for(self.used),
                restored_at=now,
                expires_at=self.expires_at,
            )
        )
        if self.value != 0 or self.taken:
            return ()
        self.record(CouponCancelled(**self.who(), wallet=issued.wallet, room=self.room, reason=reason, cancelled_at=now))
        return self.room

    def cancel(self, reason: str, points: int, now: datetime, *, came_back: bool = False) -> CouponCancelled:
        """Let it be good no more, with the reason; what it took of stock, limits and budget is given back. Not of a used one, unless it is
        a gift that was sent and `came_back`.
        """
        issued = self.sold()
        check_text(reason, LONGEST_REASON, "reason", needed=True)
        if self.cancelled:
            raise Conflict("rewards.coupon_cancelled")
        self.gift.refuse_gone(came_back)
        if self.used is not None and not self.gift.state:
            raise Conflict("rewards.coupon_used", used_at=self.used.used_at)
        if self.state_at(now) == "reserved" and self.reserved is not None:
            raise Conflict("rewards.coupon_reserved", until=self.reserved.ends_at)
        made = CouponCancelled(
            **self.who(),
            points=points,
            wallet=issued.wallet,
            room=self.room,
            reason=reason,
            cancelled_at=now,
        )
        self.record(made)
        return made

    def who(self) -> dict[str, Any]:
        """What each of its facts begins with."""
        issued = self.sold()
        return {"coupon_id": self.id, "reward_id": issued.reward_id, "customer_id": issued.customer_id}

    def evolve(self, event: CouponFact) -> None:
        match event:
            case CouponIssued():
                self.issued, self.expires_at = event, event.expires_at
                self.value = self.left = event.value
                self.cost, self.room = event.cost, event.room
            case CouponUsed():
                self._was_used(event)
            case CouponReserved():
                self.reserved, self.meanwhile, self.promised = event, [], self.left
            case CouponFreed():
                self.reserved, self.meanwhile = None, []
            case CouponRestored():
                self._was_restored(event)
            case CouponCancelled():
                self.cancelled, self.points_back = True, self.points_back + event.points
            case CouponReturned():
                self.points_back += event.points
            case CouponReduced():
                self._was_reduced(event)
            case GiftOrdered() | GiftReaddressed() | GiftShipped() | GiftDelivered():
                self.gift = self.gift.after(event)
            case _:
                assert_never(event)

    def _was_used(self, event: CouponUsed) -> None:
        if self.issued is not None and self.issued.basket_id is not None and self.bought_with is None:
            self.bought_with = event.purchase_id
        self.used, self.reserved, self.meanwhile = event, None, []
        self.left_before, self.left = self.left, 0
        if event.purchase_id is not None:
            self.taken[event.purchase_id] = event
        else:
            self.elsewhere += 1
            self.worth_elsewhere += event.worth

    def _was_reduced(self, event: CouponReduced) -> None:
        if self.used is not None:
            lost = 0 if self.value is None else self.value - event.value
            self.left_before = max(0, (self.left_before or 0) - lost)
        self.value, self.left = event.value, event.value_left
        self.cost = self.cost if event.cost is None else event.cost
        self.room, self.reduced_by = less(self.room, event.room), event.return_id
        if event.purchase_id is not None:
            self.back[event.purchase_id] = self.back.get(event.purchase_id, 0) + event.worth

    def _was_restored(self, event: CouponRestored) -> None:
        if event.return_id is not None and self.reserved is not None:
            self.meanwhile.append(event)
        if event.return_id is None and self.used is not None and self.used.purchase_id is None:
            self.elsewhere -= 1
            self.worth_elsewhere -= self.used.worth
        key = event.purchase_id or (self.used.purchase_id if self.used else None)
        self.used, self.expires_at, self.left = None, event.expires_at, event.value_left
        if key is None or key not in self.taken:
            return
        self.back[key] = self.back.get(key, 0) + event.worth
        if event.return_id is None or event.value_left is None or self.back[key] >= self.taken[key].worth:
            self.given_back.add(key)
            self.taken.pop(key)
            self.back.pop(key)

    def _paid_for(self, used: CouponUsed) -> int | None:
        """What is left of its value when it was not used so: what was paid for, and came not back."""
        issued = self.sold()
        if not self.points_back or issued.kind not in BY_GOODS or used.purchase_id != self.bought_with:
            return self.left_before
        return used.worth - share_half_up(used.worth, min(self.points_back, issued.points), issued.points)

    def refuse_not_good(self, now: datetime) -> None:
        """Raises Conflict with what it is, where it cannot be used or kept for a purchase now."""
        state, issued = self.state_at(now), self.sold()
        if state == "used" and self.used is not None:
            raise Conflict("rewards.coupon_used", used_at=self.used.used_at)
        if state == "reserved" and self.reserved is not None:
            raise Conflict("rewards.coupon_reserved", until=self.reserved.ends_at)
        if state == "expired":
            raise Conflict("rewards.coupon_expired", ends_at=self.expires_at)
        if state == "inactive":
            raise Conflict("rewards.coupon_not_yet", active_from=issued.active_from)
        if state == "cancelled":
            raise Conflict("rewards.coupon_cancelled")
        self.gift.refuse_by_hand()
