"""The log is looked after by itself: partitions stand ahead of it, its past is anchored, and anchors lie outside the database."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connections, transaction

from loyalty.embedded.process import wait_until
from loyalty.eventstore import store
from loyalty.eventstore.anchors import last_in, make_anchors, read_down, write_down
from loyalty.eventstore.partitions import AHEAD, add_partitions
from loyalty.eventstore.upkeep import Upkeep
from loyalty.eventstore.verify import verify
from loyalty.tenancy import reading
from tests.eventstore.facts import counted
from tests.support.server import ROOT

pytestmark = pytest.mark.usefixtures("own_log_of_module")


def ask(sql: str, alias: str = "owner") -> int:
    with connections[alias].cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])


def append(tenant, number: int = 1) -> int:
    """The position of a new event."""
    stream = uuid4()
    with reading(tenant.id):
        return store.append({stream: 0}, [counted(stream, [number])])[0].position


def partitions() -> int:
    return ask("select count(*) from pg_inherits where inhparent = 'event.event'::regclass")


@contextmanager
def one_partition_less() -> Iterator[None]:
    """The last partition is missing, as if the log had grown into the one before."""
    last = f"event.event_p{partitions() - 1:05}"
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"alter table event.event detach partition {last}")
        cursor.execute(f"drop table {last}")
    try:
        yield
    finally:
        add_partitions(using="owner")


def test_a_projector_anchors_writes_down_and_adds_partitions_by_itself(tenant, tmp_path: Path) -> None:
    file, position, wanted = tmp_path / "anchors", append(tenant), partitions()
    environment = os.environ | {"LOYALTY_MODE": "test", "LOYALTY_ANCHOR_FILE": str(file)}
    with one_partition_less():
        assert partitions() == wanted - 1
        projector = subprocess.Popen([sys.executable, "manage.py", "project"], cwd=ROOT, env=environment)
        try:
            assert wait_until(lambda: (last := last_in(file)) is not None and last.last >= position, 60)
        finally:
            projector.terminate()
            projector.wait(30)
        assert partitions() == wanted
    assert ask("select max(last_position) from event.anchor") >= position


def test_it_is_done_once_in_a_while(tenant, settings, tmp_path: Path) -> None:
    settings.LOYALTY_ANCHOR_FILE = str(tmp_path / "anchors")
    now = [100.0]
    upkeep = Upkeep(every=60, clock=lambda: now[0])
    for at, anchored in ((100.0, True), (159.0, False), (160.0, True)):
        now[0], position = at, append(tenant)
        upkeep.when_due()
        last = last_in(Path(settings.LOYALTY_ANCHOR_FILE))
        assert last is not None
        assert (last.last >= position) is anchored


def test_a_file_that_cannot_be_written_is_told_and_stops_nothing(tenant, settings, tmp_path: Path, caplog) -> None:
    settings.LOYALTY_ANCHOR_FILE = str(tmp_path / "no folder" / "anchors")
    position = append(tenant)
    Upkeep().when_due()
    assert ask("select max(last_position) from event.anchor") >= position
    assert [r.msg["event"] for r in caplog.records if isinstance(r.msg, dict)] == ["anchors_not_written_down"]


def test_several_who_look_after_it_at_once_do_it_once(tenant, settings, tmp_path: Path) -> None:
    settings.LOYALTY_ANCHOR_FILE = str(tmp_path / "anchors")
    file, wanted = Path(settings.LOYALTY_ANCHOR_FILE), partitions()

    def look_after(n: int) -> None:
        Upkeep().when_due()
        connections.close_all()

    for _ in range(5):
        append(tenant)
        with one_partition_less(), ThreadPoolExecutor(4) as pool:
            list(pool.map(look_after, range(4)))
            assert partitions() == wanted
    ends = [anchor.last for anchor in read_down(file)]
    assert ends == sorted(set(ends))
    assert not list(verify(anchors=file))


def test_a_log_that_grows_while_it_is_verified_is_what_was_written(tenant, tmp_path: Path) -> None:
    file = tmp_path / "anchors"
    append(tenant)
    make_anchors()
    write_down(file)

    def grow(done: int, top: int) -> None:
        append(tenant)
        make_anchors(using="owner")
        write_down(file, using="owner")

    before = ask("select count(*) from event.anchor")
    assert not list(verify(anchors=file, progress=grow))
    assert ask("select count(*) from event.anchor") > before
    assert not connections["projector"].in_atomic_block


def test_verifying_sees_one_moment_of_the_log(tenant) -> None:
    append(tenant)
    levels = []

    def look(done: int, top: int) -> None:
        with connections["projector"].cursor() as cursor:
            cursor.execute("show transaction_isolation")
            levels.append(cursor.fetchone()[0])

    list(verify(progress=look))
    assert set(levels) == {"repeatable read"}
    with transaction.atomic(using="owner"):
        assert list(verify(using="owner")) == []


def test_the_partitions_that_are_wanted_are_there() -> None:
    assert add_partitions() == 0
    assert partitions() == AHEAD + 1
