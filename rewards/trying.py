"""A reward tried on a customer: whether they can have it now, what it asks of them, and what is there. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from customers.queries import customer, may_earn, sides
from earning.permissions import SEE_ACCOUNTS
from earning.queries import balance
from loyalty.bus import dispatch
from loyalty.domain.errors import DomainError
from loyalty.staff.principal import Principal
from rewards.commands import RedeemReward
from rewards.domain.kinds import Cashback, LuckyDraw
from rewards.domain.offer import Occasion, Offer
from rewards.domain.room import Room, prize_id, room_of
from rewards.domain.terms import RewardPrice
from rewards.domain.trial import Condition, Means, conditions
from rewards.queries.here import asked, tenant_here
from rewards.queries.offers import occasion_here
from rewards.rewardbook import offer_now
from rewards.roombook import Used, left_of, used_now
from rewards.stock import ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of it. `price` is what it costs this customer, `order` would redeem it, and `refusal` is what that answers now (None: they
    can have it).
    """

    offer: Offer
    order: RedeemReward
    occasion: Occasion
    price: RewardPrice
    conditions: tuple[Condition, ...]
    refusal: DomainError | None = None

    @property
    def customer_id(self) -> UUID:
        """Who it was tried on."""
        return self.order.customer_id

    @property
    def can_be_had(self) -> bool:
        """Whether they can have it at this moment."""
        return self.refusal is None

    def without_balance(self) -> Tried:
        """The same for who may not see accounts: whether the points are enough, and not how many there are. Of a draft, whose price is any
        that somebody writes, not even that.
        """
        unknown: dict[str, Any] = {"there": None} | ({"met": None} if self.offer.state == "draft" else {})
        told = tuple(replace(one, **unknown) if one.name == "price" else one for one in self.conditions)
        lacking = self.refusal is not None and self.refusal.code == "earning.not_enough_points"
        return replace(self, conditions=told, refusal=DomainError("rewards.points_lacking") if lacking else self.refusal)


def refuse_unseen(points: int | None, principal: Principal) -> None:
    """Raises DomainError `rewards.points_unseen` for points of choice of who may not see accounts: they would find a balance by trying."""
    if points is not None and not principal.may(SEE_ACCOUNTS):
        raise DomainError("rewards.points_unseen", field="points")


def looked_at(command: RedeemReward) -> Tried:
    """What is asked, and what is there; whether it would be carried out is for `judged` to say. Needs an open `reading`. Raises NotFound
    `rewards.reward_unknown` and `customers.not_found`, DomainError `rewards.points_of_choice`, `rewards.price_is_fixed`.
    """
    whose = customer(command.customer_id)
    occasion = occasion_here(whose.id, command.merchant_id, command.pos_id)
    offer = offer_now(command.reward_id, tenant_here(), asked)
    price = offer.price(occasion, _points(offer, command.points))
    rooms = [
        *room_of(offer.reward_id, offer.content, offer.cost_of(price), whose.id, tuple(sides(whose.id)), occasion.now, occasion.zone.key)
    ]
    used = used_now(tenant_here(), [row for room in rooms for row in (room.use.room_id, *room.beside)], occasion.now, asked)
    means = Means(
        takes_part=may_earn(whose.state),
        available=balance(whose.id, occasion.now, price.wallet).available,
        codes=bool(asked(ANY, [tenant_here(), offer.reward_id])) if offer.terms.codes == "stock" else None,
        prizes=_prizes_left(offer, occasion),
    )
    return Tried(
        offer=offer,
        order=replace(command, customer_id=whose.id, points=_points(offer, command.points)),
        occasion=occasion,
        price=price,
        conditions=tuple(conditions(offer, occasion, price, _left(rooms, used), means)),
    )


def judged(found: Tried, tenant_id: int, actor: str, channel: str) -> Tried:
    """The same with what redeeming answers. It takes a transaction of its own, and keeps nothing."""
    try:
        dispatch(found.order, tenant_id=tenant_id, actor=actor, channel=channel, dry_run=True)
    except DomainError as refusal:
        return replace(found, refusal=refusal)
    return found


def _points(offer: Offer, points: int | None) -> int | None:
    """How many are spent: of cashback the least, where nobody said."""
    benefit = offer.terms.benefit
    return benefit.least_points if points is None and isinstance(benefit, Cashback) else points


def _left(rooms: Iterable[Room], used: Used) -> Sequence[tuple[Room, int]]:
    return [(room, left_of(room, used)) for room in rooms]


def _prizes_left(offer: Offer, occasion: Occasion) -> bool | None:
    draw = offer.terms.benefit
    if not isinstance(draw, LuckyDraw):
        return None
    keys = {prize_id(offer.reward_id, prize.code): prize.stock for prize in draw.prizes if prize.stock is not None}
    used = used_now(tenant_here(), [*keys], occasion.now, asked)
    return len(keys) < len(draw.prizes) or any(used.get(key, 0) < stock for key, stock in keys.items())
