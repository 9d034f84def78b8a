"""What follows for a coupon from goods that came back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from loyalty.domain.money import share_half_up
from rewards.domain.coupon import BY_GOODS, OF_VALUE, Coupon
from rewards.domain.goods import GoodsBack, share_of
from rewards.domain.room import RoomUse
from rewards.domain.validity import DAY
from rewards.events.coupons import CouponCancelled, CouponReduced, CouponRestored, CouponReturned, CouponUsed

GRACE = 14 * DAY
"""So long at least what comes back with goods is good."""
WITH_ITS_LINE = BY_GOODS | {"free_product"}
"""Kinds that are over when all is back that they lay on, whatever else is kept."""


def price_due(coupon: Coupon, goods: GoodsBack) -> int:
    """The points of its price that come back with the goods: of what was bought with them, less what came back before."""
    if (used := _bought_with(coupon, goods)) is None:
        return 0
    issued = coupon.sold()
    part = share_half_up(issued.points, goods.back_of(used.worth, used.line_shares, used.line), used.worth) if used.worth else 0
    due = issued.points if _is_over(coupon, used, goods) else part if issued.kind in BY_GOODS else 0
    return max(0, due - coupon.points_back)


def take_back(coupon: Coupon, goods: GoodsBack, points: int, now: datetime, *, costs_its_value: bool = False) -> tuple[RoomUse, ...]:
    """Note what follows; `points` of its price came back. Returns the room that is there again.

    Of what was acquired before, the value that lay on the goods is good again, or all of it with the last of them, for its old time or
    `GRACE`; what was bought with them goes with them; what the purchase had brought goes if it is unused, or as soon as it is, and
    shrinks where it is a share of it. A share `costs_its_value`, or what purchases have of it, where nothing else is said.
    """
    if coupon.cancelled:
        return ()
    if (bought := _bought_with(coupon, goods)) is not None:
        return _price_back(coupon, bought, goods, points, now)
    brought = coupon.sold().for_purchase_id == goods.purchase_id
    there = _brought(coupon, goods, now, costs_its_value) if brought else ()
    return there + _used_on(coupon, goods, now, costs_its_value)


def costs_less(coupon: Coupon, now: datetime) -> tuple[RoomUse, ...]:
    """Of a share that shrank while somebody had some of it, note what it costs now that they have it no more. Returns the room that is
    there again.
    """
    if coupon.cancelled or coupon.reduced_by is None or coupon.value is None:
        return ()
    return _reduced(coupon, coupon.reduced_by, coupon.value, coupon.left or 0, _cost(coupon, coupon.value, now), now)


def _used_on(coupon: Coupon, goods: GoodsBack, now: datetime, costs_its_value: bool) -> tuple[RoomUse, ...]:
    """What the purchase has of it comes back to it, as far as it is worth anything."""
    if coupon.cancelled:
        return ()
    if (used := coupon.taken.get(goods.purchase_id)) is None:
        _whole_again(coupon, goods, now)
        return ()
    if coupon.value == 0 and goods.nothing_left and coupon.taken.keys() == {goods.purchase_id} and not coupon.elsewhere:
        return _gone(coupon, goods, 0, now)
    return _good_again(coupon, used, goods, now, costs_its_value)


def _brought(coupon: Coupon, goods: GoodsBack, now: datetime, costs_its_value: bool) -> tuple[RoomUse, ...]:
    """What the purchase brought is worth the same share of what is kept, and nothing once nothing is; what a basket was promised, or
    another purchase has, stays there. It goes when no basket keeps it any more.
    """
    share, value, used = coupon.sold().share, coupon.value, coupon.used is not None
    kept = coupon.state_at(now) == "reserved"
    if goods.nothing_left and not used and not kept:
        return _gone(coupon, goods, 0, now)
    if not goods.nothing_left and (share is None or value is None):
        return ()
    due = 0 if goods.nothing_left or share is None else share_of(goods.kept, share)
    if not due and not used and not kept and not coupon.taken:
        return _gone(coupon, goods, 0, now)
    due = due if value is None else min(due, value)
    cost = _cost(coupon, due, now) if costs_its_value else coupon.cost
    left = 0 if used or value is None else max(0, (coupon.left or 0) - (value - due))
    return _reduced(coupon, goods.return_id, due, left, cost, now)


def _cost(coupon: Coupon, value: int, now: datetime, fresh: int = 0) -> int:
    """What a share costs that is worth `value`: that, or what purchases have, but for what is `fresh`, and a basket was promised of it."""
    promised = (coupon.promised or 0) if coupon.state_at(now) == "reserved" else 0
    return min(coupon.cost, max(value, coupon.had - fresh + promised))


def _reduced(
    coupon: Coupon, return_id: UUID, value: int, left: int, cost: int, now: datetime, purchase_id: UUID | None = None, worth: int = 0
) -> tuple[RoomUse, ...]:
    """Note what it is worth and costs by now, and of which purchase so much came back to nobody, if anything changed."""
    if value == coupon.value and cost == coupon.cost and not worth:
        return ()
    lost = coupon.cost - cost
    room = tuple(replace(use, amount=min(lost, use.amount)) for use in coupon.room if lost and use.kind == "budget")
    about = {**coupon.who(), "return_id": return_id, "value": value, "value_left": left, "cost": cost if lost else None, "room": room}
    coupon.record(CouponReduced(**about, purchase_id=purchase_id, worth=worth, reduced_at=now))
    return room


def _bought_with(coupon: Coupon, goods: GoodsBack) -> CouponUsed | None:
    """Its use on the goods, where it was bought with them and is good still."""
    return None if coupon.cancelled or coupon.bought_with != goods.purchase_id else coupon.taken.get(goods.purchase_id)


def _is_over(coupon: Coupon, used: CouponUsed, goods: GoodsBack) -> bool:
    all_back = 0 < used.worth == goods.back_of(used.worth, used.line_shares, used.line)
    return goods.nothing_left or (coupon.sold().kind in WITH_ITS_LINE and all_back)


def _price_back(coupon: Coupon, used: CouponUsed, goods: GoodsBack, points: int, now: datetime) -> tuple[RoomUse, ...]:
    if _is_over(coupon, used, goods):
        return _gone(coupon, goods, points, now)
    if points:
        about, wallet = {**coupon.who(), "return_id": goods.return_id}, coupon.sold().wallet
        coupon.record(CouponReturned(**about, points=points, wallet=wallet, returned_at=now))
    return ()


def _gone(coupon: Coupon, goods: GoodsBack, points: int, now: datetime) -> tuple[RoomUse, ...]:
    issued, about = coupon.sold(), {**coupon.who(), "return_id": goods.return_id}
    coupon.record(CouponCancelled(**about, points=points, wallet=issued.wallet, room=coupon.room, cancelled_at=now))
    return coupon.room


def _good_again(coupon: Coupon, used: CouponUsed, goods: GoodsBack, now: datetime, costs_its_value: bool) -> tuple[RoomUse, ...]:
    of_value = coupon.sold().kind in OF_VALUE and used.worth > 0
    back = goods.back_of(used.worth, used.line_shares, used.line) if of_value else used.worth
    fresh = back - coupon.back.get(goods.purchase_id, 0)
    if not goods.nothing_left and (not of_value or fresh <= 0):
        return ()
    others = coupon.elsewhere or coupon.points_back or coupon.taken.keys() - {goods.purchase_id}
    whole = goods.nothing_left and not others
    left = coupon.value if whole else coupon.good_for((coupon.left or 0) + fresh, fresh)
    if left or whole or coupon.value is None:
        _restore(coupon, goods, fresh, left, now)
        return costs_less(coupon, now) if costs_its_value else ()
    cost = _cost(coupon, coupon.value, now, fresh) if costs_its_value else coupon.cost
    return _reduced(coupon, goods.return_id, coupon.value, coupon.left or 0, cost, now, goods.purchase_id, fresh)


def _whole_again(coupon: Coupon, goods: GoodsBack, now: datetime) -> None:
    """All that a purchase had of it came back before: with the last of its goods the coupon is whole, unless somebody has some of it."""
    somebody = coupon.taken or coupon.elsewhere or coupon.points_back or coupon.used or coupon.state_at(now) == "reserved"
    if goods.nothing_left and goods.purchase_id in coupon.given_back and coupon.left != coupon.value and not somebody:
        _restore(coupon, goods, 0, coupon.value, now)


def _restore(coupon: Coupon, goods: GoodsBack, fresh: int, left: int | None, now: datetime) -> None:
    ends = None if coupon.expires_at is None else max(coupon.expires_at, now + GRACE)
    about = {**coupon.who(), "return_id": goods.return_id, "purchase_id": goods.purchase_id}
    coupon.record(CouponRestored(**about, worth=fresh, value_left=left, restored_at=now, expires_at=ends))
