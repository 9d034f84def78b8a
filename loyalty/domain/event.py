"""Facts: what an event is, how it is named, and which of its fields are personal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Annotated, Any, Generic, NamedTuple, TypeVar, dataclass_transform, get_args, get_origin, get_type_hints
from uuid import UUID

T = TypeVar("T")


class PersonalMark:
    """Marks a field whose value is encrypted with the key of the person it speaks of."""

    def __repr__(self) -> str:
        return "personal"


Personal = Annotated[T, PersonalMark()]


class Erased(str):
    """What a personal field reads as once the person's key is destroyed."""

    __slots__ = ()


ERASED = Erased("ERASED")


@dataclass(frozen=True, slots=True)
class EventType:
    """The published identity of an event class: its name and schema version outlive the class."""

    name: str
    version: int
    cls: type[Any]
    subject: str | None
    personal: tuple[str, ...]


EVENT_TYPES: dict[str, EventType] = {}
TYPE_OF: dict[type[Any], EventType] = {}


@dataclass_transform(frozen_default=True, kw_only_default=True)
def event(name: str, *, version: int = 1, subject: str | None = None) -> Callable[[type[T]], type[T]]:
    """Declare a frozen, keyword-only event under its published `name` ("context.what_happened").

    `subject` names the field with the id of the person that `Personal[...]` fields speak of.
    Raises ValueError when the name is taken, or personal fields have no subject.
    """

    def declare(cls: type[T]) -> type[T]:
        made = dataclass(frozen=True, slots=True, kw_only=True)(cls)
        personal = personal_fields(made)
        if personal and subject not in {f.name for f in fields(made)}:  # type: ignore[arg-type]
            raise ValueError(f"{name} has personal fields {personal} but no subject")
        if name in EVENT_TYPES:
            raise ValueError(f"the event name {name} is taken by {EVENT_TYPES[name].cls}")
        EVENT_TYPES[name] = TYPE_OF[made] = EventType(name, version, made, subject, personal)
        return made

    return declare


def personal_fields(cls: type[Any]) -> tuple[str, ...]:
    """Names of the fields of `cls` that are typed `Personal[...]`."""
    hints = get_type_hints(cls, include_extras=True)
    return tuple(
        n for n, hint in hints.items() if get_origin(hint) is Annotated and any(isinstance(a, PersonalMark) for a in get_args(hint))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """Who did what, when, why: the circumstances of an event, the same for all events of one command.

    `actor` is "staff:<id>", "customer:<id>", "process:<name>" or "system"; `channel` is where it came in
    ("till", "admin", "api", "import", "process", "demo"); `occurred_at` is the clock of the command.
    """

    command_id: UUID
    correlation_id: UUID
    causation_id: UUID | None
    actor: str
    channel: str
    occurred_at: datetime


E_co = TypeVar("E_co", covariant=True)


class Recorded(NamedTuple, Generic[E_co]):
    """An event as the log holds it. `position` orders the whole log, `version` its stream (from 1)."""

    position: int
    tenant_id: int
    stream_id: UUID
    version: int
    event_id: UUID
    name: str
    event: E_co
    metadata: Metadata
    recorded_at: datetime
