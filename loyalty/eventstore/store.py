"""The only writer of facts. Every function works on the Django connection of `using`, inside an open transaction with the tenant set."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, Error, connections
from psycopg.errors import UniqueViolation

from loyalty.domain.event import TYPE_OF, Metadata, Recorded
from loyalty.eventstore.arrays import int_array, uuid_array
from loyalty.eventstore.codec import Shape, decode_metadata, shape_named
from loyalty.eventstore.draft import Commit, Draft, NewEvent, parameters, parameters_of_few, parameters_of_one
from loyalty.eventstore.keys import Subject, SubjectKeys
from loyalty.eventstore.wake import wait_for_events, wake

__all__ = [
    "AlreadyApplied", "Commit", "NewEvent", "Unreadable", "WrongVersion", "append", "applied_query", "at", "decode_rows", "first",
    "horizon", "last_named", "last_seen", "latest", "load", "load_query", "lock_heads_query", "read", "read_each",
    "wait_for_events", "wake",
]  # fmt: skip

Query = tuple[str, tuple[Any, ...]]
Row = tuple[int, int, UUID, int, UUID, str, int, str, str, Any]

COLUMNS = """e.position, e.tenant_id, e.stream_id, e.version, e.event_id, e.name, e.schema_version,
    e.payload::text, e.metadata::text, e.recorded_at"""
TENANT = "(select current_setting('loyalty.tenant')::int)"
LOCK_HEADS = "select stream_id, version from event.lock_heads(%s)"
APPLIED = f"select command_id from event.command where tenant_id = {TENANT} and command_id = any (%s)"
LOAD = f"""select f.* from unnest(%s, %s) w (id, after)
    join event.stream s on s.tenant_id = {TENANT} and s.stream_id = w.id and s.version > w.after
    cross join lateral (
        select {COLUMNS} from event.event e
         where e.tenant_id = {TENANT} and e.stream_id = w.id and e.version > w.after and e.position >= s.first_position
         order by e.version offset 0) f
    order by f.stream_id, f.version"""
APPEND = "select positions, recorded, tenant from event.append(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
APPEND_FEW = "select positions, recorded, tenant from event.append_few(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
APPEND_ONE = "select array[at], recorded, tenant from event.append_one(%s, %s::int, %s, %s, %s, %s, %s::smallint, %s)"
READ = f"select {COLUMNS} from event.event e where e.position > %s and e.position <= %s order by e.position limit %s"
READ_NAMES = (
    f"select {COLUMNS} from event.event e where e.position > %s and e.position <= %s and e.name = any (%s) order by e.position limit %s"
)
LATEST = f"select {COLUMNS} from event.event e where e.stream_id = any (%s) and e.position < %s order by e.position desc limit %s"
FIRST = f"select {COLUMNS} from event.event e where e.stream_id = any (%s) and e.version = 1"
LAST_NAMED = f"""select f.* from unnest(%s::uuid[]) w (id) cross join lateral (
    select {COLUMNS} from event.event e where e.stream_id = w.id and e.name = %s order by e.position desc limit 1) f"""
AT = f"select {COLUMNS} from event.event e where e.tenant_id = {TENANT} and e.position = any (%s) order by e.position"
HORIZON = "select event.horizon()"
LAST_SEEN = "select coalesce(max(position), 0) from event.event"
LAST_POSITION = 2**63 - 1
WRONG_VERSION = "LE001"
FEW = 16
"""Up to so many events of a command, a statement for each row is cheaper than sets."""
NOT_OF_AN_EVENT = (Error, ImproperlyConfigured, MemoryError)
"""Failures of a read that say nothing against an event: of the database, or for want of a master key."""


class WrongVersion(Exception):
    """A stream is not at its expected version, or was born meanwhile: load again and decide again."""

    def __init__(self, streams: Collection[UUID]) -> None:
        super().__init__("streams are not at their expected version: " + ", ".join(map(str, streams)))
        self.streams = tuple(streams)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An event of the log that cannot be made out, and why not."""

    position: int
    tenant_id: int
    stream_id: UUID
    name: str
    failure: Exception


class AlreadyApplied(Exception):
    """A command id is in the log already."""

    def __init__(self, commands: Collection[UUID]) -> None:
        super().__init__("one of these commands is in the log already: " + ", ".join(map(str, commands)))
        self.commands = tuple(commands)


