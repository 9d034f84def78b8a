"""One command, one transaction: what races queues, what is refused leaves nothing, what is retried happens once."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Thread
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from django.db import DataError, connection, connections
from prometheus_client import REGISTRY

from loyalty import bus
from loyalty.bus import Unit, dispatch, dispatch_all
from loyalty.domain.errors import Conflict, DomainError, NotFound
from loyalty.domain.identity import new_id
from loyalty.embedded.process import wait_until
from loyalty.eventstore import store
from loyalty.projections.inline import INLINE_LOCK
from loyalty.tenancy import reading
from tests.api.box import FillBox
from tests.conftest import missing
from tests.eventstore.bouncer import BINARY, pgbouncer, through
from tests.kernel.toy import PutAtMost, PutCoins, SmashJar


def put(tenant, jar: UUID, coins: int = 1, **more) -> int:
    return dispatch(
        PutCoins(jar_id=jar, coins=coins, also=more.pop("also", None)), tenant_id=tenant.id, actor="test", channel="test", **more
    )


def in_parallel(clients: int, work):
    def one(n: int):
        try:
            return work(n)
        except DomainError as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(clients) as pool:
        return list(pool.map(one, range(clients)))


def history(tenant, jar: UUID) -> list[int]:
    with reading(tenant.id):
        return [r.event.coins for r in store.load(jar)]


def test_a_command_appends_projects_and_answers(tenant, rows) -> None:
    jar = new_id()
    assert [put(tenant, jar, 3), put(tenant, jar, 4)] == [3, 7]
    assert history(tenant, jar) == [3, 4]
    assert [(r[0], r[1], r[2]) for r in rows("toy_jar", tenant.id)] == [(jar, 7, False)]


def test_50_parallel_commands_on_one_stream_all_count(tenant, rows) -> None:
    jar = new_id()
    answers = in_parallel(50, lambda n: put(tenant, jar))
    assert sorted(answers) == list(range(1, 51))
    assert rows("toy_jar", tenant.id)[0][1] == 50


def test_two_streams_in_opposite_order_never_deadlock(tenant) -> None:
    a, b = new_id(), new_id()
    in_parallel(20, lambda n: put(tenant, a, 1, also=b) if n % 2 else put(tenant, b, 1, also=a))
    assert (len(history(tenant, a)), len(history(tenant, b))) == (20, 20)


def test_a_refusal_leaves_nothing(tenant, rows) -> None:
    jar, other = new_id(), new_id()
    dispatch(SmashJar(jar_id=jar), tenant_id=tenant.id, actor="test", channel="test")
    with pytest.raises(DomainError, match=r"toy\.broken"):
        put(tenant, other, 5, also=jar)
    assert history(tenant, other) == []
    assert [r[0] for r in rows("toy_jar", tenant.id)] == [jar]
    assert put(tenant, other, 5) == 5


def test_what_breaks_after_the_append_leaves_nothing(tenant, monkeypatch) -> None:
    jar = new_id()
    put(tenant, jar, 3)
    with monkeypatch.context() as broken:
        broken.setattr(bus, "statements_for", lambda recorded: [("select 1", ()), ("select 1 / 0", ()), ("select 2", ())])
        with pytest.raises(DataError):
            put(tenant, jar, 4)
    assert history(tenant, jar) == [3]
    assert (put(tenant, jar, 5), history(tenant, jar)) == (8, [3, 5])


def test_begin_and_commit_are_no_round_trips_of_their_own(tenant, monkeypatch) -> None:
    jar = new_id()
    put(tenant, jar)
    monkeypatch.setattr(psycopg.Connection, "_exec_command", lambda self, command, **more: pytest.fail(f"{command} went alone"))
    assert put(tenant, jar) == 2


def test_commands_go_through_a_pooler_in_transaction_mode(tenant) -> None:
    if not Path(BINARY).exists():
        missing("no PgBouncer: its test is not run")
    jar, other = new_id(), new_id()
    with pgbouncer() as port, through(port):
        dispatch(SmashJar(jar_id=jar), tenant_id=tenant.id, actor="test", channel="test")
        with pytest.raises(DomainError, match=r"toy\.broken"):
            put(tenant, other, 5, also=jar)
        assert put(tenant, other, 5) == 5
        assert sorted(in_parallel(30, lambda n: put(tenant, other))) == list(range(6, 36))
        left = tenants_left_behind(port)
    assert len(left) > 1
    assert set(left.values()) == {""}


def tenants_left_behind(port: int) -> dict[int, str]:
    """The tenant that each pooled connection of the server still has set, by its process."""
    at = settings.DATABASES["default"]
    with psycopg.connect(
        host="127.0.0.1", port=port, user=at["USER"], password=at["PASSWORD"], dbname=at["NAME"], autocommit=True
    ) as client:
        ask = "select pg_backend_pid(), coalesce(current_setting('loyalty.tenant', true), '')"
        return dict(client.execute(ask, prepare=False).fetchone() for _ in range(40))


def test_a_command_id_is_applied_once(tenant) -> None:
    jar, once = new_id(), new_id()
    answers = in_parallel(10, lambda n: put(tenant, jar, 1, command_id=once))
    assert len(history(tenant, jar)) == 1
    assert sorted(type(a).__name__ for a in answers) == ["Conflict"] * 9 + ["int"]
    with pytest.raises(Conflict, match=r"command\.applied"):
        put(tenant, jar, 1, command_id=once)


def test_a_dry_run_decides_and_keeps_nothing(tenant, rows) -> None:
    jar = new_id()
    put(tenant, jar, 2)
    assert put(tenant, jar, 5, dry_run=True) == 7
    assert history(tenant, jar) == [2]
    assert put(tenant, jar, 1) == 3


def test_a_dry_run_waits_for_nobody(tenant) -> None:
    jar, answers = new_id(), []
    put(tenant, jar, 2)

    def dry() -> None:
        answers.append(put(tenant, jar, 5, dry_run=True))
        connections.close_all()

    with reading(tenant.id), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [INLINE_LOCK])
        connection.connection.execute(*store.lock_heads_query([jar]))
        other = Thread(target=dry)
        other.start()
        other.join(3)
        assert answers == [7]
    other.join(10)


def test_a_guard_lets_exactly_the_allowed_number_win(tenant) -> None:
    jar = new_id()
    with reading(tenant.id), connection.cursor() as cursor:
        cursor.execute("insert into toy_room (tenant_id, jar_id, room) values (%s, %s, 7)", [tenant.id, jar])
    answers = in_parallel(50, lambda n: dispatch(PutAtMost(jar_id=jar, coins=1), tenant_id=tenant.id, actor="test", channel="test"))
    assert sum(not isinstance(a, DomainError) for a in answers) == 7
    assert len(history(tenant, jar)) == 7


def test_who_is_ended_by_a_deadlock_tries_again_and_is_counted(tenant) -> None:
    """It holds the jar's head and waits for its room; a rival holds the room and, later, waits for the head."""
    jar, waits = new_id(), "select true from pg_locks where pg_backend_pid() = any (pg_blocking_pids(pid))"
    put(tenant, jar, 2)
    with reading(tenant.id), connection.cursor() as cursor:
        cursor.execute("insert into toy_room (tenant_id, jar_id, room) values (%s, %s, 7)", [tenant.id, jar])
    before = REGISTRY.get_sample_value("loyalty_conflicts_total", {"command": "PutAtMost"}) or 0
    order = partial(dispatch, PutAtMost(jar_id=jar, coins=1), tenant_id=tenant.id, actor="test", channel="test")
    with ThreadPoolExecutor(1) as pool:
        with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as rival:
            rival.execute("select from toy_room where jar_id = %s for update", [jar])
            answer = pool.submit(in_parallel, 1, lambda n: order())
            assert wait_until(lambda: rival.execute(waits).fetchone() is not None, 5)
            rival.execute("select from event.stream where stream_id = %s for update", [jar])
        assert answer.result() == [6]
    assert history(tenant, jar) == [2, 1]
    assert REGISTRY.get_sample_value("loyalty_conflicts_total", {"command": "PutAtMost"}) == before + 1


