"""The rows of deliveries: written once for each event and endpoint, claimed by one worker at a time, settled by whoever claimed them last.

A claim is committed before the request leaves and ends by itself; a worker that dies in between lets the same `webhook-id` be sent again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from loyalty.domain.event import Recorded
from loyalty.domain.identity import derived_id, new_id
from loyalty.tenancy import reading
from loyalty.unit import Unit
from loyalty.webhooks.event_types import TEST, TYPES_OF, body_of, body_of_event

LEASE = timedelta(minutes=2)
"""So long a delivery that was claimed is nobody else's: longer than any request takes."""
KEPT = timedelta(days=30)
AGAIN_AFTER = (
    timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=5), timedelta(hours=10),
    timedelta(hours=14), timedelta(hours=20), timedelta(hours=24),
)  # fmt: skip
"""How long to wait after each try that failed, as Standard Webhooks recommends: 75 hours together."""
MOST_TRIES = len(AGAIN_AFTER) + 1
AT_ONCE = 4
"""So many requests to one endpoint are on their way at most: a slow one does not hold all workers."""
AT_ONCE_OF_TENANT = 8
"""The same of all endpoints of a tenant together."""
IN_TURN = "select pg_advisory_xact_lock(hashtextextended('webhooks/sending/' || %s, 0))"
"""Who counts what is on its way and then adds to it counts alone."""
ENDPOINTS = "select id, types, after_position, since::text from webhooks_endpoint where tenant_id = %s order by id for key share"
"""Whoever removes one waits until what is written for it is there."""
COLUMNS = """(tenant_id, id, endpoint_id, type, event_id, customer_id, lane, position, body, state, failure, tries, sending, written_at,
    due_at)"""
WRITE = f"""insert into webhooks_delivery {COLUMNS}
    select %s, d.*, 'waiting', '', 0, false, %s, %s
    from unnest(%s::uuid[], %s::uuid[], %s::text[], %s::uuid[], %s::uuid[], %s::uuid[], %s::bigint[], %s::text[]) d
    on conflict do nothing"""
WRITE_TEST = f"""insert into webhooks_delivery {COLUMNS}
    values (%s, %s, %s, %s, %s, null, %s, 0, %s, 'waiting', '', 0, false, %s, %s) on conflict do nothing returning id"""
CLAIM = """update webhooks_delivery set tries = tries + 1, sending = true, due_at = %(lease)s
    where tenant_id = %(tenant)s and id = (
        select d.id from webhooks_delivery d
        where d.tenant_id = %(tenant)s and d.endpoint_id = %(endpoint)s and d.state = 'waiting' and d.due_at <= %(now)s
          and not exists (select from webhooks_delivery e
            where e.tenant_id = d.tenant_id and e.endpoint_id = d.endpoint_id and e.lane = d.lane and e.state = 'waiting'
              and (e.position, e.id) < (d.position, d.id))
          and (select count(*) from webhooks_delivery f
            where f.tenant_id = %(tenant)s and f.endpoint_id = %(endpoint)s and f.state = 'waiting' and f.sending
              and f.due_at > %(now)s) < %(at_once)s
          and (select count(*) from webhooks_delivery f
            where f.tenant_id = %(tenant)s and f.state = 'waiting' and f.sending and f.due_at > %(now)s) < %(of_tenant)s
          and exists (select from webhooks_endpoint p
            where p.tenant_id = %(tenant)s and p.id = %(endpoint)s and p.state = 'active'
              and (p.resting_until is null or p.resting_until <= %(now)s))
        order by d.due_at, d.position, d.id limit 1 for update of d skip locked)
    returning id, body, tries"""
BROKEN_OFF = """update webhooks_delivery set state = 'failed', failure = 'broken_off', sending = false, settled_at = %s
    where tenant_id = %s and endpoint_id = %s and state = 'waiting' and tries >= %s and due_at <= %s"""
MINE = "where tenant_id = %s and id = %s and tries = %s and state = 'waiting' and sending"
ARRIVED = "where tenant_id = %s and id = %s and tries = %s and state in ('waiting', 'removed') and sending"
SENT = f"update webhooks_delivery set state = 'sent', failure = '', status = %s, sending = false, settled_at = %s {ARRIVED}"
FAILED = f"""update webhooks_delivery set state = %s, failure = %s, status = %s, sending = false, due_at = %s, settled_at = %s {MINE}"""
ATTEMPT = """insert into webhooks_attempt (tenant_id, id, delivery_id, began_at, milliseconds, status, failure, answer)
    select %s, %s, id, %s, %s, %s, %s, %s from webhooks_delivery where tenant_id = %s and id = %s and body <> ''"""
