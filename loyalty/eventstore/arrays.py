"""Arrays as PostgreSQL takes them in binary: one parameter for a column of rows, cheap to make here and to read there.

psycopg's own lists are several times slower to make; arrays as text, twice as slow to read.
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.adapt import Dumper
from psycopg.pq import Format

EMPTY, HEAD = Struct("!iii"), Struct("!iiiii")
INT2, INT4, LENGTH = Struct("!ih"), Struct("!ii"), Struct("!i")
SIXTEEN = LENGTH.pack(16)


class Binary(Dumper):
    """Passes on what is in PostgreSQL's own format already."""

    format = Format.BINARY

    def dump(self, obj: Any) -> Any:
        return obj


class UuidArray(bytes):
    pass


class TextArray(bytes):
    pass


class ByteaArray(bytes):
    pass


class IntArray(bytes):
    pass


class SmallintArray(bytes):
    pass


def dumper(array_oid: int) -> type[Dumper]:
    return type("Binary", (Binary,), {"oid": array_oid})


DUMPERS = {UuidArray: dumper(2951), TextArray: dumper(1009), ByteaArray: dumper(1001), IntArray: dumper(1007), SmallintArray: dumper(1005)}


def take_arrays(connection: Connection[Any]) -> None:
    """Let `connection` take arrays of this module as parameters."""
    for kind, how in DUMPERS.items():
        connection.adapters.register_dumper(kind, how)


def head(element: int, count: int) -> bytes:
    return HEAD.pack(1, 0, element, count, 1) if count else EMPTY.pack(0, 0, element)


def uuid_array(ids: Sequence[UUID]) -> UuidArray:
    """For `uuid[]`."""
    return UuidArray(head(2950, len(ids)) + b"".join([SIXTEEN + i.bytes for i in ids]))


def int_array(numbers: Sequence[int]) -> IntArray:
    """For `int[]`."""
    return IntArray(head(23, len(numbers)) + b"".join([INT4.pack(4, n) for n in numbers]))


def smallint_array(numbers: Sequence[int]) -> SmallintArray:
    """For `smallint[]`."""
    return SmallintArray(head(21, len(numbers)) + b"".join([INT2.pack(2, n) for n in numbers]))


def text_array(texts: Sequence[bytes]) -> TextArray:
    """For `text[]`, of UTF-8."""
    return TextArray(head(25, len(texts)) + _each(texts))


def bytea_array(parts: Sequence[bytes]) -> ByteaArray:
    """For `bytea[]`."""
    return ByteaArray(head(17, len(parts)) + _each(parts))


def array_of(values: list[Any]) -> Any:
    """The cheapest form of values of any one kind."""
    if all(type(value) is bytes for value in values):
        return bytea_array(values)
    return uuid_array(values) if all(type(value) is UUID for value in values) else values


def _each(parts: Sequence[bytes]) -> bytes:
    return b"".join([LENGTH.pack(len(part)) + part for part in parts])
