"""What follows the log: level with it, in order, never past a poison event, and the same bytes however it is rebuilt."""

from __future__ import annotations

import random
import re
import time
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from threading import Event

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from loyalty.bus import dispatch
from loyalty.domain.identity import new_id
from loyalty.embedded.process import wait_until
from loyalty.eventstore import store
from loyalty.projections import projector
from loyalty.projections.models import Blocked
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.rebuild import Poisoned, checksum, rebuild
from loyalty.projections.runner import project_all, resume
from tests.kernel.toy import PutCoins, SmashJar, Sums, Totals


def put(tenant, jar, coins: int = 1) -> None:
    dispatch(PutCoins(jar_id=jar, coins=coins), tenant_id=tenant.id, actor="test", channel="test")


def blocked(tenant) -> list[tuple[str, str]]:
    return sorted((b.projection, b.key) for b in Blocked.objects.using("projector").filter(tenant_id=tenant.id))


@pytest.fixture
def toys_unblocked():
    yield
    with connections["projector"].cursor() as cursor:
        cursor.execute("delete from projections_blocked where projection like 'toy.%%'")


def test_followers_are_level_after_a_round(tenant, rows) -> None:
    a, b = new_id(), new_id()
    for jar in (a, b, a, a):
        put(tenant, jar, 2)
    project_all()
    assert dict(rows("toy_total", tenant.id)) == {a: 3, b: 1}
    assert dict(rows("toy_sum", tenant.id)) == {a: 6, b: 2}


def test_several_projectors_share_the_work_and_count_once(tenant, rows) -> None:
    jars = [new_id() for _ in range(5)]
    done = Event()

    def follow() -> None:
        while not done.is_set():
            project_all()
        connections.close_all()

    with ThreadPoolExecutor(3) as pool:
        for _ in range(3):
            pool.submit(follow)
        for n in range(60):
            put(tenant, jars[n % 5])
        done.set()
    project_all()
    assert rows("toy_total", tenant.id) == sorted((j, 12) for j in jars)


def test_a_burst_is_followed_to_its_end_without_polling(tenant, rows, monkeypatch) -> None:
    monkeypatch.setattr(projector, "POLL_SECONDS", 120)
    jar, following = new_id(), projector.Projector()

    def follow() -> None:
        following._follow()
        connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(follow)
        for n in range(25):
            put(tenant, jar)
            time.sleep(0.03 if n % 5 == 0 else 0)
        try:
            assert wait_until(lambda: dict(rows("toy_total", tenant.id)) == {jar: 25}, 30)
        finally:
            following.stop()
            store.wake()


def test_a_poison_event_stops_its_stream_only_and_goes_on_when_mended(tenant, rows, toys_unblocked, monkeypatch) -> None:
    sick, well = new_id(), new_id()
    for jar, coins in ((sick, 1), (sick, 13), (well, 1), (sick, 2), (well, 1)):
        put(tenant, jar, coins)
    project_all()
    assert rows("toy_total", tenant.id) == sorted([(sick, 1), (well, 2)])
    assert blocked(tenant) == [("toy.totals", str(sick))]
    put(tenant, sick, 3)
    project_all()
    assert dict(rows("toy_total", tenant.id))[sick] == 1
    said = StringIO()
    call_command("projections", seconds=0.05, stdout=said)
    assert f"BLOCKED toy.totals tenant {tenant.id} key {sick}" in said.getvalue()
    assert re.search(r"toy\.totals +chunk 0 at [\d,]+, behind by 0, 0 events/s", said.getvalue())
    stopped = {"resume": ["toy.totals", str(tenant.id), str(sick)], "seconds": 0.01}
    with pytest.raises(CommandError, match="poison still"):
        call_command("projections", **stopped)
    monkeypatch.setattr(Totals, "poison", None)
    call_command("projections", stdout=said, **stopped)
    assert f"toy.totals: {sick} goes on." in said.getvalue()
    for mistaken in ("toy.totals", "toy.nothing"):
        with pytest.raises(CommandError, match=r"is blocked|is named"):
            call_command("projections", resume=[mistaken, str(tenant.id), str(sick)])
    assert dict(rows("toy_total", tenant.id))[sick] == 4
    assert blocked(tenant) == []


