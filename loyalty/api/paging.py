"""Pages by cursor: opaque, signed, good for one list of one tenant only."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import msgspec
from django.core import signing

from loyalty.api.problems import of_faults
from loyalty.api.shapes import Fault

T = TypeVar("T")
LARGEST_PAGE = 200


class Page(msgspec.Struct, Generic[T], frozen=True):
    """`items` of a list, and the `next` cursor, or null on the last page."""

    items: list[T]
    next: str | None = None


def sealed_cursor(after: Any, tenant_id: int, name: str) -> str:
    """The cursor for what comes after `after` (JSON: the sort key of the last row) in the list `name` of a tenant."""
    return signing.dumps(after, salt=_salt(tenant_id, name))


def opened_cursor(cursor: str | None, tenant_id: int, name: str) -> Any:
    """What `sealed_cursor` was given; None for no cursor. Raises Problem 400 for a cursor of another list, or a forged one."""
    if not cursor:
        return None
    try:
        return signing.loads(cursor, salt=_salt(tenant_id, name))
    except signing.BadSignature:
        raise of_faults([Fault("/cursor", "cursor.invalid")]) from None


def _salt(tenant_id: int, name: str) -> str:
    return f"loyalty.api.cursor:{tenant_id}:{name}"