REPLAY = """with again as (
        update webhooks_delivery set state = 'waiting', failure = '', tries = 0, sending = false, due_at = %s, settled_at = null
        where tenant_id = %s and state <> 'waiting' and body <> '' and {which} returning 1)
    select count(*) from again"""
DROP = """update webhooks_delivery set state = 'dropped', sending = false, settled_at = %s
    where tenant_id = %s and id = %s and state = 'waiting' returning id"""
DUE_ENDPOINTS = """select p.id from webhooks_endpoint p where p.tenant_id = %s and p.state = 'active' and exists (
        select from webhooks_delivery d
        where d.tenant_id = p.tenant_id and d.endpoint_id = p.id and d.state = 'waiting' and d.due_at <= %s) order by 1"""
NEXT = """select p.id from webhooks_endpoint p
    cross join lateral (select min(d.due_at) from webhooks_delivery d
        where d.tenant_id = p.tenant_id and d.endpoint_id = p.id and d.state = 'waiting' and d.due_at <= %(now)s) oldest (due_at)
    where p.tenant_id = %(tenant)s and p.id <> %(endpoint)s and p.state = 'active'
      and (p.resting_until is null or p.resting_until <= %(now)s) and oldest.due_at is not null
      and not exists (select from webhooks_delivery f
        where f.tenant_id = p.tenant_id and f.endpoint_id = p.id and f.state = 'waiting' and f.sending and f.due_at > %(now)s)
    order by oldest.due_at, p.id limit 1"""
FORGET = """with old as (select d.id from webhooks_delivery d where d.tenant_id = %(tenant)s and {which} limit %(most)s),
    tries as (delete from webhooks_attempt a using old where a.tenant_id = %(tenant)s and a.delivery_id = old.id)
    delete from webhooks_delivery d using old where d.tenant_id = %(tenant)s and d.id = old.id"""
OLD = FORGET.format(which="d.written_at < %(before)s")
NOBODYS = FORGET.format(which="""not exists (select from webhooks_endpoint p where p.tenant_id = d.tenant_id and p.id = d.endpoint_id)""")
FORGOTTEN_AT_ONCE = 5_000
"""Deliveries that are deleted in one transaction: it has a time limit."""


@dataclass(frozen=True, slots=True)
class _Asking:
    """An endpoint, and since when it asks for what."""

    id: UUID
    types: list[str]
    after: int
    since: dict[str, int]

    def asks(self, name: str, position: int) -> bool:
        return name in self.types and position > self.since.get(name, self.after)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that this worker may send; `tries` tells its claim from any other."""

    id: UUID
    body: str
    tries: int


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of one try: `failure` "" when it was taken."""

    began_at: datetime
    milliseconds: int
    status: int | None = None
    failure: str = ""
    answer: str = ""


def delivery_id_of(endpoint_id: UUID, event_id: UUID, name: str) -> UUID:
    """The same for an event and an endpoint, however often it is worked out."""
    return derived_id("webhooks.delivery", endpoint_id, event_id, name)


def write_deliveries(tenant_id: int, batch: Sequence[Recorded[Any]], now: datetime) -> list[UUID]:
    """Write what follows from events for those who asked to be told, once; answers with these endpoints. Opens its own `reading`."""
    with reading(tenant_id), connection.cursor() as cursor:
        cursor.execute(ENDPOINTS, [tenant_id])
        endpoints = [_Asking(key, types, after, json.loads(since)) for key, types, after, since in cursor.fetchall()]
        found = [row for recorded in batch if recorded.recorded_at > now - KEPT for row in _rows(recorded, endpoints)] if endpoints else []
        if found:
            cursor.execute(WRITE, [tenant_id, now, now, *map(list, zip(*found, strict=True))])
    return sorted({row[1] for row in found})


def _rows(recorded: Recorded[Any], endpoints: Iterable[_Asking]) -> Iterable[tuple[Any, ...]]:
    customer_id = getattr(recorded.event, "customer_id", None)
    lane = customer_id or recorded.stream_id
    for event_type in TYPES_OF[type(recorded.event)]:
        asking = [one.id for one in endpoints if one.asks(event_type.name, recorded.position)]
        body = body_of_event(event_type, recorded) if asking else None
        for endpoint_id in asking if body is not None else ():
            made = delivery_id_of(endpoint_id, recorded.event_id, event_type.name)
            yield made, endpoint_id, event_type.name, recorded.event_id, customer_id, lane, recorded.position, body


