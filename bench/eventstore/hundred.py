"""A hundred events of one command beside one plain insert of a hundred rows; both make their rows from the same events in Python."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.db import connections

from bench.eventstore.facts import commit, metadata, points
from bench.eventstore.figures import Figure, side_by_side
from bench.eventstore.ground import TENANT
from loyalty.domain.identity import new_id
from loyalty.eventstore import store
from loyalty.eventstore.arrays import int_array, text_array, uuid_array
from loyalty.eventstore.codec import encode_metadata, shape_of

EVENTS = 100
WARM_UP = 10
INSERT = """insert into plain (tenant_id, stream_id, version, event_id, name, schema_version, recorded_at, payload, metadata,
        previous_hash, hash)
    select %s, x.stream, x.version, x.id, x.name, 1, clock_timestamp(), x.payload::json, %s::json, %s, %s
      from unnest(%s::uuid[], %s::int[], %s::uuid[], %s::text[], %s::text[]) x (stream, version, id, name, payload)"""
HASH = b"\xab" * 32
Work = Callable[[list[UUID], int], None]
"""One command on these streams, each of which is at this version."""


def measure(rounds: int, commands: int) -> list[Figure]:
    found = []
    for streams, aim in ((1, 0.6), (EVENTS, 0.5)):
        log, plain = side_by_side(rounds, repeated(append, streams, commands), repeated(insert, streams, commands))
        found.append(Figure(f"{EVENTS} events on {streams} stream{'s' * (streams > 1)}", log, plain, aim))
    return found


def repeated(work: Work, streams: int, commands: int) -> Callable[[], float]:
    """A measure: commands per second, on streams that grow."""

    def measured() -> float:
        ids = sorted(uuid4() for _ in range(streams))
        for number in range(WARM_UP):
            work(ids, number * (EVENTS // streams))
        begun = time.perf_counter()
        for number in range(WARM_UP, WARM_UP + commands):
            work(ids, number * (EVENTS // streams))
        return commands / (time.perf_counter() - begun)

    return measured


def append(streams: list[UUID], version: int) -> None:
    events: list[tuple[UUID, object]] = [(streams[n % len(streams)], points(streams[n % len(streams)], n)) for n in range(EVENTS)]
    store.append(dict.fromkeys(streams, version), [commit(events)])


def insert(streams: list[UUID], version: int) -> None:
    events = [(streams[n % len(streams)], points(streams[n % len(streams)], n)) for n in range(EVENTS)]
    shape = shape_of(type(events[0][1]))
    raw: Any = connections["default"].connection
    raw.execute(
        INSERT,
        (
            TENANT,
            encode_metadata(metadata()).decode(),
            HASH,
            HASH,
            uuid_array([stream for stream, _ in events]),
            int_array([version + 1 + n // len(streams) for n in range(EVENTS)]),
            uuid_array([new_id() for _ in events]),
            text_array([shape.name for _ in events]),
            text_array([shape.encode(event, TENANT, stream, None) for stream, event in events]),
        ),
    )
