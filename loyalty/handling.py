"""Which handler carries out a command, which streams it will touch, and what it reads first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from uuid import UUID

from loyalty.domain.aggregate import Aggregate
from loyalty.domain.command import Circumstances, Command

if TYPE_CHECKING:
    from loyalty.unit import Unit

R = TypeVar("R")
C = TypeVar("C", bound=Command[Any])


class StreamRef(NamedTuple):
    """A stream that a command will touch, and the aggregate that it folds into."""

    cls: type[Aggregate]
    id: UUID


class Read(NamedTuple):
    """Rows that a handler needs beside its streams, fetched in the opening round trip.

    With a `key`, `sql` takes one array parameter (all keys of a batch at once) and returns the key as its first
    column; without, it takes none.
    """

    sql: str
    key: Any = None


@dataclass(frozen=True, slots=True)
class Handler:
    run: Callable[[Any, Unit], Any]
    streams: Callable[[Any, Circumstances], Iterable[StreamRef]]
    reads: Callable[[Any, Circumstances], Iterable[Read]]


HANDLERS: dict[type[Any], Handler] = {}


def handles(
    command: type[C],
    *,
    streams: Callable[[C, Circumstances], Iterable[StreamRef]],
    reads: Callable[[C, Circumstances], Iterable[Read]] = lambda command, circumstances: (),
) -> Callable[[Callable[[C, Unit], R]], Callable[[C, Unit], R]]:
    """Register the one handler of a command with the streams it will touch. Raises ValueError for a second one."""

    def register(run: Callable[[C, Unit], R]) -> Callable[[C, Unit], R]:
        if command in HANDLERS:
            raise ValueError(f"{command.__name__} is handled by {HANDLERS[command].run}")
        HANDLERS[command] = Handler(run, streams, reads)
        return run

    return register


def streams_of(command: Command[Any], circumstances: Circumstances) -> Iterable[StreamRef]:
    """The streams that `command` declares: a handler that will dispatch it jointly declares them too."""
    return HANDLERS[type(command)].streams(command, circumstances)
