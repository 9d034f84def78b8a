"""Appending: one call, all or nothing, once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Thread
from uuid import uuid4

import pytest
from django.db import OperationalError, connections, transaction

from loyalty.eventstore import store
from loyalty.eventstore.store import AlreadyApplied, WrongVersion
from loyalty.eventstore.verify import verify
from loyalty.tenancy import reading
from tests.eventstore.facts import Counted, commit, counted

pytestmark = pytest.mark.usefixtures("own_log_of_module")
PLACES = "select first_position, last_position from event.command where tenant_id = %s and command_id = %s"


def rows(query: store.Query) -> list[tuple[object, ...]]:
    return connections["default"].connection.execute(*query).fetchall()


def test_what_was_appended_is_what_is_loaded(tenant) -> None:
    stream = uuid4()
    with reading(tenant.id):
        recorded = store.append({stream: 0}, [counted(stream, [1, 2, 3])])
    with reading(tenant.id):
        assert store.load(stream) == recorded
        assert store.load(stream, after=2) == recorded[2:]
    assert [r.version for r in recorded] == [1, 2, 3]
    assert [r.event.number for r in recorded] == [1, 2, 3]
    assert {r.tenant_id for r in recorded} == {tenant.id}
    assert recorded[0].recorded_at == recorded[2].recorded_at
    assert abs(recorded[0].recorded_at - datetime.now(UTC)) < timedelta(minutes=1)


def test_one_call_takes_several_streams_and_several_commands_in_their_order(tenant) -> None:
    sale, account = uuid4(), uuid4()
    first = commit((sale, Counted(number=1)), (account, Counted(number=2)), (account, Counted(number=3)))
    second = commit((account, Counted(number=4)))
    with reading(tenant.id):
        recorded = store.append({sale: 0, account: 0}, [first, second])
    assert [(r.stream_id, r.version, r.event.number) for r in recorded] == [(sale, 1, 1), (account, 1, 2), (account, 2, 3), (account, 3, 4)]
    assert [r.position for r in recorded] == sorted({r.position for r in recorded})
    assert [r.metadata for r in recorded] == [first.metadata] * 3 + [second.metadata]
    with reading(tenant.id):
        assert store.load(account) == recorded[1:]
        assert rows(store.applied_query([first.metadata.command_id, uuid4()])) == [(first.metadata.command_id,)]


def test_a_hundred_streams_with_new_and_old_ones_among_them(tenant) -> None:
    streams = sorted(uuid4() for _ in range(100))
    old = streams[::2]
    with reading(tenant.id):
        store.append(dict.fromkeys(old, 0), [commit(*((s, Counted(number=i)) for i, s in enumerate(old)))])
    with reading(tenant.id):
        expected = {s: 1 if s in set(old) else 0 for s in streams}
        recorded = store.append(expected, [commit(*((s, Counted(number=100 + i)) for i, s in enumerate(reversed(streams))))])
    assert [r.stream_id for r in recorded] == streams[::-1]
    assert [r.version for r in recorded] == [expected[s] + 1 for s in streams[::-1]]
    with reading(tenant.id):
        assert rows(store.lock_heads_query(streams)) == [(s, expected[s] + 1) for s in streams]
        loaded = store.decode_rows(rows(store.load_query(streams, [expected[s] for s in streams])))
    assert loaded == sorted(recorded, key=lambda r: r.stream_id)


@pytest.mark.parametrize("each", [1, 3, 30])
@pytest.mark.parametrize("oldest_id", [0, 1])
def test_a_command_goes_to_and_fro_between_an_old_stream_and_a_new_one(tenant, each: int, oldest_id: int) -> None:
    ids = sorted([uuid4(), uuid4()])
    old, new = ids[oldest_id], ids[1 - oldest_id]
    with reading(tenant.id):
        first = store.append({old: 0}, [counted(old, [0, 0])])
    command = commit(*((s, Counted(number=n)) for n in range(each) for s in (new, old)))
    with reading(tenant.id):
        recorded = store.append({old: 2, new: 0}, [command])
    assert [(r.stream_id, r.version, r.event.number) for r in recorded] == [
        (s, before + n + 1, n) for n in range(each) for s, before in ((new, 0), (old, 2))
    ]
    assert [r.position for r in recorded] == sorted({r.position for r in recorded})
    with reading(tenant.id):
        assert store.load(old) == [*first, *recorded[1::2]]
        assert store.load(new) == recorded[::2]
        assert rows(store.lock_heads_query(ids)) == [(i, each + 2 if i == old else each) for i in ids]
        assert rows((PLACES, (tenant.id, command.metadata.command_id))) == [(recorded[0].position, recorded[-1].position)]
    assert [problem for problem in verify() if problem.stream_id in ids] == []


@pytest.mark.parametrize("expected", [0, 1, 3])
def test_a_stream_at_another_version_is_refused_and_nothing_is_kept(tenant, expected: int) -> None:
    stream, neighbour = uuid4(), uuid4()
    with reading(tenant.id):
        store.append({stream: 0}, [counted(stream, [1, 2])])
    with pytest.raises(WrongVersion) as refused, reading(tenant.id):
        store.append({stream: expected, neighbour: 0}, [commit((neighbour, Counted(number=1)), (stream, Counted(number=3)))])
    assert stream in refused.value.streams
    with reading(tenant.id):
        assert [r.version for r in store.load(stream)] == [1, 2]
        assert store.load(neighbour) == []


def test_a_stream_that_does_not_exist_has_no_version(tenant) -> None:
    stream = uuid4()
    with pytest.raises(WrongVersion), reading(tenant.id):
        store.append({stream: 1}, [counted(stream, [1])])


def test_a_command_is_applied_once(tenant) -> None:
    stream, command = uuid4(), uuid4()
    with reading(tenant.id):
        store.append({stream: 0}, [commit((stream, Counted(number=1)), command_id=command)])
    with pytest.raises(AlreadyApplied), reading(tenant.id):
        store.append({stream: 1}, [commit((stream, Counted(number=1)), command_id=command)])
    with reading(tenant.id):
        assert len(store.load(stream)) == 1


def test_the_same_command_id_of_another_tenant_is_another_command(tenant, other_tenant) -> None:
    command = uuid4()
    for owner in (tenant, other_tenant):
        stream = uuid4()
        with reading(owner.id):
            store.append({stream: 0}, [commit((stream, Counted(number=1)), command_id=command)])
            assert len(store.load(stream)) == 1


def test_of_two_that_give_birth_to_a_stream_the_second_is_told(tenant) -> None:
    stream, outcome = uuid4(), []

    def second() -> None:
        try:
            with reading(tenant.id):
                store.append({stream: 0}, [counted(stream, [2])])
            outcome.append("kept")
        except WrongVersion:
            outcome.append("told")
        finally:
            connections.close_all()

    with reading(tenant.id):
        store.append({stream: 0}, [counted(stream, [1])])
        other = Thread(target=second)
        other.start()
        other.join(0.3)
        assert outcome == []  # it waits for the first to end
    other.join(5)
    assert outcome == ["told"]
    with reading(tenant.id):
        assert [r.event.number for r in store.load(stream)] == [1]


@pytest.mark.parametrize("streams", [2, 20])
def test_two_that_give_birth_to_the_same_streams_in_opposite_order_do_not_deadlock(tenant, streams) -> None:
    born, outcome = sorted(uuid4() for _ in range(streams)), []

    def backwards() -> None:
        try:
            with reading(tenant.id):
                store.append(dict.fromkeys(born, 0), [commit(*((s, Counted(number=2)) for s in reversed(born)))])
        except (WrongVersion, OperationalError) as failure:
            outcome.append(type(failure))
        finally:
            connections.close_all()

    with reading(tenant.id):
        store.append({born[0]: 0}, [counted(born[0], [1])])
        other = Thread(target=backwards)
        other.start()
        other.join(0.3)
        for stream in born[1:]:
            store.append({stream: 0}, [counted(stream, [1])])
    other.join(5)
    assert outcome == [WrongVersion]
    with reading(tenant.id):
        assert [r.event.number for stream in born for r in store.load(stream)] == [1] * streams


def test_who_appends_without_locking_first_still_meets_the_one_before(tenant) -> None:
    stream, outcome = uuid4(), []
    with reading(tenant.id):
        store.append({stream: 0}, [counted(stream, [1])])

    def second() -> None:
        try:
            with reading(tenant.id):
                store.append({stream: 1}, [counted(stream, [3])])
        except WrongVersion:
            outcome.append("told")
        finally:
            connections.close_all()

    with reading(tenant.id):
        store.append({stream: 1}, [counted(stream, [2])])
        other = Thread(target=second)
        other.start()
        other.join(0.3)
    other.join(5)
    assert outcome == ["told"]


def test_a_locked_head_makes_others_wait(tenant) -> None:
    stream, versions = uuid4(), []
    with reading(tenant.id):
        store.append({stream: 0}, [counted(stream, [1])])

    def second() -> None:
        with reading(tenant.id):
            versions.append(rows(store.lock_heads_query([stream])))
        connections.close_all()

    with reading(tenant.id):
        assert rows(store.lock_heads_query([stream, uuid4()])) == [(stream, 1)]
        other = Thread(target=second)
        other.start()
        other.join(0.3)
        assert versions == []
        store.append({stream: 1}, [counted(stream, [2])])
    other.join(5)
    assert versions == [[(stream, 2)]]


def test_what_is_rolled_back_was_never_there(tenant) -> None:
    stream = uuid4()
    with reading(tenant.id):
        store.append({stream: 0}, [counted(stream, [1])])
        transaction.set_rollback(True)
    with reading(tenant.id):
        assert store.load(stream) == []
        recorded = store.append({stream: 0}, [counted(stream, [1])])
    assert recorded[0].version == 1


def test_the_global_order_is_read_by_names_and_in_parts(tenant) -> None:
    stream = uuid4()
    with reading(tenant.id):
        recorded = store.append({stream: 0}, [counted(stream, range(5))])
    before, top = recorded[0].position - 1, store.horizon()
    assert top >= recorded[-1].position
    assert store.read(before, 2, up_to=top) == recorded[:2]
    assert store.read(recorded[1].position, 10, up_to=top)[:3] == recorded[2:]
    assert store.read(before, 10, up_to=recorded[2].position) == recorded[:3]
    assert store.read(before, 3, up_to=top, names=["probe.counted"]) == recorded[:3]
    assert [r for r in store.read(before, 10, up_to=top, names=["probe.person_met"]) if r.tenant_id == tenant.id] == []


def test_a_command_without_events_is_a_mistake(tenant) -> None:
    with pytest.raises(ValueError, match="decided nothing"), reading(tenant.id):
        store.append({}, [commit()])


def test_a_text_with_every_awkward_character_survives(tenant) -> None:
    stream, note = uuid4(), 'quote " back \\ slash {braces}, comma \n line \t tab NULL \x00 nul \x7f đường żółć 👍 \u2028'
    with reading(tenant.id):
        store.append({stream: 0}, [commit((stream, Counted(number=1, note=note)))])
    with reading(tenant.id):
        assert store.load(stream)[0].event.note == note
