"""What aggregates are folded from: the events of streams without who recorded them and when, which is half of what a log holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from loyalty.eventstore.arrays import int_array, uuid_array
from loyalty.eventstore.codec import shape_named
from loyalty.eventstore.keys import SubjectKeys
from loyalty.eventstore.store import TENANT, Query

FACTS = f"""select w.place, f.* from unnest(%s, %s) with ordinality w (id, after, place)
    join event.stream s on s.tenant_id = {TENANT} and s.stream_id = w.id and s.version > w.after
    cross join lateral (
        select e.version, e.event_id, e.name, e.schema_version, e.payload::text from event.event e
         where e.tenant_id = {TENANT} and e.stream_id = w.id and e.version > w.after and e.position >= s.first_position
         order by e.version offset 0) f
    order by w.place, f.version"""


class Fact(NamedTuple):
    """An event of a stream, and the stream's version with it."""

    stream_id: UUID
    version: int
    event: Any


def facts_query(stream_ids: Sequence[UUID], after: Sequence[int] | None = None) -> Query:
    """Rows for `facts_in`, by stream and version: the events of each stream with a version above the one in `after`."""
    return FACTS, (uuid_array(stream_ids), int_array(after if after is not None else [0] * len(stream_ids)))


def facts_in(rows: Sequence[tuple[Any, ...]], stream_ids: Sequence[UUID], tenant_id: int, *, using: str = "default") -> list[Fact]:
    """The events in the rows of a `facts_query` of these streams. Asks once for the keys of all people in them, when there are any."""
    shapes = [shape_named(row[3]) for row in rows]
    told = (shape.subject_in(row[5]) for row, shape in zip(rows, shapes, strict=True))
    keys = SubjectKeys(using).live([(tenant_id, subject) for subject in told if subject is not None])
    return [
        Fact(stream_ids[place - 1], version, shape.decode(schema, payload, tenant_id, event_id, keys))
        for (place, version, event_id, _, schema, payload), shape in zip(rows, shapes, strict=True)
    ]
