"""What a reward asks of a customer at a moment, condition by condition, and what is there; all that redeeming it would look at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from loyalty.domain.period import LimitPeriod
from rewards.domain.offer import Occasion, Offer
from rewards.domain.room import Room
from rewards.domain.terms import RewardPrice
from rewards.domain.windows import ALWAYS

ConditionName = Literal[
    "customer", "state", "early_access", "active", "visible", "sold", "levels", "segments", "merchants", "points_of_sale", "limits",
    "stock", "daily_budget", "codes", "prizes", "price", "minimum_basket", "skus", "categories",
]  # fmt: skip
HINDERS_NOBODY = frozenset({"early_access", "visible"})
"""What is only said: whoever redeems it may do so all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One thing that is asked, by the field of the terms that asks it. `met` None: it cannot be told before the reward is used, or nothing
    was said of it. Where it counts, so many are `needed` and so many are `there`: pieces of stock, minor units of a budget, points of the
    wallet; of limits, how many a customer gets in the `period` and has had.
    """

    name: ConditionName
    met: bool | None
    needed: int | None = None
    there: int | None = None
    period: LimitPeriod | None = None

    @property
    def hinders(self) -> bool:
        """Whether the customer cannot have the reward for it."""
        return self.met is False and self.name not in HINDERS_NOBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What there is of a customer and a reward: points `available` in its wallet, and whether codes or prizes are left (None: none are
    taken from stock).
    """

    takes_part: bool
    available: int
    codes: bool | None = None
    prizes: bool | None = None


def conditions(offer: Offer, occasion: Occasion, price: RewardPrice, room: Sequence[tuple[Room, int]], means: Means) -> Iterator[Condition]:
    """All that is asked, in the order in which people read it; `room` is what one more takes, with how much is left of each."""
    yield Condition(name="customer", met=means.takes_part)
    yield from _when(offer, occasion)
    yield from _who(offer, occasion)
    yield from _where(offer, occasion)
    yield from (_of_room(one, left) for one, left in room)
    for name, left in (("codes", means.codes), ("prizes", means.prizes)):
        if left is not None:
            yield Condition(name=name, met=left)  # type: ignore[arg-type]
    yield Condition(name="price", met=price.points <= means.available or not price.points, needed=price.points, there=means.available)
    for name in ("minimum_basket", "skus", "categories"):
        if getattr(offer.terms, name):
            yield Condition(name=name, met=None)  # type: ignore[arg-type]


def _when(offer: Offer, occasion: Occasion) -> Iterator[Condition]:
    terms = offer.terms
    yield Condition(name="state", met=offer.not_in_force(occasion) is None)
    if terms.early_access:
        yield Condition(name="early_access", met=True if offer.hours_early(occasion) else None)
    if terms.active != ALWAYS:
        yield Condition(name="active", met=offer.not_open(occasion) is None)
    if terms.visible != ALWAYS:
        yield Condition(name="visible", met=terms.visible.is_open(occasion.now, occasion.zone))
    if not terms.sold:
        yield Condition(name="sold", met=False)


def _who(offer: Offer, occasion: Occasion) -> Iterator[Condition]:
    if offer.terms.levels:
        yield Condition(name="levels", met=offer.has_level(occasion))
    if offer.terms.segments:
        yield Condition(name="segments", met=offer.has_segment(occasion))


def _where(offer: Offer, occasion: Occasion) -> Iterator[Condition]:
    terms, named = offer.terms, occasion.pos_id is not None
    if terms.merchants:
        yield Condition(name="merchants", met=occasion.merchant_id in terms.merchants if named else None)
    if terms.points_of_sale:
        yield Condition(name="points_of_sale", met=occasion.pos_id in terms.points_of_sale if named else None)


def _of_room(room: Room, left: int) -> Condition:
    met, amount = left >= room.use.amount, room.use.amount
    if room.use.kind == "limit":
        return Condition(name="limits", met=met, needed=room.most, there=room.most - left, period=room.period)
    return Condition(name="stock" if room.use.kind == "stock" else "daily_budget", met=met, needed=amount, there=max(0, left))
