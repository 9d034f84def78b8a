"""Rows on their way in: copied to a table in sealed blocks, given back owner by owner, deleted as they are taken in."""

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
NEXT = f"""with sized as (select owner, sum(rows) as rows from {TABLE} where {HERE} and owner > %s group by owner order by owner limit %s),
        running as (select owner, sum(rows) over (order by owner) - rows as before from sized)
    select b.owner, b.block, b.body from running r join {TABLE} b on b.owner = r.owner and b.tenant_id = %s and b.run_id = %s
    where r.before < %s order by b.owner, b.block"""
OF_UNITS = f"select owner, block, body from {TABLE} where {HERE} and unit = any (%s::text[]) order by owner, block"


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

    def groups(self, most: int) -> Iterator[list[tuple[str, list[T]]]]:
        """(owner, rows in file order) of whole owners, about `most` rows at a time. `remove` what was taken in."""
        last = ""
        while found := self._opened(self._run(NEXT, last, MOST_OWNERS, *self.here, most)):
            yield found
            last = found[-1][0]

    def remove(self, owners: Sequence[str]) -> None:
        """Delete the rows of owners that were taken in."""
        self._run(f"delete from {TABLE} where {HERE} and owner = any (%s::text[])", list(owners))

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
