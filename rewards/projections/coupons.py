"""What customers have of rewards, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, assert_never

from loyalty.domain.event import Recorded
from loyalty.projections.projection import Projection, Statement
from rewards.events import (
    CouponCancelled,
    CouponFreed,
    CouponIssued,
    CouponReduced,
    CouponReserved,
    CouponRestored,
    CouponReturned,
    CouponUsed,
    GiftDelivered,
    GiftOrdered,
    GiftShipped,
)

ISSUE = """insert into rewards_coupon (tenant_id, id, reward_id, customer_id, version, kind, way, state, points, wallet, amount, cost,
        prize, issued_at, issued_by, active_from, expires_at, merchant_id, pos_id, in_basket, for_purchase_id, batch_id,
        "left", worth, points_back, position)
    values (%s, %s, %s, %s, %s, %s, %s, 'issued', %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 0, 0, %s)"""
USE = """update rewards_coupon set state = 'used', used_at = %s, purchase_id = %s, merchant_id = %s, pos_id = %s, worth = %s,
        basket_id = null, reserved_until = null, position = %s
    where tenant_id = %s and id = %s"""
RESTORE = """update rewards_coupon set state = 'issued', used_at = null, purchase_id = null, worth = 0, "left" = %s,
        expires_at = %s, position = %s
    where tenant_id = %s and id = %s"""
RESERVE = "update rewards_coupon set basket_id = %s, reserved_until = %s, position = %s where tenant_id = %s and id = %s"
REDUCE = """update rewards_coupon set "left" = %s, cost = coalesce(%s, cost),
        worth = case when purchase_id = %s then greatest(0, worth - %s) else worth end, position = %s
    where tenant_id = %s and id = %s"""
RETURN = "update rewards_coupon set points_back = points_back + %s, position = %s where tenant_id = %s and id = %s"
CANCEL = """update rewards_coupon set state = 'cancelled', cancelled_at = %s, points_back = points_back + %s,
        delivery = case when delivery = '' then '' else 'cancelled' end, position = %s
    where tenant_id = %s and id = %s"""
STEP = """update rewards_coupon set delivery = %s, ordered_at = coalesce(%s, ordered_at), shipped_at = coalesce(%s, shipped_at),
        delivered_at = coalesce(%s, delivered_at), position = %s
    where tenant_id = %s and id = %s"""
NOTE = "insert into rewards_coupon_use (tenant_id, purchase_id, coupon_id) values (%s, %s, %s) on conflict do nothing"


class Coupons(Projection):
    """Coupons as they stand."""

    name = "rewards.coupons"
    events = (
        *(CouponIssued, CouponUsed, CouponRestored, CouponCancelled, CouponReserved, CouponFreed, CouponReturned),
        CouponReduced,
        *(GiftOrdered, GiftShipped, GiftDelivered),
    )
    tables = ("rewards_coupon", "rewards_coupon_use")
    inline = True

    def statements(self, batch: Sequence[Recorded[Any]]) -> Iterable[Statement]:
        for recorded in batch:
            yield _of(recorded)
            if isinstance(event := recorded.event, CouponUsed) and event.purchase_id is not None:
                yield NOTE, (recorded.tenant_id, event.purchase_id, event.coupon_id)


def _of(recorded: Recorded[Any]) -> Statement:
    event, last = recorded.event, (recorded.position, recorded.tenant_id, recorded.event.coupon_id)
    match event:
        case CouponIssued():
            return ISSUE, (recorded.tenant_id, *_issued(event, recorded.metadata.actor), recorded.position)
        case CouponUsed():
            return USE, (event.used_at, event.purchase_id, event.merchant_id, event.pos_id, event.worth, *last)
        case CouponRestored() | CouponReduced():
            return (RESTORE, (event.value_left, event.expires_at, *last)) if isinstance(event, CouponRestored) else _less(event, last)
        case CouponReserved() | CouponFreed():
            return RESERVE, (*((event.basket_id, event.ends_at) if isinstance(event, CouponReserved) else (None, None)), *last)
        case CouponCancelled():
            return CANCEL, (event.cancelled_at, event.points, *last)
        case CouponReturned() | GiftOrdered() | GiftShipped() | GiftDelivered():
            return (RETURN, (event.points, *last)) if isinstance(event, CouponReturned) else (STEP, (*_step(event), *last))
        case _:
            assert_never(event)


def _less(event: CouponReduced, last: tuple[Any, ...]) -> Statement:
    return REDUCE, (event.value_left, event.cost, event.purchase_id, event.worth, *last)


def _step(event: GiftOrdered | GiftShipped | GiftDelivered) -> tuple[Any, ...]:
    match event:
        case GiftOrdered():
            return "ordered", event.ordered_at, None, None
        case GiftShipped():
            return "shipped", None, event.shipped_at, None
        case GiftDelivered():
            return "delivered", None, None, event.delivered_at


def _issued(event: CouponIssued, actor: str) -> tuple[Any, ...]:
    what = (event.coupon_id, event.reward_id, event.customer_id, event.reward_version, event.kind, event.way)
    price = (event.points, event.wallet, event.amount, event.cost, event.prize)
    return (
        *what,
        *price,
        event.issued_at,
        actor,
        event.active_from,
        event.expires_at,
        event.merchant_id,
        event.pos_id,
        event.basket_id is not None,
        event.for_purchase_id,
        event.batch_id,
        event.value,
    )
