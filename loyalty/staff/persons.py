"""Who stands behind an actor: a program acts for the member of staff who issued its token."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from loyalty.domain.command import Circumstances
from loyalty.handling import Read
from loyalty.unit import Unit

ISSUED_BY = "select id, issued_by from staff_apitoken where id = any (%s::uuid[])"


def reads_of_person(circumstances: Circumstances) -> Iterator[Read]:
    """What a command declares whose handler asks `person_behind`."""
    if (token_id := _token_of(circumstances.actor)) is not None:
        yield Read(ISSUED_BY, token_id)


def person_behind(unit: Unit) -> str:
    """The actor "staff:…" who gives the order, or issued the token by which a program does; the actor itself where that is nobody."""
    actor = unit.circumstances.actor
    if (token_id := _token_of(actor)) is None:
        return actor
    found = unit.rows(ISSUED_BY, token_id)
    return f"staff:{found[0][0]}" if found and found[0][0] else actor


def _token_of(actor: str) -> UUID | None:
    kind, _, token_id = actor.partition(":")
    try:
        return UUID(token_id) if kind == "token" else None
    except ValueError:
        return None
