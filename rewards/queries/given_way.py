"""What is there again for a basket that takes the place of another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import msgspec

from loyalty.domain.errors import Conflict, NotFound
from rewards.events.baskets import HeldChoice, HeldPoints
from rewards.models import Basket
from rewards.queries.here import tenant_here
from rewards.roombook import Used


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenWay:
    """What a basket keeps that gives way: `points` by wallet, `coupons`, and `room` by row."""

    points: Mapping[str, int] = field(default_factory=dict)
    coupons: frozenset[UUID] = frozenset()
    room: Mapping[UUID, int] = field(default_factory=dict)

    def used(self, used: Used) -> Used:
        """What is used of rows then."""
        return {row: amount - self.room.get(row, 0) for row, amount in used.items()} if self.room else used


NOTHING = GivenWay()


def given_way(basket_id: UUID | None, whose: Sequence[UUID], now: datetime) -> GivenWay:
    """What the basket keeps at `now`; nothing where none gives way, or that one is over. Raises NotFound `rewards.basket_unknown` for one
    of somebody else, and Conflict `rewards.basket_confirmed`.
    """
    if basket_id is None:
        return NOTHING
    row = Basket.objects.filter(tenant_id=tenant_here(), id=basket_id, customer_id__in=whose).first()
    if row is None:
        raise NotFound("rewards.basket_unknown", field="replaces")
    if row.state == "confirmed":
        raise Conflict("rewards.basket_confirmed", field="replaces")
    return _kept(row) if row.state == "held" and now < row.ends_at else NOTHING


def _kept(row: Basket) -> GivenWay:
    choices = msgspec.convert(row.held["choices"], tuple[HeldChoice, ...])
    points, room = Counter[str](), Counter[UUID]()
    for one in msgspec.convert(row.held.get("points", ()), tuple[HeldPoints, ...]):
        points[one.wallet] += one.points
    for use in (use for choice in choices for use in choice.room):
        room[use.room_id] += use.amount
    return GivenWay(points=points, coupons=frozenset(choice.coupon_id for choice in choices if choice.coupon_id), room=room)
