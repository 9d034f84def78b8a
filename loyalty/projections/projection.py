"""What a projection is: a pure function from facts to SQL statements, or a follower that writes elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from loyalty.domain.event import TYPE_OF, Recorded
from loyalty.eventstore.store import Unreadable

Statement = tuple[str, tuple[Any, ...]]
E = TypeVar("E", bound=Recorded[Any] | Unreadable)
PROJECTIONS: dict[str, Projection] = {}


class Projection:
    """Turns events into statements. One instance is registered for each subclass that has a `name`.

    - `events`: the event classes it follows, of any context.
    - `tables`: the tables that it alone writes; a rebuild makes them anew.
    - `inline`: written in the command's own transaction; otherwise it follows the log by checkpoint.
    - `after`: names of projections that follow the log by checkpoint and whose tables it reads: it comes no further than they have.
    - `chunks`: into how many parts of its keys the work is split among projector processes.

    `statements` gets events of one tenant in log order, and must give the same rows whether it sees them one by one
    or a thousand at a time: live and rebuilt are compared byte by byte.
    """

    name: ClassVar[str] = ""
    events: ClassVar[tuple[type[Any], ...]] = ()
    tables: ClassVar[tuple[str, ...]] = ()
    inline: ClassVar[bool] = False
    after: ClassVar[tuple[str, ...]] = ()
    chunks: ClassVar[int] = 1

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if cls.name:
            if cls.name in PROJECTIONS:
                raise ValueError(f"the projection name {cls.name} is taken")
            PROJECTIONS[cls.name] = cls()

    def key(self, recorded: Recorded[Any]) -> UUID | str:
        """What is ordered and stopped together: by default the stream. An event that cannot be made out stops its stream."""
        return recorded.stream_id

    def statements(self, batch: Sequence[Recorded[Any]]) -> Iterable[Statement]:
        raise TypeError(f"{self.name} does not say what it writes")

    @property
    def event_names(self) -> tuple[str, ...]:
        """Published names of the events that it follows."""
        return tuple(TYPE_OF[e].name for e in self.events)


class TryLater(Exception):
    """What a follower writes to cannot be reached. Nothing is wrong with the events: the same ones are taken in later."""


class Follower(Projection):
    """A projection whose writes go elsewhere than to Postgres (search documents, webhooks).

    `follow` runs in the checkpoint's transaction and must be harmless when repeated: give what it writes an outer
    version that grows with the log. Raises TryLater when that is not to be reached; any other failure is a poison event.
    """

    def applies(self) -> bool:
        """Whether what it writes to belongs to this installation; otherwise it keeps its place in the log."""
        return True

    def follow(self, tenant_id: int, batch: Sequence[Recorded[Any]], using: str) -> None:
        raise TypeError(f"{self.name} does not say what it does")


class SetProjection(Projection):
    """A projection that is one SQL statement over a stretch of the log: nothing passes through Python, so a rebuild is fast.

    `sql` reads `{events}`: the events it follows of one tenant and stretch, with the columns tenant_id, stream_id,
    version, position, name, payload (json) and recorded_at. Its key is the stream. `window` is how many positions of the
    log one statement takes in.
    """

    sql: ClassVar[str] = ""
    window: ClassVar[int] = 50_000


def grouped_by_tenant(batch: Sequence[E]) -> Mapping[int, list[E]]:
    """The batch of each tenant, each in log order."""
    groups: dict[int, list[E]] = {}
    for recorded in batch:
        groups.setdefault(recorded.tenant_id, []).append(recorded)
    return groups
