"""The reward of the catalogue that a customer reaches next."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from earning.commands import NextInCatalogue
from loyalty.house.templatetags.house import language
from rewards.queries.offers import OfferCard, offers


def next_reward(customer_id: UUID, balances: Mapping[str, int]) -> NextInCatalogue | None:
    """Of what a customer could have, but for the points, what so much in each wallet misses by the least; in the reader's language.

    Of wallets that are not named it is what can be spent now. Needs an open `reading`.
    """

    def missing(card: OfferCard) -> int:
        return card.points - balances.get(card.wallet, card.available or 0)

    ahead = [card for card in offers(customer_id, for_customer=True) if card.refusal is None and missing(card) > 0]
    if not ahead:
        return None
    nearest = min(ahead, key=lambda card: (missing(card), card.points))
    return NextInCatalogue(
        reward_id=nearest.reward_id,
        name=nearest.content.called(language()).name,
        wallet=nearest.wallet,
        points=nearest.points,
        missing=missing(nearest),
    )
