"""Events of no context, to try the store on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Literal
from uuid import UUID

from loyalty.domain.event import Metadata, Personal, event
from loyalty.domain.identity import new_id
from loyalty.eventstore.store import Commit, NewEvent


@event("probe.counted")
class Counted:
    """Something was counted."""

    number: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    sku: str
    quantity: int
    unit_price: Decimal


@event("probe.everything_happened")
class EverythingHappened:
    """Holds one field of every type that an event may have."""

    stream_id: UUID
    number: int
    text: str
    share: Fraction
    price: Decimal
    at: datetime
    on: date
    kind: Literal["goods", "fee"]
    numbers: tuple[int, ...]
    lines: tuple[Line, ...]
    certain: bool = True
    maybe: int | None = None
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Address:
    street: str
    city: str


@event("probe.person_met", subject="person_id")
class PersonMet:
    """Somebody was met."""

    person_id: UUID
    name: Personal[str]
    born_on: Personal[date | None] = None
    address: Personal[Address | None] = None
    friends: Personal[tuple[str, ...]] = ()
    vip: bool = False


def metadata(command_id: UUID | None = None, *, channel: str = "till") -> Metadata:
    made = command_id or new_id()
    return Metadata(
        command_id=made, correlation_id=made, causation_id=None, actor="staff:7", channel=channel, occurred_at=datetime.now(UTC)
    )  # fmt: skip


def commit(*events: tuple[UUID, object], command_id: UUID | None = None) -> Commit:
    """One command that decided `events`, each with its stream."""
    return Commit(metadata(command_id), [NewEvent(stream, e) for stream, e in events])


def counted(stream: UUID, numbers: Sequence[int]) -> Commit:
    return commit(*((stream, Counted(number=n)) for n in numbers))
