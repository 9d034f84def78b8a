"""The rewards in force, as sellers tell customers of them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from loyalty.house.templatetags.house import language
from loyalty.tenancy.middleware import tenant_of_id
from rewards.called import Called
from rewards.domain.offer import usable_here
from rewards.domain.terms import RewardText
from rewards.queries.here import tenant_here
from rewards.queries.offers import cards_of, live_offers, occasion_here
from rewards.wording import beside, gives_sentence, price_text

WITHIN = {
    "cost", "tax_rate", "daily_budget", "codes", "code_prefix", "public", "featured", "category", "labels", "more_at", "alone",
    "exclusive_group", "visible",
}  # fmt: skip
"""Fields that are the company's own, or stand elsewhere on the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardOnShow:
    """A reward that customers see now: what it `gives`, its `price` for everybody, and what else is asked (“Stock: 10”); `photo` is ""
    where there is none, and of `left` None there are enough.
    """

    reward_id: UUID
    category: str
    text: RewardText
    photo: str
    gives: str
    price: str
    conditions: tuple[str, ...]
    left: int | None


def rewards_on_show(merchant_id: UUID | None, pos_id: UUID | None) -> list[RewardOnShow]:
    """What customers can have for points or be given now at a place, whoever they are: by category, featured ones first."""
    occasion = occasion_here(None, merchant_id, pos_id)
    found = [offer for offer in live_offers(occasion) if offer.is_visible(occasion) and usable_here(offer.terms, occasion) is None]
    around = Called(tenant_of_id(tenant_here()))
    said = [
        RewardOnShow(
            reward_id=card.reward_id,
            category=card.content.terms.category,
            text=card.content.called(language()),
            photo=next(iter(card.content.photos), card.content.icon),
            gives=gives_sentence(card.content.terms, around),
            price=price_text(card.content.terms, around),
            conditions=tuple(f"{one.title}: {one.words}" for one in beside(card.content, around, leaving=WITHIN)),
            left=card.left,
        )
        for card in cards_of(found, occasion, None, {})
    ]
    return sorted(said, key=lambda one: one.category)
