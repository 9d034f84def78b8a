"""Whose rows a query reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from loyalty.tenancy import current_tenant_id


def tenant_here() -> int:
    """The tenant of the open `reading(tenant_id)`. Raises RuntimeError without one."""
    if (tenant_id := current_tenant_id()) is None:
        raise RuntimeError("a query of rewards needs an open reading(tenant_id)")
    return tenant_id


def asked(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """The rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