def lock_heads_query(stream_ids: Sequence[UUID]) -> Query:
    """Rows (stream_id, version) of the streams that exist, locked in id order until the transaction ends."""
    return LOCK_HEADS, (uuid_array(stream_ids),)


def applied_query(command_ids: Sequence[UUID]) -> Query:
    """Rows (command_id,) of those commands that are in the log."""
    return APPLIED, (uuid_array(command_ids),)


def load_query(stream_ids: Sequence[UUID], after: Sequence[int] | None = None) -> Query:
    """Rows for `decode_rows`, by stream and version: the events of each stream with a version above the one in `after`."""
    return LOAD, (uuid_array(stream_ids), int_array(after if after is not None else [0] * len(stream_ids)))


def decode_rows(rows: Sequence[Row], *, using: str = "default") -> list[Recorded[Any]]:
    """The events in `rows`. Asks once for the keys of all people in them, when there are any."""
    shapes = [shape_named(row[5]) for row in rows]
    keys = SubjectKeys(using).live(_subjects(rows, shapes))
    metadata: dict[str, Metadata] = {}
    found = []
    for row, shape in zip(rows, shapes, strict=True):
        position, tenant, stream, version, event_id, name, schema, payload, text, recorded_at = row
        circumstances = metadata.get(text)
        if circumstances is None:
            circumstances = metadata[text] = decode_metadata(text)
        event = shape.decode(schema, payload, tenant, event_id, keys)
        found.append(Recorded(position, tenant, stream, version, event_id, name, event, circumstances, recorded_at))
    return found


def _subjects(rows: Sequence[Row], shapes: Sequence[Shape]) -> list[Subject]:
    return [(row[1], subject) for row, shape in zip(rows, shapes, strict=True) if (subject := shape.subject_in(row[7])) is not None]


def append(expected: Mapping[UUID, int], commits: Sequence[Commit], *, using: str = "default") -> list[Recorded[Any]]:
    """Append all events of `commits` in one statement; returns them as recorded, in log order.

    `expected` has the version of every stream that gets events (0: it does not exist yet). What would tell of a person whose
    key was destroyed is recorded as ERASED. Raises WrongVersion and AlreadyApplied (the transaction must then be rolled back);
    ValueError for a command without events.
    """
    if idle := [c.metadata.command_id for c in commits if not c.events]:
        raise ValueError(f"command {idle[0]} decided nothing: there is nothing to append")
    connection = connections[using]
    connection.ensure_connection()
    drafts = [Draft(number, commit.metadata, new) for number, commit in enumerate(commits, 1) for new in commit.events]
    subjects = [d.subject for d in drafts if d.subject is not None]
    keys = SubjectKeys(using).obtain(subjects) if subjects else {}
    for draft in drafts if len(keys) < len(set(subjects)) else ():
        draft.forget_erased({subject for _tenant, subject in keys})
    statement, params = _statement(expected, commits, drafts, keys)
    try:
        with connection.wrap_database_errors:
            positions, recorded_at, tenant = _cursor(connection.connection).execute(statement, params).fetchall()[0]
    except DatabaseError as refused:
        explained = _explained(refused, expected, commits)
        if explained is refused:
            raise
        raise explained from refused
    reached = dict(expected)
    found = []
    for draft, position in zip(drafts, positions, strict=True):
        stream = draft.stream_id
        version = reached[stream] = reached[stream] + 1
        found.append(
            Recorded(position, tenant, stream, version, draft.event_id, draft.shape.kind.name, draft.event, draft.metadata, recorded_at)
        )
    return found


def _statement(expected: Mapping[UUID, int], commits: Sequence[Commit], drafts: Sequence[Draft], keys: Mapping[Subject, AESGCM]) -> Query:
    """The cheapest statement that appends `drafts`."""
    if len(drafts) == 1:
        return APPEND_ONE, parameters_of_one(expected, drafts[0], keys)
    if len(drafts) <= FEW and len(commits) == 1:
        return APPEND_FEW, parameters_of_few(expected, drafts, keys)
    return APPEND, parameters(expected, commits, drafts, keys)


