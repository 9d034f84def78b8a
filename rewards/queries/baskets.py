"""What rewards are worth on a basket, and baskets that are kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple
from uuid import UUID

import msgspec

from customers.queries import sides
from earning.queries import balance
from loyalty.domain.errors import Conflict, DomainError, NotFound
from loyalty.tenancy.middleware import tenant_of_id
from rewards.choosing import Chosen, at_choice, of_coupon, of_offer, on_basket, priced, taken_by
from rewards.commands.baskets import Choice, HoldBasket
from rewards.domain.choosing import check_basket
from rewards.domain.kinds import Cashback
from rewards.domain.offer import Occasion, Offer
from rewards.domain.room import Room
from rewards.domain.terms import RewardContent
from rewards.domain.totals import ToApply, Totals, alone
from rewards.domain.wasting import wasted
from rewards.events.baskets import HeldChoice
from rewards.models import Basket
from rewards.occasions import Buyer
from rewards.openbaskets import one_too_many
from rewards.queries.coupons import CouponCard, coupon, coupons_of
from rewards.queries.given_way import GivenWay, given_way
from rewards.queries.here import asked, tenant_here
from rewards.queries.offers import live_offers, occasion_here, scarce
from rewards.roombook import used_now

MOST_COUPONS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """A reward that could be on the basket, as a coupon that the customer has or bought with `points`: it alone takes `worth` off.

    `missing` points are lacking; `refusal` says what else stands in the way (None: nothing).
    """

    reward_id: UUID
    coupon_id: UUID | None
    content: RewardContent
    points: int
    wallet: str
    worth: int
    missing: int
    refusal: DomainError | None

    @property
    def can_be_had(self) -> bool:
        """Whether it can be held at this moment."""
        return self.refusal is None and not self.missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What the basket costs with the choices (without any: without rewards), and all that could be chosen."""

    totals: Totals
    choices: tuple[HeldChoice, ...]
    offers: tuple[Quoted, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketCard:
    """A basket: held, ended, released or confirmed now."""

    basket_id: UUID
    customer_id: UUID
    pos_id: UUID | None
    state: str
    choices: tuple[HeldChoice, ...]
    before: int
    total: int
    tax: int
    held_at: datetime
    ends_at: datetime
    purchase_id: UUID | None


def quote(order: HoldBasket) -> Quote:
    """What the basket would cost, and what could be chosen, without the basket that it `replaces`; nothing is kept. Raises DomainError as
    holding it would, but for points.
    """
    check_basket(order.lines, max(1, len(order.choices)), tenant_of_id(tenant_here()).currency)
    buyer = Buyer(order.customer_id, tuple(sides(order.customer_id)))
    occasion = on_basket(occasion_here(order.customer_id, order.merchant_id, order.pos_id), order.lines)
    live = {offer.reward_id: offer for offer in live_offers(occasion) if offer.is_visible(occasion)}
    gone = given_way(order.replaces, buyer.sides, occasion.now)
    chosen = [at_choice(place, partial(_chosen, choice, live, buyer, occasion, gone)) for place, choice in enumerate(order.choices)]
    whole = priced(chosen, order, occasion)
    mine = coupons_of(buyer.sides, "usable", limit=MOST_COUPONS)
    found = [*_of_coupons(mine, order, occasion, gone), *_of_offers(live.values(), order, buyer, occasion, gone)]
    if full := one_too_many(tenant_here(), buyer.sides, order.replaces, occasion.now, asked):
        found = [replace(one, refusal=one.refusal or full) for one in found]
    return Quote(totals=whole.totals, choices=whole.choices, offers=tuple(found))


def basket(basket_id: UUID, customer_id: UUID | None = None) -> BasketCard:
    """One basket; of this customer, where one is given. Raises NotFound `rewards.basket_unknown`."""
    row = Basket.objects.filter(tenant_id=tenant_here(), id=basket_id).first()
    if row is None or (customer_id is not None and row.customer_id not in sides(customer_id)):
        raise NotFound("rewards.basket_unknown")
    ended = row.state == "held" and row.ends_at <= datetime.now(UTC)
    same = {name: getattr(row, name) for name in ("customer_id", "pos_id", "before", "total", "tax", "held_at", "ends_at", "purchase_id")}
    choices = msgspec.convert(row.held["choices"], tuple[HeldChoice, ...])
    return BasketCard(basket_id=row.id, state="ended" if ended else row.state, choices=choices, **same)


def _chosen(choice: Choice, live: dict[UUID, Offer], buyer: Buyer, occasion: Occasion, gone: GivenWay) -> Chosen:
    if bool(choice.reward_id) == bool(choice.coupon_id):
        raise DomainError("rewards.choice_of_one", field="choices")
    if choice.coupon_id is not None:
        card = coupon(choice.coupon_id, buyer.customer_id)
        if refusal := _not_good(card, gone):
            raise refusal
        return _had(card, occasion)
    if choice.reward_id not in live:
        raise NotFound("rewards.reward_unknown", field="choices")
    return of_offer(live[choice.reward_id], choice.points, buyer, occasion)


def _had(card: CouponCard, occasion: Occasion) -> Chosen:
    return of_coupon(card.coupon_id, card.reward_id, card.version, card.content, occasion, left=card.left, paid=card.points)


def _of_coupons(cards: Iterable[CouponCard], order: HoldBasket, occasion: Occasion, gone: GivenWay) -> Iterable[Quoted]:
    for card in cards:
        refusal, worth = _not_good(card, gone), 0
        try:
            had = _had(card, occasion)
        except DomainError as why:
            refusal = refusal or why
        else:
            amount, worth = alone(order.lines, had.to_apply())
            refusal = refusal or had.wasted(amount, worth, occasion)
        yield _quoted(card.reward_id, card.coupon_id, card.content, 0, worth, 0, refusal)


def _of_offers(offers: Iterable[Offer], order: HoldBasket, buyer: Buyer, occasion: Occasion, gone: GivenWay) -> list[Quoted]:
    tried = [(offer, _tried(offer, buyer, occasion)) for offer in offers if offer.terms.sold]
    wallets = {offer.terms.price.wallet for offer, _ in tried}
    held = {one: balance(buyer.customer_id, occasion.now, one).available + gone.points.get(one, 0) for one in wallets}
    rows = [row for _, one in tried if isinstance(one, _Taken) for room in one.room for row in (room.use.room_id, *room.beside)]
    used = gone.used(used_now(tenant_here(), rows, occasion.now, asked))
    found = []
    for offer, one in tried:
        points, worth, refusal = offer.terms.price.points, 0, one if isinstance(one, DomainError) else None
        if isinstance(one, _Taken):
            points, room = one
            bought = ToApply(number=0, reward_id=offer.reward_id, terms=offer.terms, points=points)
            amount, worth = alone(order.lines, bought)
            naming = room[0].name if room else offer.content.naming
            refusal = wasted(bought, amount, worth, naming, occasion, bought=True) or scarce(room, used, occasion)
        missing = max(0, points - held[offer.terms.price.wallet])
        found.append(_quoted(offer.reward_id, None, offer.content, points, worth, missing, refusal))
    return found


class _Taken(NamedTuple):
    """What buying a reward in the basket would take."""

    points: int
    room: tuple[Room, ...]


def _tried(offer: Offer, buyer: Buyer, occasion: Occasion) -> _Taken | DomainError:
    benefit = offer.terms.benefit
    try:
        price, _, room = taken_by(offer, benefit.least_points if isinstance(benefit, Cashback) else None, buyer, occasion)
    except DomainError as refusal:
        return refusal
    return _Taken(price.points, room)


def _not_good(card: CouponCard, gone: GivenWay) -> DomainError | None:
    match card.state:
        case "used":
            return Conflict("rewards.coupon_used", used_at=card.used_at)
        case "expired":
            return Conflict("rewards.coupon_expired", ends_at=card.expires_at)
        case "inactive":
            return Conflict("rewards.coupon_not_yet", active_from=card.active_from)
        case "reserved" if card.coupon_id not in gone.coupons:
            return Conflict("rewards.coupon_reserved", until=card.reserved_until)
        case "cancelled":
            return Conflict("rewards.coupon_cancelled")
        case "active" | "reserved":
            return None


def _quoted(
    reward_id: UUID, coupon_id: UUID | None, content: RewardContent, points: int, worth: int, missing: int, refusal: DomainError | None
) -> Quoted:
    return Quoted(
        reward_id=reward_id,
        coupon_id=coupon_id,
        content=content,
        points=points,
        wallet=content.terms.price.wallet,
        worth=worth,
        missing=missing,
        refusal=refusal,
    )
