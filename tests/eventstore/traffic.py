"""Eight writers that commit late, roll back or are killed, and readers that follow them."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from uuid import UUID, uuid4

import psycopg
from django.db import DatabaseError, InterfaceError, connections, transaction

from loyalty.eventstore import store
from loyalty.eventstore.store import WrongVersion
from loyalty.tenancy import reading
from tests.eventstore.facts import counted

EVERYTHING = 2**62


@dataclass
class Seen:
    """What one reader saw."""

    positions: set[int] = field(default_factory=set)
    versions: dict[UUID, int] = field(default_factory=dict)
    out_of_order: int = 0
    delays: list[float] = field(default_factory=list)


@dataclass
class Traffic:
    """`committed`: positions whose commit was acknowledged; `killed`: how often a writer lost its connection in the middle;
    `inside`: server processes that have appended and not committed yet."""

    tenant_id: int
    after: int
    stop: Event = field(default_factory=Event)
    committed: set[int] = field(default_factory=set)
    killed: int = 0
    rolled_back: int = 0
    inside: set[int] = field(default_factory=set)
    lock: Lock = field(default_factory=Lock)
    streams: list[UUID] = field(default_factory=lambda: [uuid4() for _ in range(40)])

    def write(self, seed: int) -> None:
        dice = random.Random(seed)
        while not self.stop.is_set():
            try:
                self._append(dice)
            except WrongVersion:
                continue
            except (DatabaseError, InterfaceError, psycopg.Error):
                self.killed += 1
                connections["default"].close()
        connections.close_all()

    def _append(self, dice: random.Random) -> None:
        stream = dice.choice(self.streams)
        with reading(self.tenant_id):
            head = connections["default"].connection.execute(*store.lock_heads_query([stream])).fetchone()
            numbers = range(dice.choice([1, 1, 1, 3]))
            recorded = store.append({stream: head[1] if head else 0}, [counted(stream, numbers)])
            pid = connections["default"].connection.execute("select pg_backend_pid()").fetchone()[0]
            self.inside.add(pid)
            try:
                time.sleep(dice.choice([0, 0, 0.001, 0.02]))
            finally:
                self.inside.discard(pid)
            undone = dice.random() < 0.25
            transaction.set_rollback(undone)
        with self.lock:
            self.rolled_back += undone
            if not undone:
                self.committed.update(r.position for r in recorded)

    def follow(self, seen: Seen, *, safely: bool) -> None:
        last, quiet = self.after, 0
        while quiet < 20:
            top = store.horizon() if safely else EVERYTHING
            batch = store.read(last, 500, up_to=top)
            now = time.time()
            for r in batch:
                seen.positions.add(r.position)
                seen.out_of_order += r.version != seen.versions.get(r.stream_id, 0) + 1
                seen.versions[r.stream_id] = r.version
                seen.delays.append(now - r.recorded_at.timestamp())
            last = batch[-1].position if batch else last
            quiet = quiet + 1 if self.stop.is_set() and not batch else 0
            time.sleep(0.002)
        connections.close_all()

    def kill_now_and_then(self) -> None:
        while not self.stop.wait(0.4):
            if inside := list(self.inside):
                with connections["owner"].cursor() as cursor:
                    cursor.execute("select pg_terminate_backend(%s)", [random.choice(inside)])
        connections.close_all()

    def truth(self) -> set[int]:
        """The positions that are in the log in the end."""
        with connections["owner"].cursor() as cursor:
            cursor.execute("select position from event.event where position > %s", [self.after])
            return {row[0] for row in cursor.fetchall()}


@contextmanager
def a_transaction_of_another_table_left_open() -> Iterator[None]:
    """It writes nothing to the log, has a transaction id, and stays open the whole time."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("create temporary table left_open as select 1 as one; select pg_current_xact_id()")
        yield
        transaction.set_rollback(True, using="owner")


def run(tenant_id: int, seconds: float, *, writers: int = 8) -> tuple[Traffic, Seen, Seen]:
    """`seconds` of traffic; returns it with what a naive reader and one that stops at the horizon saw."""
    traffic = Traffic(tenant_id, store.horizon())
    naive, careful = Seen(), Seen()
    threads = [Thread(target=traffic.write, args=[seed]) for seed in range(writers)]
    threads += [Thread(target=traffic.follow, args=[naive], kwargs={"safely": False})]
    threads += [Thread(target=traffic.follow, args=[careful], kwargs={"safely": True})]
    threads += [Thread(target=traffic.kill_now_and_then)]
    with a_transaction_of_another_table_left_open():
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        at_work = [thread.is_alive() for thread in threads]
        traffic.stop.set()
        for thread in threads:
            thread.join(20)
    assert all(at_work), "nobody gives up on the way"
    return traffic, naive, careful
