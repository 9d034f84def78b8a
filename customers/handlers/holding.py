"""Whose a phone or email is that somebody has just proven: numbers change hands."""

from __future__ import annotations

from uuid import UUID

from customers.claims import holder_of
from customers.commands import LoseIdentifier
from customers.domain.challenge import ChallengeKind
from customers.domain.doors import DoorRules
from customers.standing import is_dormant
from loyalty.bus import Unit
from loyalty.domain.errors import DomainError

Shown = tuple[ChallengeKind, str]
"""What was proven, in its normal form."""


def holder_shown(unit: Unit, shown: Shown, fact: str, anew: bool, settled: DoorRules) -> tuple[UUID | None, str | None]:
    """The customer who holds it, None for nobody; and the second fact that must be theirs, None where the code is enough.

    Who did nothing for long may have lost the number: nothing of them is told, and nothing of theirs changed, before somebody says a fact.
    Who begins `anew` takes the number, and nothing else. Raises DomainError `customers.fact_missing`.
    """
    customer_id = holder_of(unit, *shown)
    if customer_id is None or not is_dormant(unit, customer_id, settled):
        return customer_id, None
    if anew:
        unit.dispatch(LoseIdentifier(customer_id=customer_id, kind=shown[0], value=shown[1]))
        return None, None
    if not fact.strip():
        raise DomainError("customers.fact_missing", field="fact")
    return customer_id, fact
