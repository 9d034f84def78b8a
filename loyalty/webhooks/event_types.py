"""What other systems can be told, as each context declares it in its module `webhooks`:

    @published("points.earned.v1", _("Points earned"), PointsEarned, permission=SEE_ACCOUNTS)
    class PointsEarnedHook(Struct, frozen=True, kw_only=True):
        '''A purchase brought its customer points.'''

        customer_id: UUID
        points: int
        …

The shape is what `data` holds: fields of the same name are taken from the event; where more is to be done, a static method `of` makes the
shape of an event, or None where there is nothing to tell. A published shape only gains fields with defaults; anything else is a new type,
“points.earned.v2”, beside the old one. Ids and facts only: nothing by which somebody who does not know the programme could tell who it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from django.utils.module_loading import autodiscover_modules

from loyalty.domain.event import Recorded
from loyalty.staff.principal import Principal

T = TypeVar("T")
NAME = re.compile(r"[a-z_]+\.[a-z_]+\.v[1-9][0-9]*\Z", re.ASCII)
TEST = "webhook.test.v1"
"""What a test brings: subscribed to by nobody, sent to whom it is asked for."""


@dataclass(frozen=True, slots=True)
class EventType:
    """`permission` is what somebody needs who has others told of it."""

    name: str
    title: Any
    shape: type[Any]
    events: tuple[type[Any], ...]
    permission: str

    @property
    def meaning(self) -> str:
        """The sentence that documents it."""
        return " ".join((self.shape.__doc__ or "").split())


EVENT_TYPES: dict[str, EventType] = {}
TYPES_OF: dict[type[Any], list[EventType]] = {}


def published(name: str, title: Any, *events: type[Any], permission: str) -> Callable[[type[T]], type[T]]:
    """Declare the shape of an event type. Raises ValueError for a name that is taken, or is not “thing.happened.v1”."""

    def declare(shape: type[T]) -> type[T]:
        if not NAME.match(name):
            raise ValueError(f"{name!r} is no event type: write thing.happened.v1")
        if name in EVENT_TYPES:
            raise ValueError(f"the event type {name} is declared twice")
        EVENT_TYPES[name] = made = EventType(name, title, shape, events, permission)
        for kind in events:
            TYPES_OF.setdefault(kind, []).append(made)
        return shape

    return declare


def discover() -> None:
    """Have every context declare what it tells."""
    autodiscover_modules("webhooks")


def told(event_type: EventType, event: Any) -> Any:
    """What a type tells of an event; None: nothing."""
    make = getattr(event_type.shape, "of", None)
    return make(event) if make else msgspec.convert(event, event_type.shape, from_attributes=True)


def body_of(name: str, data: Any, event_id: UUID, at: datetime) -> str:
    """The JSON that is sent: `type`, `timestamp`, `event_id` (the same for every endpoint) and `data`."""
    return msgspec.json.encode({"type": name, "timestamp": at, "event_id": event_id, "data": data}).decode()


def body_of_event(event_type: EventType, recorded: Recorded[Any]) -> str | None:
    """What is sent of an event; None: nothing."""
    data = told(event_type, recorded.event)
    return None if data is None else body_of(event_type.name, data, recorded.event_id, recorded.metadata.occurred_at)


def offered(principal: Principal) -> list[EventType]:
    """What somebody may have others told, by name."""
    return sorted((one for one in EVENT_TYPES.values() if principal.may(one.permission)), key=lambda one: one.name)


def readable(principal: Principal, name: str) -> bool:
    """Whether somebody may read what was told of a type; of one that is not known any more, nobody."""
    return name == TEST or (name in EVENT_TYPES and principal.may(EVENT_TYPES[name].permission))


def beyond(principal: Principal, names: Iterable[str]) -> list[str]:
    """Those of the types of which somebody may not tell others."""
    return [name for name in names if name in EVENT_TYPES and not principal.may(EVENT_TYPES[name].permission)]