def test_in_a_batch_a_refused_command_undoes_no_other(tenant) -> None:
    jar, broken = new_id(), new_id()
    with reading(tenant.id), connection.cursor() as cursor:
        cursor.execute("insert into toy_room (tenant_id, jar_id, room) values (%s, %s, 3)", [tenant.id, jar])
    commands = [
        PutCoins(jar_id=jar, coins=1),
        SmashJar(jar_id=broken),
        PutCoins(jar_id=jar, coins=10, also=broken),
        PutAtMost(jar_id=jar, coins=2),
        PutAtMost(jar_id=jar, coins=2),
        PutCoins(jar_id=jar, coins=4),
    ]
    outcomes = dispatch_all(commands, tenant_id=tenant.id, actor="test", channel="test")
    assert [o.refusal.code if o.refusal else o.result for o in outcomes] == [1, None, "toy.broken", 1, "toy.no_room", 7]
    assert history(tenant, jar) == [1, 2, 4]
    assert put(tenant, jar, 1) == 8


def test_a_guard_costs_a_savepoint_only_beside_others_and_holds_one_at_a_time(tenant, monkeypatch) -> None:
    jar, sent = new_id(), []
    with reading(tenant.id), connection.cursor() as cursor:
        cursor.execute("insert into toy_room (tenant_id, jar_id, room) values (%s, %s, 3)", [tenant.id, jar])
    send = Unit.execute_all
    monkeypatch.setattr(Unit, "execute_all", lambda self, queries: [sent.extend(q[0] for q in queries), send(self, queries)][1])
    dispatch(PutAtMost(jar_id=jar, coins=1), tenant_id=tenant.id, actor="test", channel="test")
    assert [s for s in sent if "savepoint" in s] == []
    outcomes = dispatch_all([PutAtMost(jar_id=jar, coins=n) for n in (1, 2, 1)], tenant_id=tenant.id, actor="test", channel="test")
    assert [o.refusal.code if o.refusal else o.result for o in outcomes] == [1, "toy.no_room", 0]
    taken, given_back, undone = (sent.count(s) for s in ("savepoint guard", "release savepoint guard", "rollback to savepoint guard"))
    assert (taken, given_back, undone) == (3, 2, 1)


