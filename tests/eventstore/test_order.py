"""No event is ever skipped by a reader, and no stream is seen out of its order, whatever commits late."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from threading import Thread
from uuid import uuid4

import pytest
from django.db import DatabaseError, connections, transaction

from loyalty.eventstore import store
from loyalty.eventstore.wake import LISTENER
from loyalty.tenancy import reading
from tests.conftest import missing
from tests.eventstore.bouncer import BINARY, pgbouncer, through
from tests.eventstore.facts import counted
from tests.eventstore.traffic import run

pytestmark = [pytest.mark.usefixtures("own_log_of_module"), pytest.mark.long]


@pytest.mark.timeout(120)
@pytest.mark.parametrize(("way", "seconds"), [("directly", 30), ("behind PgBouncer", 15)])
def test_readers_at_the_horizon_miss_nothing_and_see_every_stream_in_order(tenant, way: str, seconds: int, record_property) -> None:
    with ExitStack() as stack:
        if way == "behind PgBouncer":
            if not Path(BINARY).exists():
                missing("no PgBouncer: its test is not run")
            stack.enter_context(through(stack.enter_context(pgbouncer())))
        traffic, naive, careful = run(tenant.id, seconds)
        truth = traffic.truth()
    assert traffic.committed <= truth, "what was acknowledged is there"
    assert len(truth) > 30 * seconds
    assert traffic.killed >= seconds / 3
    assert traffic.rolled_back > seconds
    assert careful.positions == truth
    assert careful.out_of_order == 0
    assert median(careful.delays) < 0.5, "a transaction of another table does not hold readers back"
    assert truth - naive.positions, "who only follows positions misses those that commit late"
    with reading(tenant.id):
        assert all([r.version for r in store.load(s)] == list(range(1, v + 1)) for s, v in careful.versions.items())
    record_property("events", len(truth))
    record_property("missed_by_the_naive", len(truth - naive.positions))
    record_property("seen_after_ms", round(median(careful.delays) * 1000, 1))


def test_an_open_append_holds_the_horizon_below_its_first_position_until_it_ends(tenant) -> None:
    first, second, later = uuid4(), uuid4(), []

    def append_and_commit() -> None:
        with reading(tenant.id):
            later.extend(store.append({second: 0}, [counted(second, [1])]))
        connections.close_all()

    with reading(tenant.id):
        early = store.append({first: 0}, [counted(first, [1])])
        other = Thread(target=append_and_commit)
        other.start()
        other.join(5)
        assert later[0].position > early[0].position
        assert store.horizon() < early[0].position
        transaction.set_rollback(True)
    assert store.horizon() >= later[0].position


def test_a_reader_of_the_horizon_without_the_right_is_told(tenant) -> None:
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("revoke all on sequence event.position_seq from loyalty_owner")
        with pytest.raises(DatabaseError, match="may not read"):
            store.horizon(using="owner")
        transaction.set_rollback(True, using="owner")


def test_readers_are_woken_after_the_commit() -> None:
    waiting = store.wait_for_events(5.0)
    assert next(waiting) is False  # at once: what came before listening is not missed
    started = time.monotonic()
    store.wake()
    store.wake()
    assert next(waiting) is True
    assert time.monotonic() - started < 2
    waiting.close()


def test_without_a_notification_readers_look_for_themselves() -> None:
    waiting = store.wait_for_events(0.1)
    assert [next(waiting), next(waiting), next(waiting)] == [False, False, False]
    waiting.close()


def test_behind_a_pooler_readers_listen_at_a_direct_address(settings) -> None:
    if not Path(BINARY).exists():
        missing("no PgBouncer: its test is not run")
    settings.LOYALTY_LISTEN_URL = os.environ["DATABASE_PROJECTOR_URL"]
    with pgbouncer() as port, through(port):
        waiting = store.wait_for_events(2.0)
        assert next(waiting) is False
        for _ in range(20):
            store.wake()
            assert next(waiting) is True
        waiting.close()


def test_nobody_is_woken_from_inside_a_transaction(tenant) -> None:
    with pytest.raises(RuntimeError, match="after the commit"), reading(tenant.id):
        store.wake()


def test_a_listener_that_lost_its_connection_listens_again() -> None:
    waiting = store.wait_for_events(0.3)
    next(waiting)
    with connections["owner"].cursor() as cursor:
        cursor.execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name = %s", [LISTENER])
    assert next(waiting) is False
    assert next(waiting) is False
    store.wake()
    assert next(waiting) is True
    waiting.close()
