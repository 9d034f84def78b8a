"""The steps of a gift that is sent, taken on its coupon."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from loyalty.domain.errors import Conflict
from rewards.domain.coupon import Coupon
from rewards.domain.gift import GiftAddress, check_shipment
from rewards.events.coupons import CouponUsed
from rewards.events.gifts import GiftDelivered, GiftOrdered, GiftReaddressed, GiftShipped


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """By which carrier something is sent, under which number it is found there, and from which point of sale (None: from elsewhere)."""

    carrier: str = ""
    tracking_number: str = ""
    merchant_id: UUID | None = None
    pos_id: UUID | None = None


def order_gift(coupon: Coupon, send_to: GiftAddress | None, now: datetime) -> None:
    """It is to be sent; without an address the customer says it later. Raises DomainError for an address that cannot be one."""
    if send_to is not None:
        send_to.check("send_to")
    coupon.record(GiftOrdered(**coupon.who(), **(asdict(send_to) if send_to else {}), ordered_at=now))


def address_gift(coupon: Coupon, send_to: GiftAddress, now: datetime, *, sent: bool) -> None:
    """It goes there, as long as it was not shipped; one whose reward is `sent` is ordered by that where nobody did so before.

    Raises Conflict with the step at which it is.
    """
    who = coupon.who()
    send_to.check()
    _refuse_cancelled(coupon)
    coupon.gift.refuse_gone()
    if coupon.gift.state:
        coupon.record(GiftReaddressed(**who, **asdict(send_to), changed_at=now))
        return
    if not sent:
        raise Conflict("rewards.gift_not_sent")
    coupon.refuse_not_good(now)
    order_gift(coupon, send_to, now)


def ship_gift(coupon: Coupon, how: Shipment, now: datetime) -> None:
    """It is on its way, and the coupon used. Raises Conflict with the step at which it is."""
    who = coupon.who()
    check_shipment(how.carrier, how.tracking_number)
    _refuse_cancelled(coupon)
    coupon.gift.refuse_no_shipping()
    if now < (begins := coupon.sold().active_from):
        raise Conflict("rewards.coupon_not_yet", active_from=begins)
    coupon.record(CouponUsed(**who, merchant_id=how.merchant_id, pos_id=how.pos_id, used_at=now))
    coupon.record(GiftShipped(**who, **asdict(how), shipped_at=now))


def deliver_gift(coupon: Coupon, merchant_id: UUID | None, pos_id: UUID | None, now: datetime) -> None:
    """It came to its customer. Raises Conflict with the step at which it is."""
    who = coupon.who()
    _refuse_cancelled(coupon)
    coupon.gift.refuse_no_delivering()
    coupon.record(GiftDelivered(**who, merchant_id=merchant_id, pos_id=pos_id, delivered_at=now))


def _refuse_cancelled(coupon: Coupon) -> None:
    if coupon.cancelled:
        raise Conflict("rewards.coupon_cancelled")
