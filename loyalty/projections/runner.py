"""Follows the log by checkpoint. Several processes share the work: a chunk belongs to whoever holds its checkpoint's row."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import structlog
from django.db import connections, transaction

from loyalty.domain.event import Recorded
from loyalty.eventstore import store
from loyalty.observability import metrics
from loyalty.projections import sets
from loyalty.projections.blocking import block, blocked_keys
from loyalty.projections.projection import PROJECTIONS, Follower, Projection, SetProjection, TryLater, grouped_by_tenant
from loyalty.tenancy.current import SET_TENANT, acting_for

BATCH = 1000
log = structlog.get_logger()

ENSURE = """insert into projections_checkpoint (projection, chunk, position, moved_at)
    select %s, n, 0, now() from generate_series(0, %s) n on conflict do nothing"""
CLAIM = "select position from projections_checkpoint where projection = %s and chunk = %s for update skip locked"
ADVANCE = "update projections_checkpoint set position = %s, moved_at = now() where projection = %s and chunk = %s"


def following() -> list[Projection]:
    """The projections that follow the log here (not inline)."""
    return [p for p in PROJECTIONS.values() if not p.inline and (not isinstance(p, Follower) or p.applies())]


def ensure_checkpoints(using: str = "projector") -> None:
    """A row for each chunk of each projection that follows the log."""
    with connections[using].cursor() as cursor:
        for p in following():
            cursor.execute(ENSURE, [p.name, p.chunks - 1])


def project_once(projection: Projection, chunk: int = 0, *, limit: int = BATCH, using: str = "projector") -> int:
    """Take in the next events of one chunk; returns how far the checkpoint moved.

    0: it is level, another process has it, or what it writes to cannot be reached now.
    """
    try:
        return _take_next(projection, chunk, limit, using)
    except TryLater as later:
        log.warning("projection_waits", projection=projection.name, reason=str(later))
        return 0


def _take_next(projection: Projection, chunk: int, limit: int, using: str) -> int:
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute(CLAIM, [projection.name, chunk])
        if (row := cursor.fetchone()) is None:
            return 0
        top = store.horizon(using=using)
        if top <= row[0]:
            return 0
        if isinstance(projection, SetProjection):
            reached = min(top, row[0] + projection.window)
            sets.take_in(projection, row[0], reached, using)
        else:
            events = store.read(row[0], limit, up_to=top, names=projection.event_names, using=using)
            apply_batch(projection, [e for e in events if _chunk(projection, e) == chunk], using)
            reached = events[-1].position if len(events) == limit else top
        cursor.execute(ADVANCE, [reached, projection.name, chunk])
        metrics.lag(projection.name, top - reached, len(blocked_keys(projection, using)))
        return int(reached - row[0])


def project_all(*, using: str = "projector") -> None:
    """Bring every projection level with the log (tests, seed, one-off runs)."""
    ensure_checkpoints(using)
    for p in following():
        for chunk in range(p.chunks):
            while project_once(p, chunk, using=using):
                pass


def restart(projection: Projection, *, using: str = "owner") -> None:
    """Let a projection that writes elsewhere take in the log from the first event again."""
    ensure_checkpoints(using)
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("update projections_checkpoint set position = 0, moved_at = now() where projection = %s", [projection.name])
        cursor.execute("delete from projections_blocked where projection = %s", [projection.name])


def _chunk(projection: Projection, recorded: Recorded[Any]) -> int:
    if projection.chunks == 1:
        return 0
    return zlib.crc32(f"{recorded.tenant_id}/{projection.key(recorded)}".encode()) % projection.chunks


def apply_batch(projection: Projection, batch: Sequence[Recorded[Any]], using: str) -> None:
    """Apply events of any tenants; a poison event stops its key and is listed, the rest goes on."""
    if not batch:
        return
    stopped = blocked_keys(projection, using)
    for tenant_id, events in grouped_by_tenant(batch).items():
        free = [e for e in events if (tenant_id, str(projection.key(e))) not in stopped]
        with metrics.projection(projection.name):
            if not _attempt(projection, tenant_id, free, using):
                _one_by_one(projection, tenant_id, free, using)


def _attempt(projection: Projection, tenant_id: int, events: Sequence[Recorded[Any]], using: str) -> bool:
    try:
        with transaction.atomic(using=using):
            write(projection, tenant_id, events, using)
    except (TryLater, transaction.TransactionManagementError, KeyboardInterrupt, SystemExit):
        raise
    except Exception as failure:  # any failure of a projection is a poison event, never a dead projector
        if connections[using].connection is None or connections[using].connection.closed:
            raise
        if len(events) == 1:
            block(projection, tenant_id, str(projection.key(events[0])), (events[0].position, events[0].name), failure, using)
        return False
    return True


def write(projection: Projection, tenant_id: int, events: Sequence[Recorded[Any]], using: str) -> None:
    """Write what `events` of one tenant mean, in the open transaction of `using`."""
    if not events:
        return
    with acting_for(tenant_id), connections[using].cursor() as cursor:
        cursor.execute(SET_TENANT, [str(tenant_id)])
        if isinstance(projection, Follower):
            projection.follow(tenant_id, events, using)
            return
        execute(projection.statements(events), using)


def execute(statements: Iterable[tuple[str, tuple[Any, ...]]], using: str) -> None:
    """The statements in one round trip."""
    raw = connections[using].connection
    with connections[using].wrap_database_errors, raw.pipeline():
        for sql, params in statements:
            raw.execute(sql, params)


def _one_by_one(projection: Projection, tenant_id: int, events: Sequence[Recorded[Any]], using: str) -> None:
    stopped: set[str] = set()
    for e in events:
        key = str(projection.key(e))
        if key not in stopped and not _attempt(projection, tenant_id, [e], using):
            stopped.add(key)


def resume(projection: Projection, tenant_id: int, key: str, *, using: str = "projector") -> bool:
    """Apply the events of a stopped key from its poison event on; False when it is poison still.

    Holds the checkpoint meanwhile, so that no event of the key is taken in twice or left out.
    """
    chunk = zlib.crc32(f"{tenant_id}/{key}".encode()) % projection.chunks if projection.chunks > 1 else 0
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute(CLAIM.removesuffix(" skip locked"), [projection.name, chunk])
        row = cursor.fetchone()
        position = blocked_keys(projection, using).get((tenant_id, key))
        if position is None or row is None:
            return True
        cursor.execute(
            "delete from projections_blocked where projection = %s and tenant_id = %s and key = %s", [projection.name, tenant_id, key]
        )
        if isinstance(projection, SetProjection):
            sets.take_in_stream(projection, tenant_id, UUID(key), position - 1, row[0], using)
            return (tenant_id, key) not in blocked_keys(projection, using)
        after = position - 1
        while events := store.read(after, BATCH, up_to=row[0], names=projection.event_names, using=using):
            after = events[-1].position
            mine = [e for e in events if e.tenant_id == tenant_id and str(projection.key(e)) == key]
            apply_batch(projection, mine, using)
        return (tenant_id, key) not in blocked_keys(projection, using)
