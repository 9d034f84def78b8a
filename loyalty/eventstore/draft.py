"""Events on their way into the log: what a command decided, and the parameters of the one statement that appends it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, NamedTuple
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from loyalty.domain.event import Metadata
from loyalty.domain.identity import IN_ORDER, new_id
from loyalty.eventstore.arrays import int_array, smallint_array, text_array, uuid_array
from loyalty.eventstore.codec import encode_metadata, shape_of
from loyalty.eventstore.keys import Subject


class NewEvent(NamedTuple):
    """An `@event` instance, and the stream it is for."""

    stream_id: UUID
    event: object


@dataclass(frozen=True, slots=True)
class Commit:
    """All events of one command, in their order; `metadata.command_id` says which."""

    metadata: Metadata
    events: Sequence[NewEvent]


class Draft:
    """An event with its id, before it has a place. `command` is the number (from 1) of its command in this append."""

    __slots__ = ("command", "event", "event_id", "metadata", "shape", "stream_id", "subject")

    def __init__(self, command: int, metadata: Metadata, new: NewEvent) -> None:
        self.command = command
        self.metadata = metadata
        self.stream_id = new.stream_id
        self.event = new.event
        self.event_id = new_id()
        self.shape = shape_of(type(new.event))
        self.subject = self.shape.subject_of(new.event)

    def forget_erased(self, known: Collection[UUID]) -> None:
        """Leave out what would tell of a person who is not among those `known`: their key was destroyed."""
        if self.subject is not None and self.subject not in known:
            self.event, self.subject = self.shape.without_person(self.event), None

    def payload(self, keys: Mapping[Subject, AESGCM], tenant_id: int) -> bytes:
        key = keys[tenant_id, self.subject] if self.subject is not None else None
        return self.shape.encode(self.event, tenant_id, self.event_id, key)


def parameters_of_one(expected: Mapping[UUID, int], draft: Draft, keys: Mapping[Subject, AESGCM]) -> tuple[Any, ...]:
    """The parameters of `event.append_one`."""
    return (
        draft.stream_id,
        expected[draft.stream_id],
        draft.metadata.command_id,
        encode_metadata(draft.metadata).decode(),
        draft.event_id,
        draft.shape.kind.name,
        draft.shape.kind.version,
        draft.payload(keys, tenant_of(keys)).decode(),
    )


def parameters_of_few(expected: Mapping[UUID, int], drafts: Sequence[Draft], keys: Mapping[Subject, AESGCM]) -> tuple[Any, ...]:
    """The parameters of `event.append_few`; all of `drafts` are of one command."""
    heads = sorted({d.stream_id for d in drafts}, key=IN_ORDER)
    of_stream = [[n for n, d in enumerate(drafts) if d.stream_id == h] for h in heads]
    places = [n for of_one in of_stream for n in of_one]
    ordered = [drafts[n] for n in places]
    tenant_id = tenant_of(keys)
    return (
        uuid_array(heads),
        int_array([expected[h] for h in heads]),
        int_array(list(accumulate(map(len, of_stream)))),
        drafts[0].metadata.command_id,
        encode_metadata(drafts[0].metadata).decode(),
        int_array([n + 1 for n in places]),
        uuid_array([d.event_id for d in ordered]),
        text_array([d.shape.name for d in ordered]),
        smallint_array([d.shape.kind.version for d in ordered]),
        text_array([d.payload(keys, tenant_id) for d in ordered]),
    )


def tenant_of(keys: Mapping[Subject, AESGCM]) -> int:
    """Keys know their tenant; without keys nobody asks."""
    return next(iter(keys))[0] if keys else 0


def parameters(
    expected: Mapping[UUID, int], commits: Sequence[Commit], drafts: Sequence[Draft], keys: Mapping[Subject, AESGCM]
) -> tuple[Any, ...]:
    """The parameters of `event.append`."""
    heads = sorted({d.stream_id for d in drafts}, key=IN_ORDER)
    number_of = {stream: number for number, stream in enumerate(heads, 1)}
    tenant_id = tenant_of(keys)
    return (
        uuid_array(heads),
        int_array([expected[h] for h in heads]),
        uuid_array([c.metadata.command_id for c in commits]),
        text_array([encode_metadata(c.metadata) for c in commits]),
        int_array([number_of[d.stream_id] for d in drafts]),
        int_array([d.command for d in drafts]),
        uuid_array([d.event_id for d in drafts]),
        text_array([d.shape.name for d in drafts]),
        smallint_array([d.shape.kind.version for d in drafts]),
        text_array([d.payload(keys, tenant_id) for d in drafts]),
    )