def test_a_poison_event_stops_its_stream_in_a_set_projection_too(tenant, rows, toys_unblocked, monkeypatch) -> None:
    healthy = Sums.sql
    monkeypatch.setattr(Sums, "sql", healthy.replace("sum((", "sum(0 / (13 - (e.payload->>'coins')::int) + ("))
    sick, well = new_id(), new_id()
    for jar, coins in ((sick, 1), (well, 1), (sick, 13), (well, 1), (sick, 2)):
        put(tenant, jar, coins)
    project_all()
    assert rows("toy_sum", tenant.id) == sorted([(sick, 1), (well, 2)])
    assert ("toy.sums", str(sick)) in blocked(tenant)
    assert not resume(PROJECTIONS["toy.sums"], tenant.id, str(sick))
    monkeypatch.setattr(Sums, "sql", healthy)
    assert resume(PROJECTIONS["toy.sums"], tenant.id, str(sick))
    assert dict(rows("toy_sum", tenant.id))[sick] == 16


def test_a_rebuild_never_skips_a_poison_event(tenant, toys_unblocked, monkeypatch) -> None:
    monkeypatch.setattr(Totals, "poison", 17)
    put(tenant, new_id(), 17)
    before = checksum("toy_total")
    with pytest.raises(Poisoned, match=r"toy\.totals: ValueError"):
        rebuild(PROJECTIONS["toy.totals"])
    assert checksum("toy_total") == before
    monkeypatch.setattr(Totals, "poison", None)
    assert rebuild(PROJECTIONS["toy.totals"]).events > 0


@pytest.mark.parametrize("name", ["toy.jars", "toy.totals", "toy.sums"])
def test_live_and_rebuilt_in_any_batch_give_the_same_bytes(tenant, name: str, toys_unblocked, monkeypatch) -> None:
    monkeypatch.setattr(Totals, "poison", None)
    with connections["owner"].cursor() as cursor:
        cursor.execute("delete from projections_blocked where projection like 'toy.%%'")
    dice = random.Random(7)
    jars = [new_id() for _ in range(6)]
    for _ in range(60):
        put(tenant, dice.choice(jars), dice.randrange(1, 12))
    dispatch(SmashJar(jar_id=jars[0]), tenant_id=tenant.id, actor="test", channel="test")
    project_all()
    projection = PROJECTIONS[name]
    for table in projection.tables:
        rebuild(projection)
        live = checksum(table)
        for batch in (1, 1000, dice.randrange(2, 40)):
            assert rebuild(projection, batch=batch, swap=False).checksums == {table: live}


def test_a_rebuild_takes_its_place_while_sales_go_on(tenant, rows) -> None:
    jars = [new_id() for _ in range(4)]
    done = Event()

    def sell(n: int) -> int:
        sold = 0
        while not done.is_set():
            put(tenant, jars[n])
            sold += 1
        connections.close_all()
        return sold

    with ThreadPoolExecutor(4) as pool:
        tills = [pool.submit(sell, n) for n in range(4)]
        for _ in range(3):
            rebuild(PROJECTIONS["toy.jars"], batch=50)
        done.set()
    sold = {jar: till.result() for jar, till in zip(jars, tills, strict=True)}
    assert {r[0]: r[1] for r in rows("toy_jar", tenant.id)} == sold
    assert min(sold.values()) > 0


def test_a_rebuilt_table_keeps_its_fence_its_grants_and_the_names_of_its_indexes(tenant) -> None:
    def described() -> list[object]:
        with connections["owner"].cursor() as cursor:
            cursor.execute("select indexname, indexdef from pg_indexes where schemaname = 'public' and tablename = 'toy_jar' order by 1")
            indexes = cursor.fetchall()
            cursor.execute("select relrowsecurity, relforcerowsecurity, relacl::text from pg_class where oid = 'public.toy_jar'::regclass")
            return [indexes, cursor.fetchone()[:2], grants(cursor)]

    def grants(cursor) -> list[tuple[str, str]]:
        cursor.execute(
            """select grantee, privilege_type from information_schema.role_table_grants
               where table_name = 'toy_jar' and grantee <> 'loyalty_owner' order by 1, 2"""
        )
        return cursor.fetchall()

    before = described()
    rebuild(PROJECTIONS["toy.jars"])
    assert described() == before
