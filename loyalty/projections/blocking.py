"""Poison events: what stops one key of one projection, listed for an operator, never skipped silently."""

from __future__ import annotations

import psycopg
import structlog
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from loyalty.projections.projection import Projection

log = structlog.get_logger()
PASSING = ("08", "40", "53", "55", "57", "58")
"""Classes of SQLSTATE that say nothing against an event: connection, deadlock, resources, lock, cancellation, disk."""
STOPPED = "select tenant_id, key, position from projections_blocked where projection = %s"
BLOCK = """insert into projections_blocked (projection, tenant_id, key, position, event_name, error, since)
    values (%s, %s, %s, %s, %s, %s, now()) on conflict do nothing"""


def passes(failure: BaseException) -> bool:
    """Whether a failure lies in the surroundings and not in the event: it is tried again, and never is poison."""
    cause = failure if isinstance(failure, psycopg.Error) else failure.__cause__
    of_the_server = isinstance(cause, psycopg.Error) and (cause.sqlstate or "").startswith(PASSING)
    return of_the_server or isinstance(failure, ImproperlyConfigured | MemoryError)


def blocked_keys(projection: Projection, using: str) -> dict[tuple[int, str], int]:
    """Stopped (tenant, key) with the position of the poison event."""
    with connections[using].cursor() as cursor:
        cursor.execute(STOPPED, [projection.name])
        return {(tenant, key): position for tenant, key, position in cursor.fetchall()}


def block(projection: Projection, tenant_id: int, key: str, poison: tuple[int, str], failure: Exception, using: str) -> None:
    """Stop `key` at `poison` (position, event name). Only the kind of the failure is kept: its text may quote a person."""
    position, name = poison
    kind = type(failure).__name__
    log.error("projection_blocked", projection=projection.name, position=position, event_name=name, failure=kind)
    with connections[using].cursor() as cursor:
        cursor.execute(BLOCK, [projection.name, tenant_id, key, position, name, kind])
