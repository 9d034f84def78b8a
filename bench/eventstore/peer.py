"""Beside the package `eventsourcing` with its Postgres recorder: both through their Python API, with the same fields in an event."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from threading import Barrier
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID, uuid4

from django.db import connections
from eventsourcing.application import Application
from eventsourcing.domain import DomainEvent

from bench.eventstore.facts import AN_ID, NOW, commit, points
from bench.eventstore.figures import Figure, side_by_side
from bench.eventstore.ground import TENANT
from loyalty.eventstore import store

TAIL = 500
THREADS = 8
BEGIN = f"begin; select set_config('loyalty.tenant', '{TENANT}', true)"
Work = Callable[[UUID, int, int], None]
"""Appends so many events to a stream at a version."""


@dataclass(frozen=True)
class Earned(DomainEvent):
    """The fields of `PointsEarned`."""

    account_id: UUID
    purchase_id: UUID
    wallet: str
    points: int
    rule_ids: list[UUID]
    earned_at: datetime


def earned(account_id: UUID, version: int) -> Earned:
    return Earned(
        originator_id=account_id,
        originator_version=version,
        timestamp=Earned.create_timestamp(),
        account_id=account_id,
        purchase_id=AN_ID,
        wallet="points",
        points=25,
        rule_ids=[AN_ID],
        earned_at=NOW,
    )


def environment() -> dict[str, str]:
    """How the package reaches the same database; as its owner, since it makes its own tables."""
    parts = urlsplit(os.environ["DATABASE_OWNER_URL"])
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": parts.path.lstrip("/"),
        "POSTGRES_HOST": parts.hostname or "",
        "POSTGRES_PORT": str(parts.port),
        "POSTGRES_USER": unquote(parts.username or ""),
        "POSTGRES_PASSWORD": unquote(parts.password or ""),
        "POSTGRES_POOL_SIZE": str(THREADS + 2),
    }


class Shop(Application[UUID]):
    name = "Shop"


def measure(rounds: int, appends: int) -> list[Figure]:
    shop = Shop(environment())
    try:
        return [*appending(shop, rounds, appends), tail(shop, rounds, appends)]
    finally:
        shop.close()


def appending(shop: Shop, rounds: int, appends: int) -> list[Figure]:
    cases = [
        ("one event at a time, 1 thread", 1, 1, 3.0),
        (f"one event at a time, {THREADS} threads", THREADS, 1, 4.0),
        ("100 events at once, 1 thread", 1, 100, 2.5),
    ]
    found = []
    for what, threads, size, aim in cases:
        calls = max(1, appends // size // threads)
        works = (ours, in_a_transaction, theirs(shop))
        alone, begun, beside = side_by_side(rounds, *(spread(work, threads, calls, size) for work in works))
        found += [Figure(what, alone, beside, aim), Figure(f"{what}, begin and commit as round trips of their own", begun, beside)]
    return found


def spread(work: Work, threads: int, calls: int, size: int) -> Callable[[], float]:
    """A measure: events per second of `threads`, each with a stream of its own that gets `size` events so many times."""

    def one(_: int) -> None:
        stream = uuid4()
        for number in range(calls):
            work(stream, number * size, size)

    def measured() -> float:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(warm, [work] * threads))
            begun = time.perf_counter()
            list(pool.map(one, range(threads)))
            seconds = time.perf_counter() - begun
            list(pool.map(close, [Barrier(threads)] * threads))
        return threads * calls * size / seconds

    return measured


def warm(work: Work) -> None:
    stream = uuid4()
    for number in range(8):
        work(stream, number, 1)


def close(all_there: Barrier) -> None:
    """Close the connection of this thread: each waits for all others, so that none gets two turns and none keeps its own."""
    all_there.wait()
    connections["default"].close()


def ours(stream: UUID, version: int, size: int) -> None:
    """One call, one round trip, one durable transaction; the tenant is that of the connection."""
    store.append({stream: version}, [commit([(stream, points(stream)) for _ in range(size)])])


def in_a_transaction(stream: UUID, version: int, size: int) -> None:
    """The same in a transaction that sets its tenant: three round trips."""
    connection = connections["default"]
    connection.ensure_connection()
    raw: Any = connection.connection
    raw.execute(BEGIN, prepare=False)
    ours(stream, version, size)
    raw.execute("commit")


def theirs(shop: Shop) -> Work:
    return lambda stream, version, size: shop.events.put([earned(stream, version + 1 + n) for n in range(size)]) and None


def tail(shop: Shop, rounds: int, events: int) -> Figure:
    """The last events in global order, as objects."""
    calls = max(2, events // TAIL)
    for _ in range(max(1, TAIL // 100) + 1):
        theirs(shop)(uuid4(), 0, 100)
        ours(uuid4(), 0, 100)

    def read() -> float:
        begun = time.perf_counter()
        for _ in range(calls):
            top = store.horizon()
            assert len(store.read(top - TAIL, TAIL, up_to=top)) == TAIL
        return calls * TAIL / (time.perf_counter() - begun)

    def select() -> float:
        begun = time.perf_counter()
        for _ in range(calls):
            top = shop.recorder.max_notification_id() or 0
            found = shop.recorder.select_notifications(start=top - TAIL + 1, limit=TAIL)
            assert len([shop.mapper.to_domain_event(n) for n in found]) == TAIL
        return calls * TAIL / (time.perf_counter() - begun)

    for connected in (read, select):
        connected()
    return Figure(f"read the newest {TAIL} events", *side_by_side(rounds, read, select), 1.4)
