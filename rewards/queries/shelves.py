"""Rewards by category, in the order that staff gave them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from rewards.domain.terms import RewardTerms
from rewards.queries.said import SaidOffer

T = TypeVar("T")


def on_shelves(found: Iterable[T], terms_of: Callable[[T], RewardTerms]) -> list[tuple[str, list[T]]]:
    """Each category ("": none) with what stands in it, as it was found; first the category of the smallest `sort_order`, then by name."""
    shelves: dict[str, list[T]] = {}
    for one in found:
        shelves.setdefault(terms_of(one).category, []).append(one)
    return sorted(shelves.items(), key=lambda shelf: (min(terms_of(one).sort_order for one in shelf[1]), shelf[0]))


def terms_of_offer(offer: SaidOffer) -> RewardTerms:
    """Under what terms it is offered."""
    return offer.card.content.terms
