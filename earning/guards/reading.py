"""How the checks of guards read: as the owner, who sees all tenants, in pages."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import connections

from loyalty.domain.event import Recorded
from loyalty.eventstore import store
from loyalty.tenancy.current import SET_TENANT

PAGE = 500
NOBODY = UUID(int=0)
Rows = list[tuple[Any, ...]]


def asked(using: str, sql: str, *params: Any) -> Rows:
    """The rows of a statement."""
    with connections[using].cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def set_tenant(tenant_id: int, using: str) -> None:
    """What follows is about this tenant."""
    asked(using, SET_TENANT, str(tenant_id))


def pages(using: str, sql: str) -> Iterator[tuple[int, Rows]]:
    """The rows of a guard by tenant. `sql` begins with tenant, id, takes the last of both and a number, and is in their order; all
    rows of one id are in one page.
    """
    last: Sequence[Any] = (0, NOBODY)
    while rows := asked(using, sql, *last, PAGE):
        last = rows[-1][:2]
        for tenant_id, group in groupby(rows, key=lambda row: int(row[0])):
            yield tenant_id, list(group)


def streams(tenant_id: int, ids: Collection[UUID], using: str) -> Mapping[UUID, list[Recorded[Any]]]:
    """The events of streams, by stream; nothing for one that is not there."""
    set_tenant(tenant_id, using)
    rows = connections[using].connection.execute(*store.load_query(sorted(ids))).fetchall()
    found: dict[UUID, list[Recorded[Any]]] = {}
    for recorded in store.decode_rows(rows, using=using):
        found.setdefault(recorded.stream_id, []).append(recorded)
    return found
