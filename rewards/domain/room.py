"""Room: how much there is of a reward – stock, what one customer may have in a period, what a day may cost – and what is taken of it.

Each has a row of its own, whose id says what it counts, so that all versions of a reward share it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Literal
from uuid import UUID

from loyalty.domain.identity import derived_id
from loyalty.domain.naming import Naming
from loyalty.domain.period import LimitPeriod, period_start
from rewards.domain.goods import WHOLE
from rewards.domain.terms import RewardContent

RoomKind = Literal["stock", "limit", "budget", "prize"]
NAMELESS = Naming("")


@dataclass(frozen=True, slots=True)
class RoomUse:
    """So much was taken of one row of room: pieces of stock, times of a limit, or minor units of a budget."""

    room_id: UUID
    kind: RoomKind
    amount: int


def less(uses: Sequence[RoomUse], back: Sequence[RoomUse]) -> tuple[RoomUse, ...]:
    """What is taken still when some of it was given `back`."""
    gone = {use.room_id: use.amount for use in back}
    return tuple(replace(use, amount=use.amount - gone.get(use.room_id, 0)) for use in uses if use.amount > gone.get(use.room_id, 0))


@dataclass(frozen=True, slots=True)
class Room:
    """What is about to be taken of one row, of which at most `most` may be taken; rows in `beside` are the same of other sides of the
    customer, and count with it. `period` is that of a limit, `prize` the code of a prize, `name` that of the reward. Of a limit of `shares`
    it counts basis points of a purchase.
    """

    use: RoomUse
    most: int
    beside: tuple[UUID, ...] = ()
    period: LimitPeriod = "ever"
    prize: str = ""
    name: Naming = NAMELESS
    shares: bool = False


def together(rooms: Iterable[Room]) -> list[Room]:
    """The same with one entry for each row, in the order of their ids."""
    found: dict[UUID, Room] = {}
    for room in rooms:
        known = found.get(room.use.room_id)
        amount = room.use.amount + (known.use.amount if known else 0)
        found[room.use.room_id] = replace(room, use=replace(room.use, amount=amount))
    return [found[row] for row in sorted(found)]


@lru_cache(maxsize=4096)
def stock_id(reward_id: UUID) -> UUID:
    """The row of the stock of a reward."""
    return derived_id("rewards.stock", reward_id)


def prize_id(reward_id: UUID, code: str) -> UUID:
    """The row of the stock of one prize."""
    return derived_id("rewards.prize", reward_id, code)


def limit_id(reward_id: UUID, period: LimitPeriod, at: datetime, zone: str, customer_id: UUID) -> UUID:
    """The row of what a customer had of a reward in the period of `at`."""
    return _limit_id(reward_id, period, period_start(period, at, zone), customer_id)


@lru_cache(maxsize=16_384)
def _limit_id(reward_id: UUID, period: LimitPeriod, start: str, customer_id: UUID) -> UUID:
    """Who asks once what could be had asks again with the next article."""
    return derived_id("rewards.limit", reward_id, period, start, customer_id)


def code_for_all(code_id: UUID, name: Naming, customer_id: UUID, sides: Sequence[UUID]) -> Room:
    """What a customer had by a code that all share: one, whatever the limits of its reward are."""
    own, *beside = (derived_id("rewards.code_for_all", code_id, side) for side in (customer_id, *(s for s in sides if s != customer_id)))
    return Room(RoomUse(own, "limit", 1), 1, tuple(beside), name=name)


def shares_of(purchase_id: UUID, share: int) -> Room:
    """What is given as shares of a purchase, in basis points of it: no more than all of it together."""
    return Room(RoomUse(derived_id("rewards.shares", purchase_id), "limit", share), WHOLE, shares=True)


def budget_id(reward_id: UUID, at: datetime, zone: str) -> UUID:
    """The row of what a reward cost on the day of `at`."""
    return derived_id("rewards.budget", reward_id, period_start("day", at, zone))


def room_of(
    reward_id: UUID, content: RewardContent, cost: int, customer_id: UUID, sides: Sequence[UUID], at: datetime, zone: str
) -> Iterator[Room]:
    """What one more of a reward takes: nothing where there is no bound. `sides` are all who turned out to be the customer."""
    terms, name = content.terms, content.naming
    if terms.stock is not None:
        yield Room(RoomUse(stock_id(reward_id), "stock", 1), terms.stock, name=name)
    for limit in terms.limits:
        beside = tuple(limit_id(reward_id, limit.period, at, zone, side) for side in sides if side != customer_id)
        own = limit_id(reward_id, limit.period, at, zone, customer_id)
        yield Room(RoomUse(own, "limit", 1), limit.most, beside, limit.period, name=name)
    if terms.daily_budget is not None and cost:
        yield Room(RoomUse(budget_id(reward_id, at, zone), "budget", cost), terms.daily_budget, name=name)
