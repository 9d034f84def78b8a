"""What follows for a coupon from goods that came back."""

from __future__ import annotations

from datetime import datetime

from loyalty.domain.money import share_half_up
from rewards.domain.coupon import BY_GOODS, DAY, OF_VALUE, Coupon
from rewards.domain.goods import GoodsBack, share_of
from rewards.domain.room import RoomUse
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
    part = share_half_up(issued.points, goods.back_of(used.worth, used.line_shares), used.worth) if used.worth else 0
    due = issued.points if _is_over(coupon, used, goods) else part if issued.kind in BY_GOODS else 0
    return max(0, due - coupon.points_back)


def take_back(coupon: Coupon, goods: GoodsBack, points: int, now: datetime) -> tuple[RoomUse, ...]:
    """Note what follows; `points` of its price came back. Returns the room that is there again.

    Of what was acquired before, the value that lay on the goods is good again, or all of it with the last of them, for its old time or
    `GRACE`; what was bought with them goes with them; what the purchase had brought goes if it is unused, or as soon as it is, and
    shrinks where it is a share of it.
    """
    if coupon.cancelled:
        return ()
    if (bought := _bought_with(coupon, goods)) is not None:
        return _price_back(coupon, bought, goods, points, now)
    if coupon.sold().for_purchase_id == goods.purchase_id and (over := _brought(coupon, goods, now)):
        return over
    if (used := coupon.taken.get(goods.purchase_id)) is None:
        return ()
    if coupon.value == 0 and goods.nothing_left and coupon.taken.keys() == {goods.purchase_id} and not coupon.elsewhere:
        return _gone(coupon, goods, 0, now)
    _good_again(coupon, used, goods, now)
    return ()


def _brought(coupon: Coupon, goods: GoodsBack, now: datetime) -> tuple[RoomUse, ...]:
    """What the purchase brought is worth the same share of what is kept, and nothing once nothing is; what a basket was promised, or
    another purchase has, stays there.
    """
    share, value, used = coupon.sold().share, coupon.value, coupon.used is not None
    if goods.nothing_left and not used:
        return _gone(coupon, goods, 0, now)
    if not goods.nothing_left and (share is None or value is None):
        return ()
    due = 0 if goods.nothing_left or share is None else share_of(goods.kept, share)
    if value is not None and due >= value:
        return ()
    if not due and not used and not coupon.taken:
        return _gone(coupon, goods, 0, now)
    left = 0 if used or value is None else max(0, (coupon.left or 0) - (value - due))
    coupon.record(CouponReduced(**coupon.who(), return_id=goods.return_id, value=due, value_left=left, reduced_at=now))
    return ()


def _bought_with(coupon: Coupon, goods: GoodsBack) -> CouponUsed | None:
    """Its use on the goods, where it was bought with them and is good still."""
    return None if coupon.cancelled or coupon.bought_with != goods.purchase_id else coupon.taken.get(goods.purchase_id)


def _is_over(coupon: Coupon, used: CouponUsed, goods: GoodsBack) -> bool:
    all_back = 0 < used.worth == goods.back_of(used.worth, used.line_shares)
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
    coupon.record(CouponCancelled(**about, points=points, wallet=issued.wallet, room=issued.room, cancelled_at=now))
    return issued.room


def _good_again(coupon: Coupon, used: CouponUsed, goods: GoodsBack, now: datetime) -> None:
    of_value = coupon.sold().kind in OF_VALUE and used.worth > 0
    back = goods.back_of(used.worth, used.line_shares) if of_value else used.worth
    fresh = back - coupon.back.get(goods.purchase_id, 0)
    if not goods.nothing_left and (not of_value or fresh <= 0):
        return
    others = coupon.elsewhere or coupon.points_back or coupon.taken.keys() - {goods.purchase_id}
    whole = goods.nothing_left and not others
    left = coupon.value if whole else coupon.good_for((coupon.left or 0) + fresh, fresh)
    if not left and not whole and coupon.value is not None:
        return
    ends = None if coupon.expires_at is None else max(coupon.expires_at, now + GRACE)
    coupon.record(
        CouponRestored(
            **coupon.who(),
            return_id=goods.return_id,
            purchase_id=goods.purchase_id,
            worth=fresh,
            value_left=left,
            restored_at=now,
            expires_at=ends,
        )
    )
