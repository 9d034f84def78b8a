"""Rows on their way in: copied to a table in sealed blocks, given out owner by owner, deleted as they are taken in.

Several processes may take rows of one file: each owner is given to one of them. Owners from `LATER` on are given last, to one process, in
their order: for rows that depend on others before them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby, islice
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec
from django.db import connection

from loyalty.lookup import seal, unseal
from loyalty.tenancy import reading

T = TypeVar("T")
CHUNK = 20_000
MOST_OWNERS = 400
LATER, END = "~", "\x7f"
"""No other owner begins so."""
TABLE = "imports_stagedblock"
TEMPORARY = "create temporary table incoming (block int, unit text, owner text, rows int, body bytea) on commit drop"
COPY = "copy incoming (block, unit, owner, rows, body) from stdin (format binary)"
TYPES = ["int4", "text", "text", "int4", "bytea"]
HERE = "tenant_id = %s and run_id = %s"
MOVE = f"""insert into {TABLE} (tenant_id, run_id, block, unit, owner, rows, body)
    select %s, %s, block, unit, owner, rows, body from incoming"""
OWNED = f"""update {TABLE} b set owner = u.owner from (select unit, max(owner) as owner from {TABLE} where {HERE}
        group by unit having min(owner) = '' and max(owner) > '') u
    where b.tenant_id = %s and b.run_id = %s and b.unit = u.unit and b.owner = ''"""
ITS_OWN = f"update {TABLE} set owner = unit where {HERE} and owner = ''"
DISPUTED = f"select unit from {TABLE} where {HERE} group by unit having count(distinct owner) > 1 order by unit limit %s"
IN_TURN = "select pg_advisory_xact_lock(hashtextextended('imports.staging/' || %s || '/' || %s, 0))"
"""An owner has many blocks: two who look at the same time would each get some of them."""
TAKE = f"""with sized as (select owner, sum(rows) as rows from {TABLE}
            where {HERE} and owner > %s and owner < %s and taken_by is null group by owner order by owner limit %s),
        running as (select owner, sum(rows) over (order by owner) - rows as before from sized),
        taken as (update {TABLE} b set taken_by = %s from running r
            where b.owner = r.owner and b.tenant_id = %s and b.run_id = %s and r.before < %s returning b.owner, b.block, b.body)
    select owner, block, body from taken order by owner, block"""
REMOVE = f"delete from {TABLE} where {HERE} and owner = any (%s::text[]) and taken_by = %s returning owner"
OF_UNITS = f"select owner, block, body from {TABLE} where {HERE} and unit = any (%s::text[]) order by owner, block"


class NotTheirs(Exception):
    """Rows that somebody took in were given to another process meanwhile, which was held to be dead."""


class Staging(Generic[T]):
    """The rows of one run, of one shape (a dataclass that msgspec can write).

    A row has a `unit`, which is taken in whole (its document), and an `owner`, whose rows are given together ("": nobody's).
    """

    def __init__(self, tenant_id: int, run_id: UUID, shape: type[T]) -> None:
        self.here = (tenant_id, run_id)
        self.tenant_id = tenant_id
        self._encode = msgspec.msgpack.Encoder().encode
        self._decoder: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(list[shape])  # type: ignore[valid-type]

    def put(self, rows: Iterable[tuple[str, str, T]], told: Callable[[int], None]) -> int:
        """Copy rows (unit, owner, row) in transactions of 20,000 in the place of what was there; answers with how many.

        `told` hears after each transaction how many they are by now.
        """
        self.clear()
        staged, block, stream = 0, 0, iter(rows)
        while chunk := list(islice(stream, CHUNK)):
            blocks: dict[tuple[str, str], list[T]] = {}
            for unit, owner, row in chunk:
                blocks.setdefault((unit, owner), []).append(row)
            self._copy(block, blocks)
            block += len(blocks)
            staged += len(chunk)
            told(staged)
        return staged

    def settle(self) -> None:
        """Rows of nobody, in a unit that has an owner, are the owner's; a unit that has none is given by itself."""
        self._run(OWNED, *self.here)
        self._run(ITS_OWN)

    def disputed(self) -> Iterator[list[T]]:
        """The rows of units that more than one owner claims, some units at a time, deleted when the next are asked for."""
        while units := [row[0] for row in self._run(DISPUTED, MOST_OWNERS)]:
            yield [row for _, rows in self._opened(self._run(OF_UNITS, units)) for row in rows]
            self._run(f"delete from {TABLE} where {HERE} and unit = any (%s::text[])", units)

    def take(self, taker: UUID, most: int, after: str, until: str) -> list[tuple[str, list[T]]]:
        """(owner, rows in file order) of whole owners between `after` and `until` that nobody else has, about `most` rows; `taker` has
        them from now on. `remove` what was taken in.
        """
        with reading(self.tenant_id):
            self._run(IN_TURN)
            return self._opened(self._run(TAKE, after, until, MOST_OWNERS, taker, *self.here, most))

    def remove(self, owners: Sequence[str], taker: UUID) -> None:
        """Delete the rows of owners that were taken in. Raises NotTheirs when `taker` no longer has them."""
        if {owner for (owner,) in self._run(REMOVE, list(owners), taker)} != {*owners}:
            raise NotTheirs

    def give_back(self) -> None:
        """What processes had that are no more is there for others."""
        self._run(f"update {TABLE} set taken_by = null where {HERE} and taken_by is not null")

    def clear(self) -> None:
        """Delete every row of the run."""
        self._run(f"delete from {TABLE} where {HERE}")

    def left(self) -> int:
        """How many rows are there."""
        return int(self._run(f"select coalesce(sum(rows), 0) from {TABLE} where {HERE}")[0][0])

    def _copy(self, first: int, blocks: dict[tuple[str, str], list[T]]) -> None:
        with reading(self.tenant_id), connection.cursor() as cursor:
            cursor.execute(TEMPORARY)
            with cursor.copy(COPY) as copy:
                copy.set_types(TYPES)
                for block, ((unit, owner), rows) in enumerate(blocks.items(), first):
                    copy.write_row((block, unit, owner, len(rows), self._sealed(block, rows)))
            cursor.execute(MOVE, self.here)

    def _sealed(self, block: int, rows: list[T]) -> bytes:
        return seal(self._encode(rows), TABLE, *self.here, block)

    def _opened(self, blocks: Sequence[tuple[str, int, bytes]]) -> list[tuple[str, list[T]]]:
        return [
            (owner, [row for _, block, body in group for row in self._decoder.decode(unseal(body, TABLE, *self.here, block))])
            for owner, group in groupby(blocks, key=lambda b: b[0])
        ]

    def _run(self, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        with reading(self.tenant_id), connection.cursor() as cursor:
            cursor.execute(sql, [*self.here, *params])
            return cursor.fetchall() if cursor.description else []