def test_the_same_batch_again_changes_nothing(tenant) -> None:
    jar, ids = new_id(), [new_id(), new_id()]
    commands = [PutCoins(jar_id=jar, coins=1), PutCoins(jar_id=jar, coins=2)]
    for expected in ([1, 3], ["command.applied", "command.applied"]):
        outcomes = dispatch_all(commands, tenant_id=tenant.id, actor="test", channel="test", command_ids=ids)
        assert [o.refusal.code if o.refusal else o.result for o in outcomes] == expected
    assert history(tenant, jar) == [1, 2]


def test_the_id_of_another_kind_of_thing_is_the_id_of_nothing(tenant) -> None:
    jar, crate = new_id(), new_id()
    put(tenant, jar, 3)
    for _ in ("kept in memory", "read from the log"):
        with pytest.raises(NotFound):
            dispatch(FillBox(box_id=jar, things=1), tenant_id=tenant.id, actor="test", channel="test")
        Unit.forget(tenant.id, [jar])
    orders = [PutCoins(jar_id=crate, coins=1), FillBox(box_id=jar, things=1), PutCoins(jar_id=crate, coins=2)]
    outcomes = dispatch_all(orders, tenant_id=tenant.id, actor="test", channel="test")
    assert [type(o.refusal) if o.refusal else o.result for o in outcomes] == [1, NotFound, 3]
    outcomes = dispatch_all(
        [FillBox(box_id=jar, things=1), PutCoins(jar_id=jar, coins=2)], tenant_id=tenant.id, actor="test", channel="test"
    )
    assert [type(o.refusal) if o.refusal else o.result for o in outcomes] == [NotFound, 5]
    assert history(tenant, jar) == [3, 2]


def test_no_tenant_sees_or_touches_anothers_stream(tenant, other_tenant) -> None:
    jar = new_id()
    put(tenant, jar, 5)
    assert put(other_tenant, jar, 1) == 1
    assert (history(tenant, jar), history(other_tenant, jar)) == ([5], [1])


def test_the_database_sets_the_clock_of_the_log_and_dispatch_that_of_the_command(tenant) -> None:
    from datetime import UTC, datetime

    jar, past = new_id(), datetime(2020, 1, 1, tzinfo=UTC)
    put(tenant, jar, 1, at=past)
    with reading(tenant.id):
        recorded = store.load(jar)[0]
    assert recorded.metadata.occurred_at == past
    assert recorded.recorded_at.year >= 2026
