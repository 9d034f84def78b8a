"""What customers can have now, and what is missing for the rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from customers.queries import segments_read, sides
from earning.queries import balance, counted_points, level_naming, levels_of
from loyalty.domain.errors import Conflict, DomainError
from loyalty.tenancy.middleware import tenant_of_id
from rewards.domain.gift import is_sent
from rewards.domain.kinds import Cashback, LuckyDraw, kind_of
from rewards.domain.offer import Occasion, Offer
from rewards.domain.room import Room, RoomUse, prize_id, room_of
from rewards.domain.terms import RewardContent, RewardPrice
from rewards.queries.batches import with_codes
from rewards.queries.here import asked, tenant_here
from rewards.rewardbook import live_now
from rewards.roombook import Used, left_of, no_room, used_now

NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferCard:
    """A reward that is seen now. `points` of the `wallet` and `amount` (minor units) are its price for this customer; of cashback it is
    the least that can be spent. `missing` points are lacking, `refusal` says what else stands in the way (None: nothing), and `left` is
    how many more there are (None: enough).
    """

    reward_id: UUID
    version: int
    content: RewardContent
    kind: str
    points: int
    wallet: str
    amount: int
    available: int | None
    missing: int
    refusal: DomainError | None
    left: int | None

    @property
    def can_be_had(self) -> bool:
        """Whether it can be had at this moment."""
        return self.refusal is None and not self.missing

    @property
    def is_sent(self) -> bool:
        """Whether it is a gift that is sent to an address."""
        return is_sent(self.content.terms)


def public_offers() -> list[OfferCard]:
    """What everybody sees, whoever they are."""
    occasion = occasion_here(None)
    found = [offer for offer in live_offers(occasion) if offer.terms.public and offer.is_visible(occasion)]
    return cards_of(found, occasion, None, {})


def offers(
    customer_id: UUID, *, merchant_id: UUID | None = None, pos_id: UUID | None = None, for_customer: bool = False
) -> list[OfferCard]:
    """What a customer can have, at a place or anywhere, and what they cannot have yet with the reason; for the customer those are left
    out that are for others.
    """
    occasion = occasion_here(customer_id, merchant_id, pos_id)
    found = [offer for offer in live_offers(occasion) if offer.is_visible(occasion) and offer.terms.sold]
    held = {wallet: balance(customer_id, occasion.now, wallet).available for wallet in {o.terms.price.wallet for o in found}}
    cards = cards_of(found, occasion, customer_id, held)
    return [card for card in cards if not (for_customer and card.refusal and card.refusal.code == "rewards.for_others")]


def occasion_here(customer_id: UUID | None, merchant_id: UUID | None = None, pos_id: UUID | None = None) -> Occasion:
    """Who asks (None: a visitor), now and where."""
    tenant = tenant_of_id(tenant_here())
    levels: Iterable[str] = ()
    segments: Iterable[str] = ()
    if customer_id is not None:
        levels = (level.code for level in levels_of([customer_id])[customer_id])
        sql, key = segments_read(customer_id)
        segments = (code for _, code in asked(sql, [[key]]))
    return Occasion(
        now=datetime.now(UTC),
        zone=tenant.zone,
        currency=tenant.currency,
        language=tenant.default_language,
        levels=frozenset(levels),
        level_called=level_naming(),
        counted=counted_points,
        segments=frozenset(segments),
        merchant_id=merchant_id,
        pos_id=pos_id,
    )


def live_offers(occasion: Occasion) -> list[Offer]:
    """The rewards in force, featured ones first, as they are shown."""
    return live_now(tenant_here(), occasion.now, asked)


def cards_of(found: list[Offer], occasion: Occasion, customer_id: UUID | None, held: dict[str, int]) -> list[OfferCard]:
    """Offers with what they cost on this occasion, what is left, and what stands in the way; `held` is what there is in each wallet."""
    prices = [_price(offer, occasion) for offer in found]
    whose = sides(customer_id) if customer_id else (NOBODY,)
    rooms = [
        [*room_of(o.reward_id, o.content, o.cost_of(p), customer_id or NOBODY, tuple(whose), occasion.now, occasion.zone.key)]
        for o, p in zip(found, prices, strict=True)
    ]
    draws = {offer.reward_id: _prizes_of(offer) for offer in found}
    ids = [row for one in rooms for room in one for row in (room.use.room_id, *room.beside)]
    used = used_now(tenant_here(), ids + [room.use.room_id for one in draws.values() for room in one or ()], occasion.now, asked)
    gone = _without_codes(found) | {key for key, one in draws.items() if one and not any(left_of(room, used) > 0 for room in one)}
    told = zip(found, prices, rooms, strict=True)
    return [_card(*one, occasion, used, held, is_gone=one[0].reward_id in gone) for one in told]


def _prizes_of(offer: Offer) -> list[Room] | None:
    """The stock of each prize of a lucky draw; None where one at least is there without end, and of everything else."""
    draw, name = offer.terms.benefit, offer.content.naming
    if not isinstance(draw, LuckyDraw):
        return None
    bounded = [(prize.code, prize.stock) for prize in draw.prizes if prize.stock is not None]
    rooms = [Room(RoomUse(prize_id(offer.reward_id, code), "prize", 1), stock, prize=code, name=name) for code, stock in bounded]
    return rooms if len(rooms) == len(draw.prizes) else None


def _without_codes(found: Iterable[Offer]) -> set[UUID]:
    """Those whose codes are taken from stock, of which none is left."""
    taking = {offer.reward_id for offer in found if offer.terms.codes == "stock"}
    return taking - with_codes(taking)


def _card(
    offer: Offer, price: RewardPrice, rooms: list[Room], occasion: Occasion, used: Used, held: dict[str, int], *, is_gone: bool
) -> OfferCard:
    available = held.get(price.wallet)
    gone = Conflict("rewards.out_of_stock", name=offer.content.naming, left=0) if is_gone else None
    return OfferCard(
        reward_id=offer.reward_id,
        version=offer.version,
        content=offer.content,
        kind=kind_of(offer.terms.benefit),
        points=price.points,
        wallet=price.wallet,
        amount=price.amount,
        available=available,
        missing=0 if available is None else max(0, price.points - available),
        refusal=offer.refusal(occasion) or scarce(rooms, used, occasion) or gone,
        left=next((max(0, left_of(room, used)) for room in rooms if room.use.kind == "stock"), None),
    )


def scarce(rooms: Iterable[Room], used: Used, occasion: Occasion) -> DomainError | None:
    """Which room is not there; None for enough."""
    scarce = ((room, left) for room in rooms if (left := left_of(room, used)) < room.use.amount)
    return next((no_room(room, left, occasion) for room, left in scarce), None)


def _price(offer: Offer, occasion: Occasion) -> RewardPrice:
    benefit = offer.terms.benefit
    return offer.price(occasion, benefit.least_points if isinstance(benefit, Cashback) else None)
