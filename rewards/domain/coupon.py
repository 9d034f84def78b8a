"""Coupons: what a customer has of a reward. It is used once, whoever tries at the same time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias, assert_never
from uuid import UUID
from zoneinfo import ZoneInfo

from loyalty.domain.aggregate import Aggregate
from loyalty.domain.errors import Conflict, NotFound
from loyalty.domain.period import business_day, local_midnight
from rewards.domain.checks import check_text
from rewards.domain.terms import RewardTerms
from rewards.events.coupons import CouponCancelled, CouponFreed, CouponIssued, CouponReserved, CouponRestored, CouponUsed

CouponState = Literal["inactive", "active", "reserved", "used", "cancelled", "expired"]
CouponFact: TypeAlias = CouponIssued | CouponUsed | CouponRestored | CouponCancelled | CouponReserved | CouponFreed
LONGEST_REASON = 500
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Where a coupon is used: on which purchase, and for how much (minor units taken off)."""

    purchase_id: UUID | None = None
    merchant_id: UUID | None = None
    pos_id: UUID | None = None
    worth: int = 0


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
        if self.reserved is None or basket_id != self.reserved.basket_id:
            self._refuse_not_good(now)
        self.record(
            CouponUsed(
                coupon_id=self.id,
                reward_id=issued.reward_id,
                customer_id=issued.customer_id,
                purchase_id=how.purchase_id,
                merchant_id=how.merchant_id,
                pos_id=how.pos_id,
                worth=how.worth,
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
                worth=self.used.worth,
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

    def evolve(self, event: CouponFact) -> None:
        match event:
            case CouponIssued():
                self.issued, self.expires_at = event, event.expires_at
            case CouponUsed():
                self.used, self.reserved = event, None
            case CouponReserved():
                self.reserved = event
            case CouponFreed():
                self.reserved = None
            case CouponRestored():
                self.used, self.expires_at = None, event.expires_at
            case CouponCancelled():
                self.cancelled = True
            case _:
                assert_never(event)

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
