"""Poison events: what stops one key of one projection, listed for an operator, never skipped silently."""

from __future__ import annotations

import structlog
from django.db import connections

from loyalty.projections.projection import Projection

log = structlog.get_logger()
STOPPED = "select tenant_id, key, position from projections_blocked where projection = %s"
BLOCK = """insert into projections_blocked (projection, tenant_id, key, position, event_name, error, since)
    values (%s, %s, %s, %s, %s, %s, now()) on conflict do nothing"""


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