def _cursor(raw: psycopg.Connection[Any]) -> psycopg.Cursor[Any]:
    """A cursor of the connection that takes answers in binary, used again and again: a new one is a tenth of a short append."""
    kept: psycopg.Cursor[Any] | None = raw.__dict__.get("cursor_of_the_log")
    if kept is None:
        kept = raw.__dict__["cursor_of_the_log"] = raw.cursor(binary=True)
    return kept


def _explained(refused: DatabaseError, expected: Mapping[UUID, int], commits: Sequence[Commit]) -> Exception:
    """What a refusal of the database means to the bus; itself when it means nothing special."""
    cause = refused.__cause__
    if not isinstance(cause, psycopg.Error):
        return refused
    if cause.sqlstate == WRONG_VERSION:
        return WrongVersion(expected)
    if isinstance(cause, UniqueViolation) and cause.diag.schema_name == "event":
        if cause.diag.table_name == "command":
            return AlreadyApplied([c.metadata.command_id for c in commits])
        return WrongVersion(expected)
    return refused


def load(stream_id: UUID, *, after: int = 0, using: str = "default") -> list[Recorded[Any]]:
    """The events of one stream with a version above `after`."""
    return decode_rows(_rows(using, *load_query([stream_id], [after])), using=using)


def latest(stream_ids: Sequence[UUID], limit: int, *, before: int = LAST_POSITION, using: str = "default") -> list[Recorded[Any]]:
    """At most `limit` events of several streams with a position below `before`, the latest first."""
    return decode_rows(_rows(using, LATEST, (uuid_array(stream_ids), before, limit)), using=using)


def first(stream_ids: Sequence[UUID], *, using: str = "default") -> list[Recorded[Any]]:
    """The event with which each of the streams begins."""
    return decode_rows(_rows(using, FIRST, (uuid_array(stream_ids),)), using=using)


def last_named(stream_ids: Sequence[UUID], kind: type[Any], *, using: str = "default") -> list[Recorded[Any]]:
    """The last event of one kind of each of the streams that has one. What lies behind it is not read out."""
    return decode_rows(_rows(using, LAST_NAMED, (uuid_array(stream_ids), TYPE_OF[kind].name)), using=using)


def at(positions: Collection[int], *, using: str = "default") -> list[Recorded[Any]]:
    """The events at some positions, in log order."""
    return decode_rows(_rows(using, AT, (list(positions),)), using=using) if positions else []


def read(after: int, limit: int, *, up_to: int, names: Collection[str] | None = None, using: str = "projector") -> list[Recorded[Any]]:
    """At most `limit` events of all tenants with `after` < position ≤ `up_to` in global order; `up_to` is a `horizon`."""
    if names is None:
        return decode_rows(_rows(using, READ, (after, up_to, limit)), using=using)
    return decode_rows(_rows(using, READ_NAMES, (after, up_to, list(names), limit)), using=using)


def read_each(
    after: int, limit: int, *, up_to: int, names: Collection[str], using: str = "projector"
) -> list[Recorded[Any]] | list[Recorded[Any] | Unreadable]:
    """As `read`; an event that cannot be made out stands there as Unreadable and hides no other."""
    rows = _rows(using, READ_NAMES, (after, up_to, list(names), limit))
    try:
        return decode_rows(rows, using=using)
    except NOT_OF_AN_EVENT:
        raise
    except Exception:  # whatever a class, an upcaster or a cipher says: this is found out event by event
        return [_made_out(row, using) for row in rows]


def _made_out(row: Row, using: str) -> Recorded[Any] | Unreadable:
    try:
        return decode_rows([row], using=using)[0]
    except NOT_OF_AN_EVENT:
        raise
    except Exception as failure:
        return Unreadable(row[0], row[1], row[2], row[5], failure)


def horizon(*, using: str = "projector") -> int:
    """No event at or below this position can appear any more. Ask before the statement that reads, never in it."""
    return int(_rows(using, HORIZON, ())[0][0])


def last_seen(*, using: str) -> int:
    """The last position that is committed. Below it some may still come, unless no writer is under way."""
    return int(_rows(using, LAST_SEEN, ())[0][0])


def _rows(using: str, sql: str, params: tuple[Any, ...]) -> list[Any]:
    connection = connections[using]
    connection.ensure_connection()
    with connection.wrap_database_errors:
        raw: psycopg.Connection[Any] = connection.connection
        return raw.execute(sql, params, binary=True).fetchall()
