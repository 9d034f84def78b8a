"""Whether the answers that are kept for requests sent again are those that were given."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import connections

from loyalty.eventstore import store
from loyalty.guards import Disagreement, checks_guard
from loyalty.lookup import Unreadable, unseal
from loyalty.tenancy.current import SET_TENANT

PAGE = 500
KEPT = """select tenant_id, command_id, status, body from api_idempotency where (tenant_id, command_id) > (%s, %s) order by 1, 2 limit %s"""
NOT_KEPT = frozenset({400, 401, 403, 404, 429})


@checks_guard("api.idempotency")
def answers(using: str) -> Iterator[Disagreement]:
    """Answers that were changed or belong to another request, and refusals of what was done. The words of the others are as sealed."""
    last: tuple[int, UUID] = (0, UUID(int=0))
    while rows := _asked(using, KEPT, *last, PAGE):
        last = rows[-1][0], rows[-1][1]
        for tenant_id, group in groupby(rows, key=lambda row: int(row[0])):
            yield from _wrong(tenant_id, list(group), using)


def _wrong(tenant_id: int, rows: list[tuple[Any, ...]], using: str) -> Iterator[Disagreement]:
    _asked(using, SET_TENANT, str(tenant_id))
    done = {row[0] for row in connections[using].connection.execute(*store.applied_query([row[1] for row in rows])).fetchall()}
    for _tenant, command_id, status, body in rows:
        try:
            unseal(body, "api_idempotency", tenant_id, command_id)
        except Unreadable as why:
            yield Disagreement(tenant_id, command_id, f"keeps an answer that cannot be read: {why}")
            continue
        if not 200 <= status < 500 or status in NOT_KEPT:
            yield Disagreement(tenant_id, command_id, f"keeps an answer of status {status}, which is never kept")
        elif status >= 300 and command_id in done:
            yield Disagreement(tenant_id, command_id, f"was done and is answered by {status}")


def _asked(using: str, sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with connections[using].cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
