"""Runs projections that are one statement over a stretch of the log."""

from __future__ import annotations

from uuid import UUID

from django.db import connections, transaction

from loyalty.eventstore import stretch
from loyalty.projections.blocking import block, blocked_keys, passes
from loyalty.projections.projection import SetProjection, TryLater
from loyalty.tenancy.current import SET_TENANT


def take_in(projection: SetProjection, after: int, up_to: int, using: str, *, strict: bool = False) -> int:
    """Apply the positions (`after`, `up_to`] for every tenant in them; returns how many events there were.

    A poison event stops its stream and is listed; with `strict` the failure is raised instead.
    """
    stopped = blocked_keys(projection, using)
    counts = stretch.tenants_between(after, up_to, projection.event_names, using=using)
    for tenant_id in counts:
        streams = [UUID(key) for tenant, key in stopped if tenant == tenant_id]
        if strict:
            _run(projection, tenant_id, after, up_to, streams, using)
        else:
            _split(projection, tenant_id, (after, up_to), streams, using)
    return sum(counts.values())


def take_in_stream(projection: SetProjection, tenant_id: int, stream_id: UUID, after: int, up_to: int, using: str) -> None:
    """Apply one stream's events in (`after`, `up_to`], one by one: what an operator resumes."""
    for position in stretch.positions_of(tenant_id, stream_id, after, up_to, projection.event_names, using=using):
        _split(projection, tenant_id, (position - 1, position), [], using)
        if (tenant_id, str(stream_id)) in blocked_keys(projection, using):
            return


def _split(projection: SetProjection, tenant_id: int, span: tuple[int, int], stopped: list[UUID], using: str) -> None:
    after, up_to = span
    try:
        with transaction.atomic(using=using):
            _run(projection, tenant_id, after, up_to, stopped, using)
    except Exception as failure:
        if connections[using].connection is None or connections[using].connection.closed:
            raise
        if passes(failure):
            raise TryLater(type(failure).__name__) from failure
        if up_to - after == 1:
            poison = stretch.named_at(up_to, tenant_id, projection.event_names, using=using)
            if poison is None:  # it fails without an event, so no event is to blame
                raise TryLater(type(failure).__name__) from failure
            block(projection, tenant_id, str(poison[0]), (up_to, poison[1]), failure, using)
            stopped.append(poison[0])
            return
        middle = (after + up_to) // 2
        _split(projection, tenant_id, (after, middle), stopped, using)
        _split(projection, tenant_id, (middle, up_to), stopped, using)


def _run(projection: SetProjection, tenant_id: int, after: int, up_to: int, stopped: list[UUID], using: str) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute(SET_TENANT, [str(tenant_id)])
        cursor.execute(
            projection.sql.format(events=stretch.STRETCH),
            {"tenant": tenant_id, "after": after, "up_to": up_to, "names": list(projection.event_names), "stopped": stopped},
        )
