"""The rows of endpoints and their secrets: changed by commands, and by what became of what was sent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from loyalty.eventstore import store
from loyalty.unit import Unit
from loyalty.webhooks.signing import GRACE, open_secret, sealed_secret

HOPELESS_AFTER = timedelta(days=3)
MOST = 20
"""Endpoints of one tenant."""
IN_TURN = "select pg_advisory_xact_lock(hashtextextended('webhooks/' || %s, 0))"
COUNT = "select count(*) from webhooks_endpoint where tenant_id = %s"
ADD = """insert into webhooks_endpoint (tenant_id, id, url, description, types, state, paused_because, created_by, created_at, changed_at,
        after_position, since, failures)
    values (%s, %s, %s, %s, %s, 'active', '', %s, %s, %s, %s, '{}', 0) on conflict do nothing returning id"""
LOCK = "select url, description, types, state, since::text from webhooks_endpoint where tenant_id = %s and id = %s for update"
CHANGE = """update webhooks_endpoint set url = %s, description = %s, types = %s, since = %s::jsonb, changed_at = %s
    where tenant_id = %s and id = %s"""
PAUSE = """update webhooks_endpoint set state = 'paused', paused_because = %s, changed_at = %s
    where tenant_id = %s and id = %s and state = 'active'"""
RESUME = """update webhooks_endpoint set state = 'active', paused_because = '', changed_at = %s, failures = 0, failing_since = null,
    resting_until = null where tenant_id = %s and id = %s"""
NOT_TOLD = """update webhooks_delivery set state = 'removed', settled_at = %s
    where tenant_id = %s and endpoint_id = %s and state = 'waiting'"""
REMOVE = (
    "delete from webhooks_secret where tenant_id = %s and endpoint_id = %s",
    "delete from webhooks_endpoint where tenant_id = %s and id = %s",
)
SIGN_WITH = """insert into webhooks_secret (tenant_id, id, endpoint_id, sealed, made_at) values (%s, %s, %s, %s, %s)
    on conflict do nothing returning id"""
END_SECRETS = """update webhooks_secret set ends_at = case when ends_at is null then %s else least(ends_at, %s) end
    where tenant_id = %s and endpoint_id = %s"""
FORGET_SECRETS = "delete from webhooks_secret where tenant_id = %s and ends_at <= %s"
DOOR = "select url from webhooks_endpoint where tenant_id = %s and id = %s"
LIVE = """select id, sealed from webhooks_secret where tenant_id = %s and endpoint_id = %s and (ends_at is null or ends_at > %s)
    order by made_at desc, id desc"""
SUCCEEDED = """update webhooks_endpoint set succeeded_at = %s, failures = 0, failing_since = null, resting_until = null
    where tenant_id = %s and id = %s and (failures > 0 or succeeded_at is null or succeeded_at < %s)"""
FAILED = """update webhooks_endpoint set failures = failures + 1, failing_since = coalesce(failing_since, %s)
    where tenant_id = %s and id = %s returning failures"""
REST = "update webhooks_endpoint set resting_until = greatest(coalesce(resting_until, %s), %s) where tenant_id = %s and id = %s"
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Kept:
    """An endpoint as a command finds it, locked."""

    url: str
    description: str
    types: list[str]
    state: str
    since: dict[str, int]


@dataclass(frozen=True, slots=True)
class Door:
    """Where a delivery goes, and what opens the secrets that it is signed with."""

    tenant_id: int
    url: str
    sealed: tuple[tuple[UUID, bytes], ...]

    def secrets(self) -> list[str]:
        """The live secrets, the newest first. Raises Unreadable."""
        return [open_secret(self.tenant_id, secret_id, sealed) for secret_id, sealed in self.sealed]


# -- for commands -----------------------------------------------------------------------------------


def count_in_turn(unit: Unit) -> int:
    """How many endpoints the tenant has; until the transaction ends nobody else adds one."""
    unit.execute(IN_TURN, (str(unit.tenant_id),))
    return int(unit.execute(COUNT, (unit.tenant_id,))[0][0])


def add(unit: Unit, endpoint_id: UUID, url: str, description: str, types: Sequence[str]) -> bool:
    """Keep a new endpoint, which is told what happens from now on. False when it is there already."""
    seen, by = store.last_seen(using="default"), unit.circumstances.actor
    row = (unit.tenant_id, endpoint_id, url, description, list(types), by, unit.now, unit.now, seen)
    return bool(unit.execute(ADD, row))


def lock(unit: Unit, endpoint_id: UUID) -> Kept | None:
    """The endpoint; nobody else changes it until the transaction ends."""
    rows = unit.execute(LOCK, (unit.tenant_id, endpoint_id))
    if not rows:
        return None
    url, description, types, state, since = rows[0]
    return Kept(url, description, types, state, json.loads(since))


def change(unit: Unit, endpoint_id: UUID, before: Kept, url: str, description: str, types: Sequence[str]) -> None:
    """What is told, and where, from now on; also what waits goes there. Of a type that is new, nothing older is told."""
    seen = store.last_seen(using="default")
    since = {name: before.since.get(name) if name in before.types else seen for name in types}
    kept = json.dumps({name: position for name, position in since.items() if position is not None})
    unit.execute(CHANGE, (url, description, list(types), kept, unit.now, unit.tenant_id, endpoint_id))


def pause(unit: Unit, endpoint_id: UUID) -> None:
    """Nothing leaves for the endpoint; what happens waits for it."""
    unit.execute(PAUSE, ("by_hand", unit.now, unit.tenant_id, endpoint_id))


def resume(unit: Unit, endpoint_id: UUID) -> None:
    """What waits leaves."""
    unit.execute(RESUME, (unit.now, unit.tenant_id, endpoint_id))


def remove(unit: Unit, endpoint_id: UUID) -> None:
    """Delete the endpoint with its secrets. What waits for it ends; what it was told is nobody's then, and goes with the night."""
    unit.execute(NOT_TOLD, (unit.now, unit.tenant_id, endpoint_id))
    for sql in REMOVE:
        unit.execute(sql, (unit.tenant_id, endpoint_id))


