"""What somebody chose for a basket, looked at in the transaction that will keep it, or by a question that keeps nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID

from loyalty.bus import Unit
from loyalty.domain.errors import DomainError, NotFound
from rewards.commands.baskets import Choice, HoldBasket
from rewards.domain.choosing import check_basket, check_together
from rewards.domain.coupon import Coupon
from rewards.domain.gift import is_sent
from rewards.domain.kinds import LuckyDraw, kind_of
from rewards.domain.offer import Occasion, Offer, usable_here
from rewards.domain.room import Room, room_of
from rewards.domain.terms import RewardContent, RewardPrice
from rewards.domain.totals import BasketLine, ToApply, Totals, applied, totals
from rewards.domain.wasting import wasted
from rewards.events.baskets import HeldChoice
from rewards.occasions import Buyer
from rewards.rewardbook import content_sold, offer_of


@dataclass(frozen=True, slots=True)
class Chosen:
    """A choice with its terms, what it takes of room, and the points that were paid for a coupon before."""

    held: HeldChoice
    content: RewardContent
    room: tuple[Room, ...]
    paid: int = 0

    def to_apply(self, number: int = 0) -> ToApply:
        """What is worked out of it, as this choice."""
        held = self.held
        points = held.points if held.coupon_id is None else self.paid
        return ToApply(number=number, reward_id=held.reward_id, terms=self.content.terms, points=points, most=held.left)

    def wasted(self, amount: int, worth: int, occasion: Occasion) -> DomainError | None:
        """Why it is not to be used to take `worth` off the `amount` that it is for; None when it is well spent."""
        return wasted(self.to_apply(), amount, worth, self.content.naming, occasion, bought=self.held.coupon_id is None)


@dataclass(frozen=True, slots=True)
class Priced:
    """All choices with what each takes off, and what the basket costs then."""

    chosen: tuple[Chosen, ...]
    totals: Totals

    @property
    def choices(self) -> tuple[HeldChoice, ...]:
        return tuple(one.held for one in self.chosen)


def chosen_in(unit: Unit, command: HoldBasket, buyer: Buyer, occasion: Occasion) -> Priced:
    """What the basket would keep. Raises DomainError with the choice at fault."""
    check_basket(command.lines, len(command.choices), occasion.currency)
    basket = on_basket(occasion, command.lines)
    if len({choice.coupon_id for choice in command.choices if choice.coupon_id}) < sum(bool(c.coupon_id) for c in command.choices):
        raise DomainError("rewards.coupon_twice", field="choices")
    found = [at_choice(place, partial(_chosen, unit, choice, buyer, basket)) for place, choice in enumerate(command.choices)]
    return priced(found, command, basket)


def priced(found: Sequence[Chosen], order: HoldBasket, occasion: Occasion) -> Priced:
    """What each takes off, one after the other, and what is left to pay. Raises DomainError with a choice that does not go with another,
    or would be used up for nothing.
    """
    check_together([one.content for one in found])
    lines = order.lines
    off = applied(lines, [one.to_apply(number) for number, one in enumerate(found)])
    for one, a in zip(found, off, strict=True):
        if refusal := one.wasted(a.amount, a.worth, occasion):
            raise of_choice(a.number, refusal)
    whole = totals(lines, off, includes_tax=order.prices_include_tax, rounding=order.tax_rounding)
    told = [replace(one, held=replace(one.held, worth=a.worth, shares=a.shares)) for one, a in zip(found, off, strict=True)]
    return Priced(tuple(told), whole)


def on_basket(occasion: Occasion, lines: Sequence[BasketLine]) -> Occasion:
    """The same with what is in the basket."""
    goods = [line for line in lines if line.kind == "goods"]
    return replace(
        occasion,
        basket=sum(line.total for line in goods),
        skus=frozenset(line.sku for line in goods),
        categories=frozenset(line.category for line in goods),
    )


def at_choice(place: int, look: Callable[[], Chosen]) -> Chosen:
    """The choice at a place. Raises DomainError with that as its field."""
    try:
        return look()
    except DomainError as refusal:
        of_choice(place, refusal)
        raise


def of_choice(place: int, refusal: DomainError) -> DomainError:
    """The refusal, of the choice at a place, or of its points."""
    refusal.field = f"choices.{place}.points" if refusal.field == "points" else f"choices.{place}"
    return refusal


def _chosen(unit: Unit, choice: Choice, buyer: Buyer, basket: Occasion) -> Chosen:
    if bool(choice.reward_id) == bool(choice.coupon_id):
        raise DomainError("rewards.choice_of_one")
    if choice.coupon_id is not None:
        return _coupon(unit, choice.coupon_id, buyer, basket)
    return _bought(unit, choice, buyer, basket)


def _coupon(unit: Unit, coupon_id: UUID, buyer: Buyer, basket: Occasion) -> Chosen:
    coupon = unit.load(Coupon, coupon_id)
    issued = coupon.sold()
    if issued.customer_id not in buyer.sides:
        raise NotFound("rewards.coupon_unknown")
    content = content_sold(unit, issued.reward_id, issued.reward_version)
    return of_coupon(coupon_id, issued.reward_id, issued.reward_version, content, basket, left=coupon.left, paid=issued.points)


def _bought(unit: Unit, choice: Choice, buyer: Buyer, basket: Occasion) -> Chosen:
    assert choice.reward_id is not None
    return of_offer(offer_of(unit, choice.reward_id), choice.points, buyer, basket)


def of_coupon(
    coupon_id: UUID, reward_id: UUID, version: int, content: RewardContent, basket: Occasion, *, left: int | None, paid: int
) -> Chosen:
    """A coupon on a basket, of whose value so much is `left`, for which so many points were `paid`. Raises DomainError when it is not
    for it.
    """
    if refusal := usable_here(content.terms, basket):
        raise refusal
    if is_sent(content.terms):
        raise DomainError("rewards.gift_is_sent")
    kind, wallet = kind_of(content.terms.benefit), content.terms.price.wallet
    held = HeldChoice(
        reward_id=reward_id,
        reward_version=version,
        name=content.called(basket.language).name,
        kind=kind,
        coupon_id=coupon_id,
        wallet=wallet,
        left=left,
    )
    return Chosen(held, content, (), paid)


def of_offer(offer: Offer, points: int | None, buyer: Buyer, basket: Occasion) -> Chosen:
    """A reward that is bought in a basket. Raises DomainError when it cannot be had for it."""
    price, cost, room = taken_by(offer, points, buyer, basket)
    held = HeldChoice(
        reward_id=offer.reward_id,
        reward_version=offer.version,
        name=offer.content.called(basket.language).name,
        kind=kind_of(offer.terms.benefit),
        points=price.points,
        wallet=price.wallet,
        cost=cost,
        room=tuple(one.use for one in room),
    )
    return Chosen(held, offer.content, room)


def taken_by(offer: Offer, points: int | None, buyer: Buyer, basket: Occasion) -> tuple[RewardPrice, int, tuple[Room, ...]]:
    """What buying a reward in a basket takes: its price, what it costs the company, and room. Raises DomainError when it cannot be had
    for it.
    """
    if refusal := offer.refusal(basket):
        raise refusal
    if not offer.terms.sold:
        raise DomainError("rewards.not_for_points")
    price = offer.price(basket, points)
    if price.amount or isinstance(offer.terms.benefit, LuckyDraw) or is_sent(offer.terms):
        raise DomainError("rewards.not_in_baskets", name=offer.content.naming)
    cost = offer.cost_of(price)
    return price, cost, tuple(room_of(offer.reward_id, offer.content, cost, buyer.customer_id, buyer.sides, basket.now, basket.zone.key))
