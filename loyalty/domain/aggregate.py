"""The thing that decides: its state is the fold of its events, its decisions are new events."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Self
from uuid import UUID


class Aggregate:
    """Decide, then evolve: a deciding method checks every rule and calls `record`; `evolve` never refuses.

    `version` is that of the last event taken from the log; `pending` holds the events decided since.
    """

    stream: ClassVar[str]

    def __init__(self, stream_id: UUID) -> None:
        self.id = stream_id
        self.version = 0
        self.pending: list[Any] = []

    @property
    def exists(self) -> bool:
        """Whether anything has ever happened to it."""
        return self.version > 0 or bool(self.pending)

    def record(self, event: object) -> None:
        self.evolve(event)
        self.pending.append(event)

    def evolve(self, event: Any) -> None:
        raise TypeError(f"{type(self).__name__} does not say how it evolves")

    @classmethod
    def replay(cls, stream_id: UUID, events: Iterable[object]) -> Self:
        """The state after `events`, in their order."""
        it = cls(stream_id)
        for event in events:
            it.evolve(event)
            it.version += 1
        return it