def add_secret(unit: Unit, endpoint_id: UUID, secret_id: UUID, secret: str) -> bool:
    """Sign with this secret from now on. False when it is there already."""
    sealed = sealed_secret(unit.tenant_id, secret_id, secret)
    return bool(unit.execute(SIGN_WITH, (unit.tenant_id, secret_id, endpoint_id, sealed, unit.now)))


def end_secrets(unit: Unit, endpoint_id: UUID, grace: timedelta = GRACE) -> None:
    """The newest secret ends after the `grace`, an older one at once: two are live at most."""
    unit.execute(END_SECRETS, (unit.now + grace, unit.now, unit.tenant_id, endpoint_id))


# -- for who sends. All need an open `reading` ---------------------------------------------------------


def door(tenant_id: int, endpoint_id: UUID, now: datetime) -> Door | None:
    """Where to send, and what to sign with; None for an endpoint that was removed."""
    urls = _rows(DOOR, [tenant_id, endpoint_id])
    if not urls:
        return None
    live = _rows(LIVE, [tenant_id, endpoint_id, now])
    return Door(tenant_id, urls[0][0], tuple((secret_id, bytes(sealed)) for secret_id, sealed in live))


def note_success(tenant_id: int, endpoint_id: UUID, now: datetime) -> None:
    """It took something: nothing stands against it any more. The time is kept to the minute."""
    _run(SUCCEEDED, [now, tenant_id, endpoint_id, now - MINUTE])


def note_failure(tenant_id: int, endpoint_id: UUID, now: datetime) -> int:
    """It did not; answers how often in a row."""
    rows = _rows(FAILED, [now, tenant_id, endpoint_id])
    return int(rows[0][0]) if rows else 1


def let_rest(tenant_id: int, endpoint_id: UUID, until: datetime) -> None:
    """Leave the endpoint alone for a while."""
    _run(REST, [until, until, tenant_id, endpoint_id])


def pause_if_hopeless(tenant_id: int, endpoint_id: UUID, failure: str, now: datetime) -> bool:
    """Pause an endpoint that says that it is gone, or took nothing for three days; answers whether it is paused now."""
    if failure == "gone":
        return bool(_run(PAUSE, ["gone", now, tenant_id, endpoint_id]))
    return bool(_run(f"{PAUSE} and failing_since <= %s", ["failing", now, tenant_id, endpoint_id, now - HOPELESS_AFTER]))


def forget_secrets(tenant_id: int, now: datetime) -> int:
    """Delete secrets that have ended; answers with their number."""
    return _run(FORGET_SECRETS, [tenant_id, now])


def _rows(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params))
        return list(cursor.fetchall())


def _run(sql: str, params: Sequence[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params))
        return int(cursor.rowcount)
