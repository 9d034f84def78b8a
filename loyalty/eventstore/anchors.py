"""Anchors of the log: made each minute, kept in a table and in a file outside the database."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from django.db import connections, transaction

FIRST = bytes(32)
"""What the first anchor stands on."""
MOST = 100_000
"""So many events are covered in far less time than a transaction of a serving role may take."""
WRITING = 80 << 48
"""Advisory lock: two processes would write the same lines."""
SINCE = """select after_position, last_position, events, encode(hash, 'hex'),
        to_char(made_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    from event.anchor where after_position >= %s order by id"""
AT = "select encode(hash, 'hex') from event.anchor where last_position = %s"


class AnchorsDisagree(Exception):
    """The file holds an anchor that the table does not: the log or its anchors were changed."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """What the log was: `events` many at positions above `after` up to `last`; `hash` in hex, `made_at` in ISO 8601 (UTC)."""

    after: int
    last: int
    events: int
    hash: str
    made_at: str


def make_anchors(*, using: str = "projector", most: int = MOST) -> int:
    """Cover every event below the horizon, in as many anchors as it takes; returns how many events that were."""
    total = 0
    with connections[using].cursor() as cursor:
        while True:
            cursor.execute("select event.add_anchor(%s)", [most])
            covered = int(cursor.fetchone()[0])
            total += covered
            if covered < most:
                return total


def anchors_since(position: int, *, using: str = "projector") -> list[Anchor]:
    """The anchors in the table that begin at or after `position`, oldest first."""
    with connections[using].cursor() as cursor:
        cursor.execute(SINCE, [position])
        return [Anchor(*row) for row in cursor.fetchall()]


def write_down(file: Path, *, using: str = "projector") -> int:
    """Append those anchors to `file` that it lacks; returns how many. Raises AnchorsDisagree, and then writes nothing."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [WRITING])
        return _append_to(file, using)


def _append_to(file: Path, using: str) -> int:
    last = last_in(file)
    if last is not None:
        with connections[using].cursor() as cursor:
            cursor.execute(AT, [last.last])
            if (row := cursor.fetchone()) is None or row[0] != last.hash:
                raise AnchorsDisagree(f"the anchor up to position {last.last} in {file.name} is not in the table")
    new = anchors_since(last.last if last else 0, using=using)
    if new:
        with file.open("a", encoding="ascii") as lines:
            lines.writelines(json.dumps(asdict(anchor)) + "\n" for anchor in new)
            lines.flush()
            os.fsync(lines.fileno())
    return len(new)


def read_down(file: Path, size: int | None = None) -> Iterator[Anchor]:
    """The anchors in `file`, oldest first; of a growing one those in its first `size` bytes. A line that was cut ends them."""
    with file.open("rb") as lines:
        for line in lines:
            if not line.endswith(b"\n") or (size is not None and lines.tell() > size):
                return
            yield Anchor(**json.loads(line))


def last_in(file: Path) -> Anchor | None:
    """The last whole anchor of `file`; a line that a crash cut short is removed."""
    if not file.exists():
        return None
    with file.open("rb+") as lines:
        size = lines.seek(0, os.SEEK_END)
        lines.seek(max(0, size - 4096))
        tail = lines.read()
        whole, _, cut = tail.rpartition(b"\n")
        if cut:
            lines.truncate(size - len(cut))
    return Anchor(**json.loads(whole.rpartition(b"\n")[2])) if whole else None
