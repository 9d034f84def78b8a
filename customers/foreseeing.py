"""What a merge of two customers would bring, and what undoing it would leave to each, for whoever decides. Needs an open `reading`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

from customers import queries
from customers.merged_since import since_merged
from earning.queries import balance, held_apart, levels_of, wallets

Difference = Literal["name", "birth_date", "gender", "language", "phone", "email", "card", "external_id", "state"]


@dataclass(frozen=True, slots=True)
class InWallet:
    """What both have in a wallet, and together, in its smallest unit; below zero it is owed."""

    wallet: str
    survivor: int
    absorbed: int
    together: int


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Who would stand for both (or does, where they are `merged`), and who would be merged; what they have, and where they differ."""

    survivor: queries.CustomerCard
    absorbed: queries.CustomerCard
    merged: bool
    wallets: tuple[InWallet, ...]
    survivor_levels: tuple[str, ...]
    absorbed_levels: tuple[str, ...]
    differing: tuple[Difference, ...]


def foreseen(one_id: UUID, other_id: UUID) -> Foreseen:
    """What a merge of the two would bring. Raises NotFound `customers.not_found`."""
    one, other = queries.customer(one_id), queries.customer(other_id)
    survivor, absorbed = sorted((one, other), key=lambda card: (card.registered_at, card.id))
    merged = survivor.id == absorbed.id
    held = [(code, _held(survivor.id, code), _held(absorbed.id, code)) for code in _codes()]
    return Foreseen(
        survivor=survivor,
        absorbed=absorbed,
        merged=merged,
        wallets=tuple(InWallet(code, mine, theirs, mine if merged else mine + theirs) for code, mine, theirs in held if mine or theirs),
        survivor_levels=_levels(survivor.id),
        absorbed_levels=_levels(absorbed.id),
        differing=() if merged else tuple(_differing(survivor, absorbed)),
    )


def parted(absorbed_id: UUID) -> tuple[InWallet, ...]:
    """What undoing the merge of somebody would leave to who stands for them, and to them."""
    found = queries.absorbed(absorbed_id)
    if found is None:
        return ()
    leaving = queries.merged_into(absorbed_id)
    staying = [side for side in queries.sides(found.survivor_id) if side not in leaving]
    since, told = since_merged(absorbed_id, staying, leaving), []
    for code in _codes():
        mine, theirs = held_apart((staying, leaving), since, code)
        together = _held(found.survivor_id, code)
        if mine or theirs or together:
            told.append(InWallet(code, mine, theirs, together))
    return tuple(told)


def _codes() -> list[str]:
    return list(dict.fromkeys(["points", *(card.code for card in wallets())]))


def _held(customer_id: UUID, wallet: str) -> int:
    found = balance(customer_id, datetime.now(UTC), wallet)
    return found.balance - found.debt


def _levels(customer_id: UUID) -> tuple[str, ...]:
    return tuple(level.code for level in levels_of([customer_id])[customer_id])


def _differing(survivor: queries.CustomerCard, absorbed: queries.CustomerCard) -> list[Difference]:
    mine, theirs = (_facts(card) for card in (survivor, absorbed))
    return [name for name, value in mine.items() if value and theirs[name] and value != theirs[name]]


def _facts(card: queries.CustomerCard) -> dict[Difference, Any]:
    known, seen = queries.profile(card.id), queries.contacts(card.id)
    return {
        "name": card.name if card.name != card.code else "",
        "birth_date": known.birth_date,
        "gender": "" if known.gender == "undisclosed" else known.gender,
        "language": known.language,
        "phone": seen.phone,
        "email": seen.email,
        "card": seen.card,
        "external_id": seen.external_id,
        "state": card.state,
    }
