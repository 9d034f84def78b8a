"""Follows the log by checkpoint. Several processes share the work: a chunk belongs to whoever holds its checkpoint's row."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import structlog
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, transaction

from loyalty.domain.event import Recorded
from loyalty.eventstore import store
from loyalty.eventstore.store import Unreadable
from loyalty.observability import metrics
from loyalty.projections import sets
from loyalty.projections.blocking import block, blocked_keys, passes
from loyalty.projections.projection import PROJECTIONS, Follower, Projection, SetProjection, TryLater, grouped_by_tenant
from loyalty.tenancy.current import SET_TENANT, acting_for

Event = Recorded[Any] | Unreadable
Keyed = tuple[str, Event]
BATCH = 1000
log = structlog.get_logger()

ENSURE = """insert into projections_checkpoint (projection, chunk, position, moved_at)
    select %s, n, 0, now() from generate_series(0, %s) n on conflict do nothing"""
CLAIM = "select position from projections_checkpoint where projection = %s and chunk = %s for update skip locked"
TAKE_TIME = """select set_config('transaction_timeout', '0', true), set_config('transaction_timeout', '60s', true),
    set_config('idle_in_transaction_session_timeout', '60s', true)"""
"""A transaction that takes in events appends none, so it holds no reader back: it may last longer than the role's others.
A limit that runs already is not changed, only ended and begun anew."""
REACHED = "select min(position) from projections_checkpoint where projection = any (%s) group by projection"
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
        top = _within_sight(projection, using)
        if top <= row[0]:
            return 0
        cursor.execute(TAKE_TIME)
        with metrics.projection(projection.name):
            if isinstance(projection, SetProjection):
                reached = min(top, row[0] + projection.window)
                sets.take_in(projection, row[0], reached, using)
            else:
                events = _read(projection, row[0], limit, top, using)
                apply_batch(projection, _of_chunk(projection, chunk, events), using)
                reached = events[-1].position if len(events) == limit else top
        cursor.execute(ADVANCE, [reached, projection.name, chunk])
        return int(reached - row[0])


def _within_sight(projection: Projection, using: str) -> int:
    """How far a projection can go: the log is settled so far, and those that it reads after have been there."""
    top = store.horizon(using=using)
    if not projection.after:
        return top
    with connections[using].cursor() as cursor:
        cursor.execute(REACHED, [list(projection.after)])
        reached: list[int] = [row[0] for row in cursor.fetchall()]
    return min([top, *reached])


def _read(projection: Projection, after: int, limit: int, up_to: int, using: str) -> Sequence[Event]:
    try:
        return store.read_each(after, limit, up_to=up_to, names=projection.event_names, using=using)
    except ImproperlyConfigured as lacking:
        raise TryLater(str(lacking)) from lacking


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


def _chunk(projection: Projection, tenant_id: int, key: str) -> int:
    return zlib.crc32(f"{tenant_id}/{key}".encode()) % projection.chunks


def _of_chunk(projection: Projection, chunk: int, batch: Sequence[Event]) -> list[Event]:
    """What belongs to a chunk. What cannot be made out belongs to all of them: its stream stops in each."""
    if projection.chunks == 1:
        return list(batch)
    keyed = _keyed(projection, batch)
    return [e for key, e in keyed if isinstance(e, Unreadable) or _chunk(projection, e.tenant_id, key) == chunk]


def _keyed(projection: Projection, events: Iterable[Event]) -> list[Keyed]:
    """Each event with its key. One whose key cannot be said cannot be made out, and its stream is its key."""
    keyed: list[Keyed] = []
    for e in events:
        try:
            keyed.append((str(e.stream_id if isinstance(e, Unreadable) else projection.key(e)), e))
        except Exception as failure:
            keyed.append((str(e.stream_id), Unreadable(e.position, e.tenant_id, e.stream_id, e.name, failure)))
    return keyed


def apply_batch(projection: Projection, batch: Sequence[Event], using: str) -> None:
    """Apply events of any tenants; a poison event stops its key and is listed, the rest goes on."""
    if not batch:
        return
    stopped = blocked_keys(projection, using)
    for tenant_id, events in grouped_by_tenant(batch).items():
        free = [(key, e) for key, e in _keyed(projection, events) if not _stopped(stopped, key, e)]
        if not _together(projection, tenant_id, free, using):
            _one_by_one(projection, tenant_id, free, using)


def _stopped(stopped: Mapping[tuple[int, str], int], key: str, e: Event) -> bool:
    """Whether the key or the stream of an event was stopped at an event before it, or at itself."""
    if not stopped:
        return False
    return any(stopped.get((e.tenant_id, k), e.position + 1) <= e.position for k in (key, str(e.stream_id)))


def _together(projection: Projection, tenant_id: int, events: Sequence[Keyed], using: str) -> bool:
    """Apply several readable events at once; False when they must be tried one by one."""
    readable = [e for _, e in events if not isinstance(e, Unreadable)]
    if len(readable) < len(events) or len(events) == 1:
        return False
    return _attempt(projection, tenant_id, readable, using) is None


def _one_by_one(projection: Projection, tenant_id: int, events: Sequence[Keyed], using: str) -> None:
    stopped: dict[tuple[int, str], int] = {}
    for key, e in events:
        if _stopped(stopped, key, e):
            continue
        failure = e.failure if isinstance(e, Unreadable) else _attempt(projection, tenant_id, [e], using)
        if failure is not None:
            stopped[tenant_id, key] = e.position
            block(projection, tenant_id, key, (e.position, e.name), failure, using)


def _attempt(projection: Projection, tenant_id: int, events: Sequence[Recorded[Any]], using: str) -> Exception | None:
    """Apply them all or none; what is wrong with them, or None. Raises TryLater for what is wrong with the surroundings."""
    try:
        with transaction.atomic(using=using):
            write(projection, tenant_id, events, using)
    except (TryLater, transaction.TransactionManagementError):
        raise
    except Exception as failure:  # any failure of a projection is a poison event, never a dead projector
        if connections[using].connection is None or connections[using].connection.closed:
            raise
        if passes(failure):
            raise TryLater(type(failure).__name__) from failure
        return failure
    return None


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


def resume(projection: Projection, tenant_id: int, key: str, *, using: str = "projector") -> bool:
    """Apply the events of a stopped key from its poison event on; False when it is poison still. Raises TryLater.

    Holds the checkpoint meanwhile, so that no event of the key is taken in twice or left out.
    """
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute(CLAIM.removesuffix(" skip locked"), [projection.name, _chunk(projection, tenant_id, key)])
        row = cursor.fetchone()
        position = blocked_keys(projection, using).get((tenant_id, key))
        if position is None or row is None:
            return True
        cursor.execute(TAKE_TIME)
        cursor.execute(
            "delete from projections_blocked where projection = %s and tenant_id = %s and key = %s", [projection.name, tenant_id, key]
        )
        if isinstance(projection, SetProjection):
            sets.take_in_stream(projection, tenant_id, UUID(key), position - 1, row[0], using)
            return (tenant_id, key) not in blocked_keys(projection, using)
        after = position - 1
        while events := _read(projection, after, BATCH, row[0], using):
            after = events[-1].position
            mine = [e for k, e in _keyed(projection, events) if e.tenant_id == tenant_id and key in (k, str(e.stream_id))]
            apply_batch(projection, mine, using)
        return (tenant_id, key) not in blocked_keys(projection, using)
