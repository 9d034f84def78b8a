"""A stretch of the log as SQL sees it: for projections that are one statement and never bring events into Python."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import connections

STRETCH = """(select tenant_id, stream_id, version, position, name, payload, recorded_at from event.event
    where tenant_id = %(tenant)s and position > %(after)s and position <= %(up_to)s
      and name = any (%(names)s::text[]) and not stream_id = any (%(stopped)s::uuid[]))"""
"""A table expression over named parameters, for a `from` clause."""

TENANTS = (
    "select tenant_id, count(*) from event.event where position > %s and position <= %s and name = any (%s::text[]) group by 1 order by 1"
)
OF_STREAM = """select position from event.event where tenant_id = %s and stream_id = %s and position > %s and position <= %s
    and name = any (%s::text[]) order by position"""
AT = "select stream_id, name from event.event where position = %s and tenant_id = %s and name = any (%s::text[])"


def tenants_between(after: int, up_to: int, names: Sequence[str], *, using: str) -> dict[int, int]:
    """How many events named `names` each tenant has in (`after`, `up_to`]."""
    with connections[using].cursor() as cursor:
        cursor.execute(TENANTS, [after, up_to, list(names)])
        return dict(cursor.fetchall())


def positions_of(tenant_id: int, stream_id: UUID, after: int, up_to: int, names: Sequence[str], *, using: str) -> list[int]:
    """Positions of one stream's events named `names` in (`after`, `up_to`], ascending."""
    with connections[using].cursor() as cursor:
        cursor.execute(OF_STREAM, [tenant_id, stream_id, after, up_to, list(names)])
        return [row[0] for row in cursor.fetchall()]


def named_at(position: int, tenant_id: int, names: Sequence[str], *, using: str) -> tuple[UUID, str] | None:
    """Stream and published name of the tenant's event at `position`; None where there is none with one of `names`."""
    with connections[using].cursor() as cursor:
        cursor.execute(AT, [position, tenant_id, list(names)])
        row = cursor.fetchone()
        return (row[0], row[1]) if row else None
