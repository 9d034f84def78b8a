"""PostgreSQL array literals: one text parameter for a column of rows, several times faster than a list of parameters."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID


def uuid_array(ids: Iterable[UUID]) -> str:
    """A literal for `uuid[]`."""
    return "{" + ",".join([i.hex for i in ids]) + "}"


def pg_array(plain: Iterable[object]) -> str:
    """A literal for elements that need no quotes: numbers and the like."""
    return "{" + ",".join(map(str, plain)) + "}"


def text_array(texts: Iterable[str]) -> str:
    """A literal for `text[]`."""
    quoted = [t.replace("\\", "\\\\").replace('"', '\\"') for t in texts]
    return '{"' + '","'.join(quoted) + '"}' if quoted else "{}"
