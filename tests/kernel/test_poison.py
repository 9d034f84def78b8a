"""What is wrong with one event stops its stream alone; what is wrong with the surroundings stops nothing and is tried again."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from uuid import UUID

import msgspec
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, transaction

from loyalty.bus import dispatch
from loyalty.domain.identity import new_id
from loyalty.eventstore import keys, store
from loyalty.eventstore.codec import shape_named
from loyalty.projections.models import Blocked
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.rebuild import Poisoned, rebuild
from loyalty.projections.runner import ensure_checkpoints, project_all, project_once, resume
from loyalty.tenancy import reading
from tests.eventstore.facts import commit
from tests.kernel.toy import Mending, PutCoins, Riddles, RiddleTold, SmashJar, Sums, Totals

RIDDLES, TOTALS, SUMS = (PROJECTIONS[name] for name in ("toy.riddles", "toy.totals", "toy.sums"))


def tell(tenant, riddle: UUID, answers: list[object]) -> None:
    """Nothing checks what an event holds when it is written: «"7"» is no number when it is read."""
    with reading(tenant.id):
        before = store.load(riddle)
        events = [(riddle, RiddleTold(answer=a)) for a in answers]  # type: ignore[arg-type]
        store.append({riddle: len(before)}, [commit(*events)])


def put(tenant, jar: UUID, coins: int = 1) -> None:
    dispatch(PutCoins(jar_id=jar, coins=coins), tenant_id=tenant.id, actor="test", channel="test")


def blocked(tenant, projection: str) -> list[tuple[str, str]]:
    found = Blocked.objects.using("projector").filter(tenant_id=tenant.id, projection=projection)
    return sorted((b.key, b.error) for b in found)


def understand(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a new release does that reads «"7"» as seven."""
    monkeypatch.setattr(shape_named("toy.riddle_told"), "decoder", msgspec.json.Decoder(RiddleTold, strict=False))


@pytest.fixture(autouse=True)
def level() -> Iterator[None]:
    """Before a test all is level; after it nothing is blocked."""
    project_all()
    yield
    with connections["projector"].cursor() as cursor:
        cursor.execute("delete from projections_blocked where projection like 'toy.%%'")


def test_an_event_that_cannot_be_made_out_stops_its_stream_and_no_other(tenant, other_tenant, rows, monkeypatch) -> None:
    dark, clear, foreign = new_id(), new_id(), new_id()
    tell(tenant, dark, [1, "7"])
    tell(tenant, clear, [2])
    tell(other_tenant, foreign, [3])
    tell(tenant, clear, [20])
    project_all()
    assert rows("toy_riddle", tenant.id) == sorted([(dark, 1), (clear, 22)])
    assert rows("toy_riddle", other_tenant.id) == [(foreign, 3)]
    assert blocked(tenant, "toy.riddles") == [(str(dark), "ValidationError")]
    assert not resume(RIDDLES, tenant.id, str(dark))
    understand(monkeypatch)
    tell(tenant, dark, [100])
    project_all()
    assert dict(rows("toy_riddle", tenant.id))[dark] == 1
    assert resume(RIDDLES, tenant.id, str(dark))
    assert dict(rows("toy_riddle", tenant.id))[dark] == 108
    assert blocked(tenant, "toy.riddles") == []


def test_an_event_whose_key_cannot_be_said_stops_its_stream_and_no_other(tenant, rows, monkeypatch) -> None:
    def key(self, recorded):
        return recorded.stream_id if recorded.event.answer else 1 // 0

    monkeypatch.setattr(Riddles, "key", key)
    strange, usual = new_id(), new_id()
    tell(tenant, strange, [1, 0, 5])
    tell(tenant, usual, [2, 3])
    project_all()
    assert rows("toy_riddle", tenant.id) == sorted([(strange, 1), (usual, 5)])
    assert blocked(tenant, "toy.riddles") == [(str(strange), "ZeroDivisionError")]
    monkeypatch.undo()
    assert resume(RIDDLES, tenant.id, str(strange))
    assert dict(rows("toy_riddle", tenant.id))[strange] == 6


def test_a_rebuild_stops_at_an_event_that_cannot_be_made_out(tenant) -> None:
    tell(tenant, new_id(), ["7"])
    with pytest.raises(Poisoned, match=r"toy\.riddles: ValidationError"):
        rebuild(RIDDLES)


