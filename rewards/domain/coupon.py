"""Coupons: what a customer has of a reward. It is used once, whoever tries at the same time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias, assert_never
from uuid import UUID
from zoneinfo import ZoneInfo

from loyalty.domain.aggregate import Aggregate
from loyalty.domain.errors import Conflict, NotFound
from loyalty.domain.money import share_half_up
from loyalty.domain.period import business_day, local_midnight
from rewards.domain.checks import check_amount, check_text
from rewards.domain.goods import GoodsBack
from rewards.domain.room import RoomUse
from rewards.domain.terms import RewardTerms
from rewards.events.coupons import CouponCancelled, CouponFreed, CouponIssued, CouponReserved, CouponRestored, CouponReturned, CouponUsed

CouponState = Literal["inactive", "active", "reserved", "used", "cancelled", "expired"]
CouponFact: TypeAlias = CouponIssued | CouponUsed | CouponRestored | CouponCancelled | CouponReserved | CouponFreed | CouponReturned
LONGEST_REASON = 500
DAY = timedelta(days=1)
GRACE = 14 * DAY
"""So long at least what comes back with goods is good."""
OF_VALUE = {"discount_amount", "value_code"}
"""Kinds of which the value that lay on returned goods is back on the coupon; of others the whole coupon is, with the last of the goods."""
BY_GOODS = OF_VALUE | {"cashback", "free_delivery"}
"""Kinds whose price, when it was paid in the basket, comes back with the goods that they lay on, piece by piece."""
WITH_ITS_LINE = BY_GOODS | {"free_product"}
"""Kinds that are over when all is back that they lay on, whatever else is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Where a coupon is used: on which purchase, and for how much (minor units taken off)."""

    purchase_id: UUID | None = None
    merchant_id: UUID | None = None
    pos_id: UUID | None = None
    worth: int = 0
    shares: tuple[int, ...] = ()


def validity(terms: RewardTerms, at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime | None]:
    """From when, and until before when (None: without an end), what is issued at `at` is good: whole days on the clock of `zone`."""
    today = business_day(at, zone)
    begins = local_midnight(today + terms.valid_after_days * DAY, zone) if terms.valid_after_days else at
    if terms.valid_days is None:
        return begins, None
    return begins, local_midnight(today + (terms.valid_after_days + terms.valid_days) * DAY, zone)


class Coupon(Aggregate):
    """inactive → active → reserved → used, or cancelled; time alone makes it active, expired, and free of a basket.

    A used one may be restored.
    """

    stream = "coupon"
    stays_folded = False

    def __init__(self, stream_id: UUID) -> None:
        super().__init__(stream_id)
        self.issued: CouponIssued | None = None
        self.used: CouponUsed | None = None
        self.reserved: CouponReserved | None = None
        self.cancelled = False
        self.points_back = 0
        self.left: int | None = None
        self.left_before: int | None = None
        self.taken: dict[UUID, CouponUsed] = {}
        self.back: dict[UUID, int] = {}
        self.expires_at: datetime | None = None

    def state_at(self, now: datetime) -> CouponState:
        """What it is at `now`."""
        if self.cancelled:
            return "cancelled"
        if self.used is not None:
            return "used"
        if self.reserved is not None and now < self.reserved.ends_at:
            return "reserved"
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
        issued = self.sold()
        self._refuse_not_good(now)
        who = {"coupon_id": self.id, "reward_id": issued.reward_id, "customer_id": issued.customer_id}
        self.record(CouponReserved(**who, basket_id=basket_id, reserved_at=now, ends_at=ends_at))

    def free(self, basket_id: UUID, now: datetime) -> None:
        """Let it be used elsewhere again; nothing happens when the basket does not keep it."""
        issued = self.sold()
        if self.reserved is not None and self.reserved.basket_id == basket_id:
            who = {"coupon_id": self.id, "reward_id": issued.reward_id, "customer_id": issued.customer_id}
            self.record(CouponFreed(**who, basket_id=basket_id, freed_at=now))

    def use(self, how: Use, now: datetime, basket_id: UUID | None = None) -> None:
        """Use it, once; by the basket that keeps it, or when it is good. Raises Conflict with what it is instead."""
        issued = self.sold()
        if self.cancelled or self.reserved is None or basket_id != self.reserved.basket_id:
            self._refuse_not_good(now)
        if self.left is not None:
            check_amount(how.worth, "worth", most=self.left)
        self.record(
            CouponUsed(
                coupon_id=self.id,
                reward_id=issued.reward_id,
                customer_id=issued.customer_id,
                purchase_id=how.purchase_id,
                merchant_id=how.merchant_id,
                pos_id=how.pos_id,
                worth=how.worth,
                line_shares=how.shares,
                used_at=now,
            )
        )

    def mark_unused(self, reason: str, now: datetime) -> None:
        """Say that it was not used after all, with the reason; its end stays."""
        issued = self.sold()
        check_text(reason, LONGEST_REASON, "reason", needed=True)
        if self.used is None or self.cancelled:
            raise Conflict("rewards.coupon_not_used")
        self.record(
            CouponRestored(
                coupon_id=self.id,
                reward_id=issued.reward_id,
                customer_id=issued.customer_id,
                reason=reason,
                purchase_id=self.used.purchase_id,
                worth=self.used.worth,
                value_left=self.left_before,
                restored_at=now,
                expires_at=self.expires_at,
            )
        )

    def cancel(self, reason: str, points: int, now: datetime) -> CouponCancelled:
        """Let it be good no more, with the reason; what it took of stock, limits and budget is given back. Not of a used one."""
        issued = self.sold()
        check_text(reason, LONGEST_REASON, "reason", needed=True)
        if self.cancelled:
            raise Conflict("rewards.coupon_cancelled")
        if self.used is not None:
            raise Conflict("rewards.coupon_used", used_at=self.used.used_at)
        if self.state_at(now) == "reserved" and self.reserved is not None:
            raise Conflict("rewards.coupon_reserved", until=self.reserved.ends_at)
        made = CouponCancelled(
            coupon_id=self.id,
            reward_id=issued.reward_id,
            customer_id=issued.customer_id,
            points=points,
            wallet=issued.wallet,
            room=issued.room,
            reason=reason,
            cancelled_at=now,
        )
        self.record(made)
        return made

    def take_back(self, goods: GoodsBack, now: datetime) -> tuple[int, tuple[RoomUse, ...]]:
        """What follows from goods that came back: the points of its price that come back with them, and the room that it took.

        Of what was acquired before, the value that lay on them is good again, or all of it with the last of them, for its old time or
        `GRACE`; what was bought with them goes with them; what the purchase had brought goes if it is unused.
        """
        issued, used = self.sold(), self.taken.get(goods.purchase_id)
        if self.cancelled:
            return 0, ()
        if used is None:
            brought = issued.for_purchase_id == goods.purchase_id and self.used is None
            return 0, self._gone(goods, 0, now) if brought and goods.nothing_left else ()
        if issued.basket_id is None:
            self._good_again(goods, used, now)
            return 0, ()
        return self._price_back(goods, used, now)

    def _price_back(self, goods: GoodsBack, used: CouponUsed, now: datetime) -> tuple[int, tuple[RoomUse, ...]]:
        issued, back = self.sold(), goods.back_of(used.worth, used.line_shares)
        over = goods.nothing_left or (issued.kind in WITH_ITS_LINE and 0 < used.worth == back)
        part = share_half_up(issued.points, back, used.worth) if issued.kind in BY_GOODS and used.worth else 0
        points = max(0, (issued.points if over else part) - self.points_back)
        if over:
            return points, self._gone(goods, points, now)
        if points:
            about = CouponReturned(**self._who(), return_id=goods.return_id, points=points, wallet=issued.wallet, returned_at=now)
            self.record(about)
        return points, ()

    def _gone(self, goods: GoodsBack, points: int, now: datetime) -> tuple[RoomUse, ...]:
        issued = self.sold()
        about = {**self._who(), "return_id": goods.return_id}
        self.record(CouponCancelled(**about, points=points, wallet=issued.wallet, room=issued.room, cancelled_at=now))
        return issued.room

    def _good_again(self, goods: GoodsBack, used: CouponUsed, now: datetime) -> None:
        of_value = self.sold().kind in OF_VALUE and used.worth > 0
        back = goods.back_of(used.worth, used.line_shares) if of_value else used.worth
        fresh = back - self.back.get(goods.purchase_id, 0)
        if not goods.nothing_left and (not of_value or fresh <= 0):
            return
        others = {key: one.worth - self.back.get(key, 0) for key, one in self.taken.items() if key != goods.purchase_id}
        whole = goods.nothing_left and not any(others.values())
        ends = None if self.expires_at is None else max(self.expires_at, now + GRACE)
        self.record(
            CouponRestored(
                **self._who(),
                return_id=goods.return_id,
                purchase_id=goods.purchase_id,
                worth=fresh,
                value_left=None if whole else (self.left or 0) + fresh,
                restored_at=now,
                expires_at=ends,
            )
        )

    def _who(self) -> dict[str, Any]:
        issued = self.sold()
        return {"coupon_id": self.id, "reward_id": issued.reward_id, "customer_id": issued.customer_id}

    def evolve(self, event: CouponFact) -> None:
        match event:
            case CouponIssued():
                self.issued, self.expires_at = event, event.expires_at
            case CouponUsed():
                self._was_used(event)
            case CouponReserved():
                self.reserved = event
            case CouponFreed():
                self.reserved = None
            case CouponRestored():
                self._was_restored(event)
            case CouponCancelled():
                self.cancelled, self.points_back = True, self.points_back + event.points
            case CouponReturned():
                self.points_back += event.points
            case _:
                assert_never(event)

    def _was_used(self, event: CouponUsed) -> None:
        self.used, self.reserved = event, None
        self.left_before, self.left = self.left, 0
        if event.purchase_id is not None:
            self.taken[event.purchase_id] = event

    def _was_restored(self, event: CouponRestored) -> None:
        key = event.purchase_id or (self.used.purchase_id if self.used else None)
        self.used, self.expires_at, self.left = None, event.expires_at, event.value_left
        if key is None or key not in self.taken:
            return
        self.back[key] = self.back.get(key, 0) + event.worth
        if event.return_id is None or event.value_left is None or self.back[key] >= self.taken[key].worth:
            self.taken.pop(key)
            self.back.pop(key)

    def _refuse_not_good(self, now: datetime) -> None:
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
