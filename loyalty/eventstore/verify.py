"""Proves that the log is what was written: chain, order, heads, commands and anchors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connections, transaction

from loyalty.eventstore.anchors import FIRST, Anchor, anchors_since, read_down

WINDOW = 100_000
TOP = "select coalesce(max(position), 0) from event.event"
CHANGED = """select position, tenant_id, stream_id, version from event.event where position > %s and position <= %s
    and hash <> event.link(previous_hash, tenant_id, stream_id, version, event_id, schema_version, recorded_at,
                           name, payload::text, metadata::text)
    order by position"""
STREAMS = """select position, tenant_id, stream_id, version,
        case when version <> version_before + 1 then 'an event before it is missing, or it is not where it was written'
             when previous_hash <> hash_before then 'it does not follow the event before it'
             when position <= position_before then 'it stands before its predecessor'
             when head is null then 'its stream has no head'
             when last and head <> version then 'the head of its stream says ' || head
             else 'the head of its stream has another hash or position' end
    from (select e.position, e.tenant_id, e.stream_id, e.version, e.previous_hash,
                 lag(e.version, 1, 0) over w as version_before, lag(e.hash, 1, decode(repeat('00', 32), 'hex')) over w as hash_before,
                 lag(e.position, 1, 0) over w as position_before, lead(e.version) over w is null as last,
                 s.version as head, s.hash = e.hash and s.last_position = e.position as at_head, s.first_position = e.position as at_first
            from event.event e left join event.stream s on s.tenant_id = e.tenant_id and s.stream_id = e.stream_id
          window w as (partition by e.tenant_id, e.stream_id order by e.version)) x
   where version <> version_before + 1 or previous_hash <> hash_before or position <= position_before
      or head is null or (last and (head <> version or not at_head)) or (version = 1 and not at_first)
   order by tenant_id, stream_id, version"""
HEADS = """select s.last_position, s.tenant_id, s.stream_id, s.version, 'the event that the head names is missing'
    from event.stream s left join event.event e
      on e.position = s.last_position and e.tenant_id = s.tenant_id and e.stream_id = s.stream_id and e.version = s.version
   where e.position is null order by 2, 3"""
COMMANDS = """select p.position, c.tenant_id, c.command_id, null, 'the event that this command wrote is missing'
    from event.command c cross join lateral (select c.first_position union select c.last_position) p (position)
    left join event.event e on e.position = p.position and e.tenant_id = c.tenant_id and e.metadata ->> 'command_id' = c.command_id::text
   where e.position is null order by 2, 3"""
UNCOMMANDED = """select e.position, e.tenant_id, e.stream_id, e.version, 'no command wrote it'
    from event.event e left join event.command c on c.tenant_id = e.tenant_id and c.command_id::text = e.metadata ->> 'command_id'
   where c.command_id is null or e.position not between c.first_position and c.last_position order by 1"""
STRETCH = """select count(*), max(position), encode(event.anchor_hash(decode(%s, 'hex'), position, hash order by position), 'hex')
    from event.event where position > %s and position <= %s"""


@dataclass(frozen=True, slots=True)
class Problem:
    """A place where the log is not what was written. Stream and version are None for an anchor."""

    position: int
    tenant_id: int | None
    stream_id: object
    version: int | None
    what: str

    def __str__(self) -> str:
        place = f", tenant {self.tenant_id}, {self.stream_id}" if self.tenant_id is not None else ""
        return f"position {self.position}{place}{f', version {self.version}' if self.version is not None else ''}: {self.what}"


def verify(
    *, anchors: Path | None = None, using: str = "projector", progress: Callable[[int, int], None] = lambda done, top: None
) -> Iterator[Problem]:
    """Every problem of the log, as it is found, in bounded memory. `anchors` is the file outside the database.

    Commands and anchors go on meanwhile: what comes after the beginning is left to the next time.
    """
    size = anchors.stat().st_size if anchors is not None else 0
    with _unhurried(using):
        top = _rows(using, TOP)[0][0]
        for low in range(0, top, WINDOW):
            for position, tenant, stream, version in _rows(using, CHANGED, [low, low + WINDOW]):
                yield Problem(position, tenant, stream, version, "its content is not what was written")
            progress(min(low + WINDOW, top), top)
        for sql in (STREAMS, HEADS, COMMANDS, UNCOMMANDED):
            for row in _streamed(using, sql):
                yield Problem(*row)
        yield from _check_anchors(anchors_since(0, using=using), "the table", using)
        if anchors is not None:
            yield from _check_anchors(read_down(anchors, size), anchors.name, using)


def _check_anchors(anchors: Iterable[Anchor], where: str, using: str) -> Iterator[Problem]:
    last, before = 0, FIRST.hex()
    for anchor in anchors:
        if anchor.after != last:
            yield Problem(last, None, None, None, f"an anchor is missing in {where}")
        events, reached, found = _rows(using, STRETCH, [before, anchor.after, anchor.last])[0]
        if (events, reached, found) != (anchor.events, anchor.last, anchor.hash):
            yield Problem(
                anchor.last, None, None, None,
                f"of the {anchor.events} events after position {anchor.after}, {events} are there, and not as {where} says",
            )  # fmt: skip
        last, before = anchor.last, anchor.hash


@contextmanager
def _unhurried(using: str) -> Iterator[None]:
    """One transaction, one snapshot of the log, without the time limits of a serving role. Inside another, its snapshots hold."""
    inside_another = connections[using].in_atomic_block
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        if not inside_another:
            cursor.execute("set transaction isolation level repeatable read")
        cursor.execute(
            "set local transaction_timeout = 0; set local idle_in_transaction_session_timeout = 0; set local statement_timeout = 0;"
            # everything is read, to the last row: the planner would look up one by one, or by what gives the first row soonest
            " set local enable_nestloop = off; set local cursor_tuple_fraction = 1"
        )
        yield


def _rows(using: str, sql: str, params: Iterable[Any] = ()) -> list[Any]:
    with connections[using].cursor() as cursor:
        cursor.execute(sql, list(params))
        return list(cursor.fetchall())


def _streamed(using: str, sql: str) -> Iterator[Any]:
    """Rows through a cursor of the server: however many problems there are, few are in memory."""
    connection = connections[using]
    with connection.connection.cursor(name="verify_events") as cursor:
        cursor.execute(sql)
        yield from cursor
