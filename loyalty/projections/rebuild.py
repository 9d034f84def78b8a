"""Make a read model anew beside the old one while sales go on, and let it take the old one's place when it is level."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from django.db import OperationalError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from loyalty.domain.event import Recorded
from loyalty.eventstore import store
from loyalty.eventstore.store import Unreadable
from loyalty.projections import sets
from loyalty.projections.blocking import passes
from loyalty.projections.inline import INLINE_LOCK
from loyalty.projections.projection import Follower, Projection, SetProjection, grouped_by_tenant
from loyalty.projections.runner import BATCH, ensure_checkpoints, write
from loyalty.tenancy.rls import enable_sql

OWNER = "owner"
END = 2**63 - 1
TRIES = 50
REACHED = "select min(position), max(position) from projections_checkpoint where projection = %s"
CONSTRAINTS = """select c.conname, pg_get_constraintdef(c.oid) from pg_constraint c
    where c.conrelid = %s::regclass and c.contype in ('p', 'u', 'x') order by c.contype, c.conname"""
INDEXES = """select pg_get_indexdef(i.indexrelid) from pg_index i
    where i.indrelid = %s::regclass and not exists (select from pg_constraint c where c.conindid = i.indexrelid)"""
PRIMARY = """select string_agg(quote_ident(a.attname), ', ' order by k.n) from pg_index i
    cross join unnest(i.indkey) with ordinality k(attnum, n) join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
    where i.indrelid = %s::regclass and i.indisprimary"""


class Poisoned(Exception):
    """A rebuild met an event that the projection cannot take in; nothing was swapped."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild read (events) and how far (position).

    When nothing was swapped, checksums of the new tables by name, and those of the old tables at the same position (live).
    """

    events: int
    position: int
    checksums: dict[str, str] = field(default_factory=dict)
    live: dict[str, str] = field(default_factory=dict)


def rebuild(
    projection: Projection, *, batch: int = BATCH, swap: bool = True, progress: Callable[[int, int], None] = lambda done, top: None
) -> Rebuilt:
    """Fill new tables from the first event on in batches of `batch`, then swap them in; the old stay in use until then.

    `progress` is told (position reached, horizon). With `swap=False` the new tables are only compared and dropped; sales
    wait for no comparison, only for the moment that fixes what is compared.
    Raises Poisoned, and leaves everything as it was, when an event cannot be taken in.
    """
    if isinstance(projection, Follower):
        raise ValueError(f"{projection.name} writes elsewhere: reset its checkpoint instead")
    ensure_checkpoints(OWNER)
    schema = "rebuild_" + projection.name.replace(".", "_")
    events, position = 0, 0
    _make_shadow(projection, schema)
    try:
        up_to = END if swap else min(_reached(projection))
        while (moved := _fill(projection, schema, position, batch, min(store.horizon(using=OWNER), up_to)))[1] > position:
            events, position = events + moved[0], moved[1]
            progress(position, store.horizon(using=OWNER))
        if not swap:
            return _compare_when_level(projection, schema, (events, position), batch)
        _analyze(projection, schema)
        return Rebuilt(events, _swap_when_level(projection, schema, position, batch))
    finally:
        with connections[OWNER].cursor() as cursor:
            cursor.execute(f"drop schema if exists {schema} cascade")


def checksum(table: str, schema: str = "public", connection: BaseDatabaseWrapper | None = None) -> str:
    """SHA-256 over all rows of `table`, ordered by primary key."""
    digest = hashlib.sha256()
    with (connection or connections[OWNER]).cursor() as cursor:
        cursor.execute(PRIMARY, [f"{schema}.{table}"])
        order = cursor.fetchone()[0]
        with cursor.copy(f"copy (select * from {schema}.{table} order by {order}) to stdout") as rows:
            for row in rows:
                digest.update(row)
    return digest.hexdigest()


def _make_shadow(projection: Projection, schema: str) -> None:
    with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        cursor.execute(
            f"drop schema if exists {schema} cascade; create schema {schema};"
            f" grant usage on schema {schema} to loyalty_app, loyalty_projector"
        )
        for t in projection.tables:
            cursor.execute(
                f"create table {schema}.{t} (like public.{t} including defaults including constraints"
                " including generated including identity including storage)"
            )
            cursor.execute(CONSTRAINTS, [f"public.{t}"])
            for name, definition in cursor.fetchall():
                cursor.execute(f'alter table {schema}.{t} add constraint "{name}" {definition}')
            cursor.execute(INDEXES, [f"public.{t}"])
            for (definition,) in cursor.fetchall():
                cursor.execute(definition.replace(f" ON public.{t} ", f" ON {schema}.{t} "))
            cursor.execute(enable_sql(f"{schema}.{t}"))
            cursor.execute(f"grant select, insert, update, delete on {schema}.{t} to loyalty_app, loyalty_projector")


@contextmanager
def _in_shadow(schema: str) -> Iterator[None]:
    with connections[OWNER].cursor() as cursor:
        cursor.execute(f"set local search_path = {schema}, public")
        yield
        cursor.execute("set local search_path = public")


def _analyze(projection: Projection, schema: str) -> None:
    """Statistics go with a table to its new place: the first query there is planned as well as the last."""
    with connections[OWNER].cursor() as cursor:
        for t in projection.tables:
            cursor.execute(f"analyze {schema}.{t}")


def _fill(projection: Projection, schema: str, after: int, batch: int, top: int) -> tuple[int, int]:
    """Take in the next batch, at most up to the position `top`; how many events, and the position reached."""
    with transaction.atomic(using=OWNER):
        if isinstance(projection, SetProjection):
            return _fill_set(projection, schema, after, min(top, after + (projection.window if batch == BATCH else batch)))
        events = _readable(projection, after, batch, top)
        with _in_shadow(schema):
            for tenant_id, group in grouped_by_tenant(events).items():
                with _poisoning(projection, group[0].position, group[-1].position):
                    write(projection, tenant_id, group, OWNER)
        return len(events), events[-1].position if len(events) == batch else top


def _readable(projection: Projection, after: int, batch: int, top: int) -> list[Recorded[Any]]:
    readable: list[Recorded[Any]] = []
    for e in store.read_each(after, batch, up_to=top, names=projection.event_names, using=OWNER):
        if isinstance(e, Unreadable):
            raise Poisoned(f"{projection.name}: {type(e.failure).__name__} at position {e.position}") from e.failure
        readable.append(e)
    return readable


@contextmanager
def _poisoning(projection: Projection, first: int, last: int) -> Iterator[None]:
    try:
        yield
    except Exception as failure:
        if passes(failure):
            raise
        raise Poisoned(f"{projection.name}: {type(failure).__name__} between positions {first} and {last}") from failure


def _fill_set(projection: SetProjection, schema: str, after: int, up_to: int) -> tuple[int, int]:
    if up_to <= after:
        return 0, after
    with _in_shadow(schema), _poisoning(projection, after + 1, up_to):
        return sets.take_in(projection, after, up_to, OWNER, strict=True), up_to


def _swap_when_level(projection: Projection, schema: str, position: int, batch: int) -> int:
    for _ in range(TRIES):
        try:
            with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
                cursor.execute("set local lock_timeout = '200ms'")
                _hold_writers(projection)
                position = _fill_all(projection, schema, position, batch, _top_while_held(projection))
                for t in projection.tables:
                    cursor.execute(f"drop table public.{t}")
                    cursor.execute(f"alter table {schema}.{t} set schema public")
                if not projection.inline:
                    cursor.execute("update projections_checkpoint set position = %s where projection = %s", [position, projection.name])
                cursor.execute("delete from projections_blocked where projection = %s", [projection.name])
            return position
        except OperationalError:  # a writer is busy: let it end, catch up, try again
            position = _fill_all(projection, schema, position, batch, store.horizon(using=OWNER))
    raise OperationalError(f"{projection.name}: the tables were never free for 200 ms; nothing was swapped")


def _compare_when_level(projection: Projection, schema: str, filled: tuple[int, int], batch: int) -> Rebuilt:
    """Fill the new tables up to the position at which a snapshot of the old ones stands, then take the checksums of both."""
    events, position = filled
    for _ in range(TRIES):
        with suppress(OperationalError), _beside() as beside:  # a writer is busy: let it end, try again
            with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
                cursor.execute("set local lock_timeout = '200ms'")
                _hold_writers(projection)
                up_to, fastest = _reached(projection)
                _begin_snapshot(beside)
            if up_to < fastest:  # each chunk stands elsewhere: the next to move may be the slowest
                continue
            while (moved := _fill(projection, schema, position, batch, up_to))[1] > position:
                events, position = events + moved[0], moved[1]
            made = {t: checksum(t, schema) for t in projection.tables}
            return Rebuilt(events, position, made, {t: checksum(t, connection=beside) for t in projection.tables})
    raise OperationalError(f"{projection.name}: the tables were never free for 200 ms; nothing was compared")


def _reached(projection: Projection) -> tuple[int, int]:
    """The positions of the slowest and the fastest chunk of the old tables; exact while their writers are held."""
    if projection.inline:
        return (top := _top_while_held(projection)), top
    with connections[OWNER].cursor() as cursor:
        cursor.execute(REACHED, [projection.name])
        slowest, fastest = cursor.fetchone()
        return int(slowest), int(fastest)


def _fill_all(projection: Projection, schema: str, position: int, batch: int, top: int) -> int:
    while (moved := _fill(projection, schema, position, batch, top))[1] > position:
        position = moved[1]
    return position


def _top_while_held(projection: Projection) -> int:
    """The last position that the new tables need; exact while writers are held.

    The horizon is not exact: who committed a moment ago lets go of its locks one after another, and may still stand announced.
    Its events are in the old tables already.
    """
    return store.last_seen(using=OWNER) if projection.inline else store.horizon(using=OWNER)


@contextmanager
def _beside() -> Iterator[BaseDatabaseWrapper]:
    """A second connection of the owner."""
    made = connections[OWNER].copy()
    try:
        yield made
    finally:
        made.close()


def _begin_snapshot(connection: BaseDatabaseWrapper) -> None:
    """From here on the connection sees the database as it is now."""
    with connection.cursor() as cursor:
        cursor.execute("begin isolation level repeatable read")
        cursor.execute("select 1 from projections_checkpoint limit 1")


def _hold_writers(projection: Projection) -> None:
    with connections[OWNER].cursor() as cursor:
        if projection.inline:
            cursor.execute("select pg_advisory_xact_lock(%s)", [INLINE_LOCK])
        else:
            cursor.execute("select 1 from projections_checkpoint where projection = %s order by chunk for update", [projection.name])
