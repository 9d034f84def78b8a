"""Whose purchase it is: what somebody types to name a customer, and whom that can mean."""

from __future__ import annotations

from customers import queries as customers
from loyalty.search.fold import words

SHOWN = 20
"""How many there are to choose from, at most."""


def meant(typed: str) -> tuple[customers.CustomerCard | None, list[customers.CustomerCard]]:
    """The one customer whom `typed` can only mean, beside everybody whom it may mean, the best first. Needs an open `reading`.

    Points go to whoever is meant, so a name that is spelled a little differently, or the end of a phone, is only a proposal.
    """
    hits = customers.search(typed, SHOWN)
    only = hits[0] if len(hits) == 1 and _is_named(hits[0], typed) else None
    return customers.named(typed) or only, hits


def described(card: customers.CustomerCard) -> str:
    """What tells customers of one name apart: “Nguyễn Thị Đường · K7M2-9QXA · ••• 5678”."""
    return " · ".join(dict.fromkeys([card.name, card.code, *([f"••• {card.phone_last4}"] if card.phone_last4 else [])]))


def _is_named(card: customers.CustomerCard, typed: str) -> bool:
    name = words(card.name)
    asked = words(typed)
    return bool(asked) and all(any(part.startswith(word) for part in name) for word in asked)
