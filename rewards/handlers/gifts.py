"""Gifts that are sent: addressed, shipped, delivered. Cancelling one is cancelling its coupon."""

from __future__ import annotations

from collections.abc import Iterator

from customers.queries import erased, sides
from loyalty.bus import StreamRef, Unit, handles
from loyalty.domain.command import Circumstances
from loyalty.domain.errors import NotFound
from loyalty.tenancy.middleware import tenant_of_id
from rewards.commands.coupons import CouponAnswer
from rewards.commands.gifts import AddressGift, DeliverGift, ShipGift
from rewards.domain.checks import check_reaches_nobody
from rewards.domain.coupon import Coupon
from rewards.domain.gift import is_sent
from rewards.domain.shipping import Shipment, address_gift, deliver_gift, ship_gift
from rewards.handlers.coupons import answer
from rewards.rewardbook import content_sold


def stream_of_gift(command: AddressGift | ShipGift | DeliverGift, circumstances: Circumstances) -> Iterator[StreamRef]:
    yield StreamRef(Coupon, command.coupon_id)


@handles(AddressGift, streams=stream_of_gift)
def address(command: AddressGift, unit: Unit) -> CouponAnswer:
    coupon = unit.load(Coupon, command.coupon_id)
    issued = coupon.sold()
    if command.customer_id is not None and issued.customer_id not in sides(command.customer_id):
        raise NotFound("rewards.coupon_unknown", field="coupon_id")
    if erased([issued.customer_id]):
        raise NotFound("rewards.gift_not_sent", field="coupon_id")
    sent = is_sent(content_sold(unit, issued.reward_id, issued.reward_version).terms)
    address_gift(coupon, command.send_to, unit.now, sent=sent)
    return answer(coupon, unit)


@handles(ShipGift, streams=stream_of_gift)
def ship(command: ShipGift, unit: Unit) -> CouponAnswer:
    coupon = unit.load(Coupon, command.coupon_id)
    check_reaches_nobody(command.carrier, "carrier", tenant_of_id(unit.tenant_id).currency)
    how = Shipment(carrier=command.carrier, tracking_number=command.tracking_number, merchant_id=command.merchant_id, pos_id=command.pos_id)
    ship_gift(coupon, how, unit.now)
    return answer(coupon, unit)


@handles(DeliverGift, streams=stream_of_gift)
def deliver(command: DeliverGift, unit: Unit) -> CouponAnswer:
    coupon = unit.load(Coupon, command.coupon_id)
    deliver_gift(coupon, command.merchant_id, command.pos_id, unit.now)
    return answer(coupon, unit)
