"""The thing that decides: its state is the fold of its events, its decisions are new events."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, ClassVar, Self, get_args, get_type_hints
from uuid import UUID


class Aggregate:
    """Decide, then evolve: a deciding method checks every rule and calls `record`; `evolve` never refuses.

    `version` is that of the last event taken from the log; `pending` holds the events decided since.
    """

    stream: ClassVar[str]
    stays_folded: ClassVar[bool] = True
    """Whether a process keeps its fold for the next command: not where a stream sees one or two commands in its life."""

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
    @cache
    def kinds(cls) -> frozenset[Any]:
        """The events that its streams consist of: those that `evolve` says it takes."""
        told = get_type_hints(cls.evolve)["event"]
        return frozenset(get_args(told) or (told,))

    @classmethod
    def replay(cls, stream_id: UUID, events: Iterable[object]) -> Self:
        """The state after `events`, in their order."""
        it = cls(stream_id)
        for event in events:
            it.evolve(event)
            it.version += 1
        return it
