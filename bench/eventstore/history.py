"""Whether history makes anything dearer: streams and stores of different lengths, asked in turn.

Stores are filled by `event.append`, 1,000 events on 200 new streams a call, so that their chains, heads and commands are
real. Every store is a database of its own on one server.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

from django.db import connections

from bench import report
from bench.eventstore.facts import AN_ID, commit, metadata_text, points, text
from bench.eventstore.figures import Measure, side_by_side
from bench.eventstore.ground import TEMPLATE, create, drop, point_to, settle
from loyalty.eventstore import store

LENGTHS = (10, 1_000, 100_000)
STREAMS, EACH = 200, 5
FILL = f"""select from event.append(
    array(select gen_random_uuid() from generate_series(1, {STREAMS})), array_fill(0, array[{STREAMS}]),
    array[uuidv7()], array[%s::text],
    array(select 1 + n %% {STREAMS} from generate_series(0, {STREAMS * EACH - 1}) n), array_fill(1, array[{STREAMS * EACH}]),
    array(select uuidv7() from generate_series(1, {STREAMS * EACH})), array_fill('bench.points_earned'::text, array[{STREAMS * EACH}]),
    array_fill(1::smallint, array[{STREAMS * EACH}]), array_fill(%s::text, array[{STREAMS * EACH}]))"""
SOME = 500
Grown = list[Any]
"""A stream and its version, which grows."""


@contextmanager
def stores(sizes: tuple[int, ...]) -> Iterator[dict[int, str]]:
    """A database of each size, by its number of events."""
    names = {size: f"bench_eventstore_{size}" for size in sizes}
    try:
        for size, name in names.items():
            create(name, TEMPLATE)
            point_to(name)
            fill(size)
            settle()
        yield names
    finally:
        for name in names.values():
            drop(name)


def fill(events: int) -> None:
    with connections["default"].cursor() as cursor:
        for _ in range(events // (STREAMS * EACH)):
            cursor.execute(FILL, [metadata_text(), text(points(AN_ID))])


def by_store(names: dict[int, str], rounds: int, calls: int) -> str:
    """Milliseconds of an append and of two reads in stores of different sizes."""
    streams = {size: some_streams(name) for size, name in names.items()}
    tasks: dict[str, Callable[[int], Measure]] = {
        "append one event": lambda size: in_store(names[size], appending(streams[size], calls)),
        "load a stream of 5": lambda size: in_store(names[size], loading([s for s, _ in streams[size]], calls)),
        "read the newest 100": lambda size: in_store(names[size], tail(calls)),
    }
    return table("events in the store", tasks, tuple(names), rounds)


def by_stream(name: str, rounds: int, calls: int, lengths: tuple[int, ...] = LENGTHS) -> str:
    """The same for streams of different lengths in one store."""
    point_to(name)
    long = {length: grown(length) for length in lengths}
    settle()
    tasks: dict[str, Callable[[int], Measure]] = {
        "append one event": lambda length: appending([long[length]], calls),
        "load its last 5": lambda length: loading([long[length][0]], calls, lambda: long[length][1] - 5),
    }
    return table("events in the stream", tasks, lengths, rounds)


def table(head: str, tasks: dict[str, Callable[[int], Measure]], sizes: tuple[int, ...], rounds: int) -> str:
    rows = []
    for what, task in tasks.items():
        rates = side_by_side(rounds, *(task(size) for size in sizes))
        cells = [f"{1000 / statistics.median(seen):.2f} ms" for seen in rates]
        growth = statistics.median(last / first for first, last in zip(rates[0], rates[-1], strict=True))
        rows.append(" | ".join([what, *cells, f"× {1 / growth:.2f}"]))
    return report.table(" | ".join([head, *(f"{size:,}" for size in sizes), "dearer"]), rows)


def in_store(name: str, measure: Measure) -> Measure:
    def there() -> float:
        point_to(name)
        return measure()

    return there


def some_streams(name: str) -> list[Grown]:
    """Streams from all over the store, with their versions."""
    point_to(name)
    with connections["default"].cursor() as cursor:
        cursor.execute("select stream_id, version from event.stream where version = %s order by random() limit %s", [EACH, SOME])
        return [list(row) for row in cursor.fetchall()]


def grown(length: int) -> Grown:
    """A new stream of this length and its version."""
    stream, version = uuid4(), 0
    while version < length:
        size = min(1000, length - version)
        store.append({stream: version}, [commit([(stream, points(stream)) for _ in range(size)])])
        version += size
    return [stream, version]


def appending(streams: list[Grown], calls: int) -> Measure:
    def once() -> None:
        chosen = random.choice(streams)
        store.append({chosen[0]: chosen[1]}, [commit([(chosen[0], points(chosen[0]))])])
        chosen[1] += 1

    return paced(once, calls)


def loading(streams: list[UUID], calls: int, after: Callable[[], int] = lambda: 0) -> Measure:
    return paced(lambda: store.load(random.choice(streams), after=after()), calls)


def tail(calls: int) -> Measure:
    def once() -> None:
        top = store.horizon(using="default")
        store.read(top - 100, 100, up_to=top, using="default")

    return paced(once, calls)


def paced(once: Callable[[], object], calls: int) -> Measure:
    """The rate of the median call: one that meets a checkpoint does not count for all."""

    def measured() -> float:
        seconds = []
        for number in range(calls + 10):
            begun = time.perf_counter()
            once()
            if number >= 10:
                seconds.append(time.perf_counter() - begun)
        return 1 / statistics.median(seconds)

    return measured
