"""The rewards in force, as sellers tell customers of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from uuid import UUID

from loyalty.house.templatetags.house import language
from loyalty.tenancy.middleware import tenant_of_id
from rewards.called import Called
from rewards.domain.offer import Occasion, Offer, usable_here
from rewards.domain.terms import RewardTerms, RewardText
from rewards.queries.here import asked, tenant_here
from rewards.queries.offers import cards_of, live_offers, occasion_here
from rewards.rewardbook import offer_now
from rewards.wording import beside, gives_sentence, price_text

WITHIN = {
    "cost", "tax_rate", "daily_budget", "codes", "code_prefix", "public", "featured", "category", "labels", "more_at", "sort_order",
    "alone", "exclusive_group", "visible",
}  # fmt: skip
"""Fields that are the company's own, or stand elsewhere on the page."""
ASKED_OF_BUYERS = {"active", "early_access", "levels", "segments", "prices_for_some", "sold"}
"""What a code is had without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardOnShow:
    """A reward that customers see now: what it `gives`, its `price` for everybody, and what else is asked (“Stock: 10”); `photo` is ""
    where there is none, and of `left` None there are enough.
    """

    reward_id: UUID
    terms: RewardTerms
    text: RewardText
    photo: str
    gives: str
    price: str
    conditions: tuple[str, ...]
    left: int | None


def rewards_on_show(merchant_id: UUID | None, pos_id: UUID | None) -> list[RewardOnShow]:
    """What customers can have for points or be given now at a place, whoever they are, in the order in which they are shown."""
    occasion = occasion_here(None, merchant_id, pos_id)
    found = [offer for offer in live_offers(occasion) if offer.is_visible(occasion) and usable_here(offer.terms, occasion) is None]
    return _on_show(found, occasion)


def reward_by_code(
    reward_id: UUID, merchant_id: UUID | None = None, pos_id: UUID | None = None, customer_id: UUID | None = None
) -> RewardOnShow:
    """A reward of which somebody brings a code to a place, also one that is not shown; with what only it asks of its customers left out.

    Raises DomainError where nobody (or not this customer) can have it now, or it is for other places. As long as no customer is named, it
    may be one of those who have it earlier.
    """
    occasion = occasion_here(customer_id, merchant_id, pos_id)
    offer = offer_now(reward_id, tenant_here(), asked)
    if customer_id is None:
        occasion = replace(occasion, levels=[early.level for early in offer.terms.early_access])
    offer.refuse_not_given(occasion.now)
    if refusal := offer.not_in_force(occasion) or usable_here(offer.terms, occasion):
        raise refusal
    return _on_show([offer], occasion, leaving=ASKED_OF_BUYERS)[0]


def _on_show(found: list[Offer], occasion: Occasion, *, leaving: Collection[str] = ()) -> list[RewardOnShow]:
    around = Called(tenant_of_id(tenant_here()))
    return [
        RewardOnShow(
            reward_id=card.reward_id,
            terms=card.content.terms,
            text=card.content.called(language()),
            photo=next(iter(card.content.photos), card.content.icon),
            gives=gives_sentence(card.content.terms, around),
            price=price_text(card.content.terms, around),
            conditions=tuple(f"{one.title}: {one.words}" for one in beside(card.content, around, leaving=WITHIN | {*leaving})),
            left=card.left,
        )
        for card in cards_of(found, occasion, None, {})
    ]