def write_test(unit: Unit, endpoint_id: UUID) -> UUID:
    """Write a test in the transaction of a command; answers with its id."""
    event_id = derived_id("webhooks.test", unit.circumstances.command_id)
    made, lane = delivery_id_of(endpoint_id, event_id, TEST), new_id()
    body = body_of(TEST, {}, event_id, unit.now)
    unit.execute(WRITE_TEST, (unit.tenant_id, made, endpoint_id, TEST, event_id, lane, body, unit.now, unit.now))
    return made


def claim(tenant_id: int, endpoint_id: UUID, now: datetime) -> Claimed | None:
    """The next delivery of an endpoint that may leave now; None: none is due, too many are on their way, or the endpoint rests."""
    asked: dict[str, Any] = {"tenant": tenant_id, "endpoint": endpoint_id, "now": now, "lease": now + LEASE}
    asked |= {"at_once": AT_ONCE, "of_tenant": AT_ONCE_OF_TENANT}
    with reading(tenant_id), connection.cursor() as cursor:
        cursor.execute(IN_TURN, [str(tenant_id)])
        cursor.execute(CLAIM, asked)
        row = cursor.fetchone()
    return None if row is None else Claimed(*row)


def end_broken_off(tenant_id: int, endpoint_id: UUID, now: datetime) -> int:
    """What ended every worker that tried it has failed. Needs an open `reading`."""
    return _run(BROKEN_OFF, [now, tenant_id, endpoint_id, MOST_TRIES, now])


def note_attempt(tenant_id: int, delivery_id: UUID, tried: Tried) -> None:
    """Keep what became of a try, while it is known what it told: what is answered about who is erased meanwhile is forgotten with them.
    Needs an open `reading`.
    """
    told = [tried.began_at, tried.milliseconds, tried.status, tried.failure, tried.answer]
    _run(ATTEMPT, [tenant_id, new_id(), *told, tenant_id, delivery_id])


def settle_sent(tenant_id: int, claimed: Claimed, status: int | None, now: datetime) -> bool:
    """It was taken. False when the claim had passed to another. Needs an open `reading`."""
    return bool(_run(SENT, [status, now, tenant_id, claimed.id, claimed.tries]))


def settle_failed(tenant_id: int, claimed: Claimed, tried: Tried, again_at: datetime | None, now: datetime) -> bool:
    """It was not: it is tried `again_at`, or never. False when the claim had passed to another. Needs an open `reading`."""
    state, settled = ("waiting", None) if again_at else ("failed", now)
    return bool(_run(FAILED, [state, tried.failure, tried.status, again_at or now, settled, tenant_id, claimed.id, claimed.tries]))


def replay(unit: Unit, which: str, params: Sequence[Any]) -> int:
    """Have settled deliveries sent again from the first try on, under their own ids; answers with their number."""
    return int(unit.execute(REPLAY.format(which=which), (unit.now, unit.tenant_id, *params))[0][0])


def drop(unit: Unit, delivery_id: UUID) -> bool:
    """Send a delivery no more, so that those behind it may leave. False when it is settled."""
    return bool(unit.execute(DROP, (unit.now, unit.tenant_id, delivery_id)))


def endpoints_due(tenant_id: int, now: datetime) -> list[UUID]:
    """The endpoints of a tenant for which something is due."""
    with reading(tenant_id), connection.cursor() as cursor:
        cursor.execute(DUE_ENDPOINTS, [tenant_id, now])
        return [row[0] for row in cursor.fetchall()]


def next_in_turn(tenant_id: int, endpoint_id: UUID, now: datetime) -> UUID | None:
    """The endpoint beside this one that waits longest while nothing of it is on its way: it may have found all places taken."""
    with reading(tenant_id), connection.cursor() as cursor:
        cursor.execute(NEXT, {"tenant": tenant_id, "endpoint": endpoint_id, "now": now})
        row = cursor.fetchone()
    return row[0] if row else None


def forget_old(tenant_id: int, now: datetime) -> int:
    """Delete deliveries written more than 30 days ago, and those of endpoints that were removed; answers with their number."""
    gone = 0
    for sql in (OLD, NOBODYS):
        while part := _forgotten(tenant_id, sql, now - KEPT):
            gone += part
    return gone


def _forgotten(tenant_id: int, sql: str, before: datetime) -> int:
    with reading(tenant_id), connection.cursor() as cursor:
        cursor.execute(sql, {"tenant": tenant_id, "before": before, "most": FORGOTTEN_AT_ONCE})
        return int(cursor.rowcount)


def _run(sql: str, params: Sequence[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params))
        return int(cursor.rowcount)