def test_a_master_key_that_is_missing_makes_no_event_poison(tenant, rows, monkeypatch) -> None:
    def missing(self, subjects):
        raise ImproperlyConfigured("LOYALTY_MASTER_KEYS lacks key 2")

    riddle = new_id()
    tell(tenant, riddle, [4])
    with monkeypatch.context() as without:
        without.setattr(keys.SubjectKeys, "live", missing)
        assert project_once(RIDDLES) == 0
    assert blocked(tenant, "toy.riddles") == []
    project_all()
    assert rows("toy_riddle", tenant.id) == [(riddle, 4)]


def test_what_failed_once_is_not_both_applied_and_stopped(tenant, rows, monkeypatch) -> None:
    healthy, failures = Totals.statements, [ValueError("once")]

    def once(self, batch):
        if failures:
            raise failures.pop()
        return healthy(self, batch)

    jar = new_id()
    put(tenant, jar)
    monkeypatch.setattr(Totals, "statements", once)
    project_all()
    assert rows("toy_total", tenant.id) == []
    assert blocked(tenant, "toy.totals") == [(str(jar), "ValueError")]
    assert resume(TOTALS, tenant.id, str(jar))
    assert rows("toy_total", tenant.id) == [(jar, 1)]


def test_a_statement_that_fails_without_an_event_blames_none(tenant, other_tenant, rows, monkeypatch) -> None:
    jar = new_id()
    put(tenant, jar, 2)
    put(other_tenant, new_id(), 2)
    with monkeypatch.context() as broken:
        broken.setattr(Sums, "sql", "select 1 / 0 from (select 1) x left join {events} e on true")
        assert project_once(SUMS) == 0
    assert blocked(tenant, "toy.sums") == blocked(other_tenant, "toy.sums") == []
    project_all()
    assert rows("toy_sum", tenant.id) == [(jar, 2)]


def test_a_batch_may_take_longer_than_a_command_may(tenant, rows, monkeypatch) -> None:
    healthy, jar = Totals.statements, new_id()
    monkeypatch.setattr(Totals, "statements", lambda self, batch: [("select pg_sleep(0.6)", ()), *healthy(self, batch)])
    put(tenant, jar)
    with connections["projector"].cursor() as cursor:
        cursor.execute("set transaction_timeout = '300ms'")
    try:
        assert project_once(TOTALS) > 0
    finally:
        connections["projector"].close()
    assert rows("toy_total", tenant.id) == [(jar, 1)]


@pytest.mark.parametrize(("projection", "table", "sign"), [(TOTALS, "toy_total", 1), (SUMS, "toy_sum", 2)])
def test_a_row_that_somebody_else_holds_is_waited_for_and_no_poison(tenant, rows, projection, table: str, sign: int) -> None:
    jar = new_id()
    put(tenant, jar, sign)
    project_all()
    put(tenant, jar, sign)
    ensure_checkpoints()
    with connections["projector"].cursor() as cursor:
        cursor.execute("set lock_timeout = '100ms'")
    try:
        with transaction.atomic(using="owner"), connections["owner"].cursor() as holder:
            holder.execute(f"select 1 from {table} where tenant_id = %s for update", [tenant.id])
            assert project_once(projection) == 0
    finally:
        with connections["projector"].cursor() as cursor:
            cursor.execute("reset lock_timeout")
    assert blocked(tenant, projection.name) == []
    assert rows(table, tenant.id) == [(jar, sign)]
    project_all()
    assert rows(table, tenant.id) == [(jar, 2 * sign)]


def test_an_order_of_a_process_that_is_refused_is_logged_and_stops_nothing(tenant, caplog: pytest.LogCaptureFixture) -> None:
    jar = new_id()
    with caplog.at_level(logging.INFO):
        for _ in range(2):
            dispatch(SmashJar(jar_id=jar), tenant_id=tenant.id, actor="test", channel="test")
            while project_once(PROJECTIONS[Mending.name]):
                pass
    assert blocked(tenant, Mending.name) == []
    said = [r.msg for r in caplog.records if isinstance(r.msg, dict) and r.msg["event"] == "process_refused"]
    wanted = {"process": Mending.name, "code": "toy.broken", "caused_by": "toy.jar_broken"}
    assert [{name: one[name] for name in wanted} for one in said] == [wanted] * 2
