"""What can be had now: by a customer whom staff serve, by the customer who asks, and by everybody who looks."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

import msgspec

from customers.queries import customer
from loyalty.api.own import OwnView
from loyalty.api.views import QueryView
from loyalty.api.visitors import VisitorView
from loyalty.files.api import PhotoAddress
from loyalty.files.photos import address_of
from rewards import queries
from rewards.api.shapes import RewardWords, Why, why, words
from rewards.permissions import SEE_COUPONS
from rewards.places import ids_of, place_named


class OfferShown(msgspec.Struct, frozen=True, kw_only=True):
    """A reward that is seen now, and its price for who asks: `points` of the `wallet` (of cashback the least) and `amount` to be paid
    beside, in minor units of `currency`. `missing` points are lacking; `why` says what else stands in the way. Of `left` null there are
    enough.
    """

    reward_id: UUID
    kind: str
    text: RewardWords
    photos: list[PhotoAddress]
    icon: PhotoAddress
    category: str
    labels: list[str]
    featured: bool
    more_at: str
    points: int
    wallet: str
    amount: int
    currency: str
    can_be_had: bool
    missing: int
    why: Why | None
    left: int | None


class OffersQuery(msgspec.Struct):
    """At one point of sale (code or id), or anywhere."""

    pos: str = ""


class OffersView(QueryView):
    """List what a customer can have, and what not yet, with the reason."""

    permission = SEE_COUPONS
    query: ClassVar[Any] = OffersQuery
    answer = list[OfferShown]

    def ask(self, query: OffersQuery, **path: Any) -> list[OfferShown]:
        whose = customer(path["customer_id"]).id
        merchant_id, pos_id = ids_of(place_named(self.principal, query.pos) if query.pos else None)
        found = queries.offers(whose, merchant_id=merchant_id, pos_id=pos_id)
        return [shown(card, self.tenant.currency) for card in found]


class OwnOffersView(OwnView, QueryView):
    """List what can be had now, and what is missing for the rest."""

    answer = list[OfferShown]

    def ask(self, query: None, **path: Any) -> list[OfferShown]:
        return [shown(card, self.tenant.currency) for card in queries.offers(self.customer_id, for_customer=True)]


class PublicOffersView(VisitorView, QueryView):
    """List the rewards that everybody may see."""

    answer = list[OfferShown]

    def ask(self, query: None, **path: Any) -> list[OfferShown]:
        return [shown(card, self.tenant.currency) for card in queries.public_offers()]


def shown(card: queries.OfferCard, currency: str) -> OfferShown:
    """An offer as the API shows it."""
    terms = card.content.terms
    same = {name: getattr(card, name) for name in ("reward_id", "kind", "points", "wallet", "amount", "can_be_had", "missing", "left")}
    return OfferShown(
        text=words(card.content),
        photos=[address_of(photo) for photo in card.content.photos],
        icon=address_of(card.content.icon),
        category=terms.category,
        labels=list(terms.labels),
        featured=terms.featured,
        more_at=terms.more_at,
        currency=currency,
        why=why(card.refusal),
        **same,
    )
