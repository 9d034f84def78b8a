"""Whoever changes the past is found. Each test tampers as the owner with triggers off, in a transaction that is undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from loyalty.eventstore import store
from loyalty.eventstore.anchors import AnchorsDisagree, make_anchors, read_down, write_down
from loyalty.eventstore.verify import verify
from loyalty.tenancy import reading
from tests.eventstore.facts import commit, counted
from tests.eventstore.tampering import Log

pytestmark = pytest.mark.usefixtures("own_log_of_module")
COLUMNS = {
    "position": "position + 1000000",
    "tenant_id": "tenant_id + 1000000",
    "stream_id": "gen_random_uuid()",
    "version": "version + 50",
    "event_id": "gen_random_uuid()",
    "name": "name || 'x'",
    "schema_version": "schema_version + 1",
    "recorded_at": "recorded_at + interval '1 microsecond'",
    "payload": "replace(payload::text, ':', ': ')::json",
    "metadata": "replace(metadata::text, 'till', 'tilt')::json",
    "previous_hash": "set_byte(previous_hash, 31, get_byte(previous_hash, 31) # 1)",
    "hash": "set_byte(hash, 0, get_byte(hash, 0) # 1)",
}
HEAD_COLUMNS = {
    "tenant_id": "tenant_id + 1000000",
    "stream_id": "gen_random_uuid()",
    "version": "version - 1",
    "hash": "set_byte(hash, 0, get_byte(hash, 0) # 1)",
    "first_position": "first_position - 1",
    "last_position": "first_position",
}
COMMAND_COLUMNS = {
    "tenant_id": "tenant_id + 1000000",
    "command_id": "gen_random_uuid()",
    "first_position": "first_position + 1",
    "last_position": "last_position - 1",
}


@pytest.fixture
def log(tenant, tmp_path: Path) -> Iterator[Log]:
    stream = uuid4()
    with reading(tenant.id):
        recorded = store.append({stream: 0}, [counted(stream, [1, 2, 3])])
    with reading(tenant.id):  # a number that is drawn and given back: a place where a row could be added
        store.append({stream: 3}, [counted(stream, [9])])
        transaction.set_rollback(True)
    with reading(tenant.id):
        recorded += store.append({stream: 3}, [counted(stream, [4]), counted(stream, [5])])
    with transaction.atomic(using="owner"):
        made = Log(stream, tenant.id, [r.position for r in recorded], tmp_path / "anchors.jsonl")
        for table in ("event", "stream", "command", "anchor"):
            made.execute(f"alter table event.{table} disable trigger user")
        yield made
        transaction.set_rollback(True, using="owner")


def test_what_was_not_touched_is_as_it_was_written(log: Log) -> None:
    log.anchor()
    assert log.problems() == []


@pytest.mark.parametrize(("table", "columns"), [("event", COLUMNS), ("stream", HEAD_COLUMNS), ("command", COMMAND_COLUMNS)])
def test_no_column_is_left_out(log: Log, table: str, columns: dict[str, str]) -> None:
    there = log.execute("select column_name from information_schema.columns where table_schema = 'event' and table_name = %s", table)
    assert {name for (name,) in there} == set(columns)


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("at", [1, 4])
def test_a_changed_column_is_found(log: Log, column: str, at: int) -> None:
    log.anchor()
    log.execute(f"update event.event set {column} = {COLUMNS[column]} where position = %s", log.positions[at])
    assert log.problems()


@pytest.mark.parametrize("column", sorted(COLUMNS.keys() - {"position"}))
def test_a_changed_column_is_found_before_it_is_anchored(log: Log, column: str) -> None:
    log.execute(f"update event.event set {column} = {COLUMNS[column]} where position = %s", log.positions[1])
    assert log.problems(file=False)


@pytest.mark.parametrize("column", HEAD_COLUMNS)
def test_a_forged_head_is_found(log: Log, column: str) -> None:
    log.execute(f"update event.stream set {column} = {HEAD_COLUMNS[column]} where stream_id = %s", log.stream)
    assert log.problems(file=False)


@pytest.mark.parametrize("column", COMMAND_COLUMNS)
def test_a_changed_command_is_found(log: Log, column: str) -> None:
    log.execute(f"update event.command set {column} = {COMMAND_COLUMNS[column]} where first_position = %s", log.positions[0])
    assert log.problems(file=False)


@pytest.mark.parametrize("at", range(5))
def test_a_removed_row_is_found(log: Log, at: int) -> None:
    log.execute("delete from event.event where position = %s", log.positions[at])
    assert log.problems(file=False)


def test_rows_in_another_order_are_found(log: Log) -> None:
    log.anchor()
    one, two = log.positions[0], log.positions[1]
    for before, after in ((one, 49_000_000), (two, one), (49_000_000, two)):
        log.execute("update event.event set position = %s where position = %s", after, before)
    found = log.problems(file=False)
    assert "it stands before its predecessor" in found
    assert log.problems()


def test_rows_that_changed_places_in_their_stream_are_found(log: Log) -> None:
    for before, after in ((1, 1000), (2, 1), (1000, 2)):
        log.execute("update event.event set version = %s where stream_id = %s and version = %s", after, log.stream, before)
    assert log.problems(file=False)


FORGE = """insert into event.event
    select %s, tenant_id, stream_id, version + 1, gen_random_uuid(), name, schema_version, recorded_at, payload, metadata, hash, null
    from event.event where position = %s"""
SIGN = """update event.event set hash = event.link(previous_hash, tenant_id, stream_id, version, event_id, schema_version, recorded_at,
    name, payload::text, metadata::text) where stream_id = %s and version = %s"""
HEAD = """update event.stream s set version = e.version, hash = e.hash, last_position = e.position from event.event e
    where s.stream_id = %s and e.stream_id = s.stream_id and e.version = %s"""


INTRUDE = """insert into event.event
    select %s, tenant_id, %s, 1, gen_random_uuid(), name, schema_version, recorded_at, payload,
        replace(metadata::text, metadata->>'command_id', %s)::json, previous_hash, null
    from event.event where position = %s"""
BEAR = """insert into event.stream
    select tenant_id, stream_id, version, hash, position, position from event.event where stream_id = %s"""


def forge_at_end(log: Log, position: int) -> None:
    log.execute("alter table event.event alter hash drop not null")
    log.execute(FORGE, position, log.positions[4])
    log.execute(SIGN, log.stream, 6)
    log.execute(HEAD, log.stream, 6)


def test_a_row_that_was_added_with_a_fitting_chain_and_head_is_found(log: Log) -> None:
    forge_at_end(log, log.positions[4] + 1000)
    assert log.problems(file=False) == ["no command wrote it"]


def test_a_row_that_was_added_to_the_anchored_past_with_everything_fitting_is_found(log: Log) -> None:
    log.anchor()
    given_back, stranger, command = log.positions[2] + 1, uuid4(), uuid4()
    assert given_back < log.positions[3]
    log.execute("alter table event.event alter hash drop not null")
    log.execute(INTRUDE, given_back, stranger, str(command), log.positions[0])
    log.execute(SIGN, stranger, 1)
    log.execute(BEAR, stranger)
    log.execute("insert into event.command values (%s, %s, %s, %s)", log.tenant_id, command, given_back, given_back)
    assert log.problems(file=False) != []  # the table's anchors know
    log.execute("delete from event.anchor")
    assert log.problems(file=False) == []
    assert len(log.problems()) == 1  # the file knows


def test_a_past_that_was_written_anew_with_everything_fitting_is_found(log: Log) -> None:
    log.anchor()
    log.execute("update event.event set payload = '{\"number\":500}' where position = %s", log.positions[4])
    log.execute(SIGN, log.stream, 5)
    log.execute(HEAD, log.stream, 5)
    assert log.problems(file=False) != []  # the table's anchors know
    log.execute("delete from event.anchor")
    assert log.problems(file=False) == []
    assert len(log.problems()) == 1  # the file knows


def test_a_head_and_a_command_that_were_added_are_found(log: Log) -> None:
    made = "select tenant_id, gen_random_uuid(), {}first_position, last_position from event.{} where tenant_id = %s limit 1"
    log.execute("insert into event.stream " + made.format("version, hash, ", "stream"), log.tenant_id)
    assert log.problems(file=False) == ["the event that the head names is missing"]
    log.execute("insert into event.command " + made.format("", "command"), log.tenant_id)
    assert set(log.problems(file=False)) == {"the event that the head names is missing", "the event that this command wrote is missing"}


def test_a_removed_row_with_everything_fitting_is_found(log: Log) -> None:
    log.anchor()
    log.execute("delete from event.event where position = %s", log.positions[4])
    log.execute("delete from event.command where first_position = %s", log.positions[4])
    log.execute(HEAD, log.stream, 4)
    assert log.problems(file=False) != []
    log.execute("delete from event.anchor")
    assert log.problems(file=False) == []
    assert len(log.problems()) == 1


def test_a_cut_tail_is_found_by_the_file(log: Log) -> None:
    log.anchor()
    log.execute("delete from event.event where stream_id = %s and version > 3", log.stream)
    log.execute("delete from event.command where first_position = any (%s)", log.positions[3:])
    log.execute(HEAD, log.stream, 3)
    log.execute("delete from event.anchor")
    assert log.problems(file=False) == []
    assert "of the" in log.problems()[0]
    with pytest.raises(AnchorsDisagree):
        write_down(log.file, using="owner")


def test_a_stream_cut_with_its_head_and_commands_is_found_by_the_anchors(log: Log) -> None:
    log.anchor()
    for table, column in (("event", "position"), ("stream", "last_position"), ("command", "last_position")):
        log.execute(f"delete from event.{table} where {column} = any (%s)", log.positions)
    assert log.problems(file=False)


def test_a_forged_anchor_is_found(log: Log) -> None:
    log.anchor()
    log.execute("update event.anchor set events = events + 1")
    assert log.problems(file=False)


def test_an_anchor_that_is_missing_is_found(log: Log) -> None:
    log.execute("delete from event.anchor")
    make_anchors(using="owner", most=2)
    log.execute("delete from event.anchor where id = (select max(id) - 1 from event.anchor)")
    assert log.problems(file=False)


def test_anchors_cover_all_in_pieces_and_the_file_lacks_none(log: Log) -> None:
    log.execute("delete from event.anchor")
    covered = make_anchors(using="owner", most=2)
    assert covered == log.execute("select count(*) from event.event")[0][0]
    assert make_anchors(using="owner", most=2) == 0
    made = log.execute("select count(*), max(last_position) from event.anchor")[0]
    assert write_down(log.file, using="owner") == made[0]
    assert write_down(log.file, using="owner") == 0
    assert [(a.last) for a in read_down(log.file)][-1] == made[1]
    assert log.problems() == []


def test_a_line_that_a_crash_cut_is_written_again(log: Log) -> None:
    log.execute("delete from event.anchor")
    make_anchors(using="owner", most=2)
    write_down(log.file, using="owner")
    whole = log.file.read_bytes()
    log.file.write_bytes(whole[:-20])
    assert log.problems() == []
    assert write_down(log.file, using="owner") == 1
    assert log.file.read_bytes() == whole


def test_the_hash_is_over_exactly_what_is_documented(log: Log) -> None:
    def prefixed(text: str) -> bytes:
        return len(text.encode()).to_bytes(4, "big") + text.encode()

    rows = log.execute(
        "select version, event_id, schema_version, (extract(epoch from recorded_at - '2000-01-01 00:00:00+00') * 1000000)::bigint, name,"
        " payload::text, metadata::text, hash from event.event where stream_id = %s order by version",
        log.stream,
    )
    previous = bytes(32)
    for version, event_id, schema, recorded, name, payload, metadata, found in rows:
        fixed = log.tenant_id.to_bytes(4, "big") + log.stream.bytes + version.to_bytes(4, "big") + event_id.bytes
        fixed += schema.to_bytes(2, "big") + recorded.to_bytes(8, "big")
        previous = sha256(previous + fixed + prefixed(name) + prefixed(payload) + prefixed(metadata)).digest()
        assert bytes(found) == previous
    assert len(rows) == 5


def test_the_commands_say_it_in_words(tmp_path: Path, settings, tenant) -> None:
    stream = uuid4()
    with reading(tenant.id):
        store.append({stream: 0}, [commit(*((e.stream_id, e.event) for e in counted(stream, [1]).events))])
    settings.LOYALTY_ANCHOR_FILE = str(tmp_path / "anchors.jsonl")
    call_command("anchor_events", stdout=StringIO())
    said = StringIO()
    call_command("verify_events", anchors=Path(settings.LOYALTY_ANCHOR_FILE), stdout=said)
    assert said.getvalue() == "The log is what was written.\n"
    lines = Path(settings.LOYALTY_ANCHOR_FILE).read_text()
    forged = lines.replace('"events": ', '"events": 1')
    assert forged != lines
    Path(settings.LOYALTY_ANCHOR_FILE).write_text(forged)
    with pytest.raises(CommandError, match="not what was written"):
        call_command("verify_events", anchors=Path(settings.LOYALTY_ANCHOR_FILE), stdout=said)
    with pytest.raises(CommandError, match="no file"):
        call_command("verify_events", anchors=tmp_path / "none", stdout=said)


def test_however_many_problems_there_are_the_first_comes_at_once(log: Log) -> None:
    log.execute("update event.event set hash = previous_hash")
    first: Callable[[], Any] = iter(verify(using="owner")).__next__
    assert "not what was written" in first().what
