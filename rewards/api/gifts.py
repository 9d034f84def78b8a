"""Gifts that are sent: where they go, and their steps."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from loyalty.api.own import OwnView
from loyalty.api.views import QueryView
from loyalty.domain.command import Command
from loyalty.domain.errors import NotFound
from loyalty.tenancy import reading
from rewards import queries
from rewards.api.coupons import OrderView
from rewards.api.shapes import GiftAddressBody, address_of_gift
from rewards.commands import AddressGift, CouponAnswer, DeliverGift, ShipGift
from rewards.permissions import SEND
from rewards.places import ids_of, place_named


class ShipBody(msgspec.Struct, forbid_unknown_fields=True):
    """By which carrier it goes, under which number it is found there, and from which point of sale (code or id)."""

    carrier: str = ""
    tracking_number: str = ""
    pos: str = ""


class DeliverBody(msgspec.Struct, forbid_unknown_fields=True):
    """From which point of sale (code or id) it was handed over."""

    pos: str = ""


class GiftShown(msgspec.Struct, frozen=True, kw_only=True):
    """How far a gift is: ordered, shipped, delivered or cancelled, with the times of its steps; where it goes ("": not said yet), and
    how it is found at its carrier. `cancelled_for` is the reason that staff gave ("": none).
    """

    delivery: str
    recipient: str
    phone: str
    address: str
    carrier: str
    tracking_number: str
    ordered_at: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    cancelled_at: datetime | None
    cancelled_for: str


def gift_shown(card: queries.CouponCard) -> GiftShown:
    """The gift of a coupon as the API shows it. Raises NotFound `rewards.gift_not_sent`."""
    if not card.delivery:
        raise NotFound("rewards.gift_not_sent")
    try:
        found = queries.gift(card.coupon_id)
    except NotFound:  # its person was erased
        found = queries.GiftCard(coupon_id=card.coupon_id)
    where = {name: getattr(found, name) for name in ("recipient", "phone", "address", "carrier", "tracking_number")}
    steps = {name: getattr(card, name) for name in ("delivery", "ordered_at", "shipped_at", "delivered_at", "cancelled_at")}
    reason = queries.cancelled_for(card.coupon_id) if card.delivery == "cancelled" else ""
    return GiftShown(**where, **steps, cancelled_for=reason)


class GiftView(QueryView):
    """Show where a gift goes, and how far it is."""

    permission = SEND
    answer = GiftShown

    def ask(self, query: None, **path: Any) -> GiftShown:
        return gift_shown(queries.coupon(path["coupon_id"]))


class AddressGiftView(OrderView):
    """Say where a gift is sent, as long as it was not shipped."""

    method = "put"
    permission = SEND
    body = GiftAddressBody

    def command(self, body: GiftAddressBody, **path: Any) -> Command[CouponAnswer]:
        return AddressGift(coupon_id=path["coupon_id"], send_to=address_of_gift(body))


class ShipGiftView(OrderView):
    """Say that a gift is on its way."""

    permission = SEND
    body = ShipBody

    def command(self, body: ShipBody, **path: Any) -> Command[CouponAnswer]:
        merchant_id, pos_id = ids_of(place_named(self.principal, body.pos))
        told = {"carrier": body.carrier, "tracking_number": body.tracking_number}
        return ShipGift(coupon_id=path["coupon_id"], merchant_id=merchant_id, pos_id=pos_id, **told)


class DeliverGiftView(OrderView):
    """Say that a gift came to its customer."""

    permission = SEND
    body = DeliverBody

    def command(self, body: DeliverBody, **path: Any) -> Command[CouponAnswer]:
        merchant_id, pos_id = ids_of(place_named(self.principal, body.pos))
        return DeliverGift(coupon_id=path["coupon_id"], merchant_id=merchant_id, pos_id=pos_id)


class OwnGiftView(OwnView, QueryView):
    """Show where an own gift goes, and how far it is."""

    answer = GiftShown

    def ask(self, query: None, **path: Any) -> GiftShown:
        return gift_shown(queries.coupon(path["coupon_id"], self.customer_id))


class OwnAddressGiftView(OwnView, OrderView):
    """Say where an own gift is sent, as long as it was not shipped."""

    method = "put"
    body = GiftAddressBody

    def command(self, body: GiftAddressBody, **path: Any) -> Command[CouponAnswer]:
        with reading(self.tenant.id):
            coupon_id = queries.coupon(path["coupon_id"], self.customer_id).coupon_id
        return AddressGift(coupon_id=coupon_id, send_to=address_of_gift(body), customer_id=self.customer_id)
