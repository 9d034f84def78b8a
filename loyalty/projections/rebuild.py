"""Make a read model anew beside the old one while sales go on, and let it take the old one's place when it is level."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import OperationalError, connections, transaction

from loyalty.eventstore import store
from loyalty.projections import sets
from loyalty.projections.inline import INLINE_LOCK
from loyalty.projections.projection import Follower, Projection, SetProjection, grouped_by_tenant
from loyalty.projections.runner import BATCH, ensure_checkpoints, write
from loyalty.tenancy.rls import enable_sql

OWNER = "owner"
TRIES = 50
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
    """What a rebuild read (events), how far (position), and the checksum of the new tables by name."""

    events: int
    position: int
    checksums: dict[str, str]


def rebuild(
    projection: Projection, *, batch: int = BATCH, swap: bool = True, progress: Callable[[int, int], None] = lambda done, top: None
) -> Rebuilt:
    """Fill new tables from the first event on in batches of `batch`, then swap them in; the old stay in use until then.

    `progress` is told (position reached, horizon). With `swap=False` the new tables are only compared and dropped.
    Raises Poisoned, and leaves everything as it was, when an event cannot be taken in.
    """
    if isinstance(projection, Follower):
        raise ValueError(f"{projection.name} writes elsewhere: reset its checkpoint instead")
    ensure_checkpoints(OWNER)
    schema = "rebuild_" + projection.name.replace(".", "_")
    events, position = 0, 0
    _make_shadow(projection, schema)
    try:
        while (moved := _fill(projection, schema, position, batch))[1] > position:
            events, position = events + moved[0], moved[1]
            progress(position, store.horizon(using=OWNER))
        checksums = {t: checksum(t, schema) for t in projection.tables}
        if swap:
            position = _swap_when_level(projection, schema, position, batch)
    finally:
        with connections[OWNER].cursor() as cursor:
            cursor.execute(f"drop schema if exists {schema} cascade")
    return Rebuilt(events, position, checksums)


def checksum(table: str, schema: str = "public") -> str:
    """SHA-256 over all rows of `table`, ordered by primary key."""
    digest = hashlib.sha256()
    with connections[OWNER].cursor() as cursor:
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


def _fill(projection: Projection, schema: str, after: int, batch: int) -> tuple[int, int]:
    with transaction.atomic(using=OWNER):
        top = store.horizon(using=OWNER)
        if isinstance(projection, SetProjection):
            return _fill_set(projection, schema, after, min(top, after + (projection.window if batch == BATCH else batch)))
        events = store.read(after, batch, up_to=top, names=projection.event_names, using=OWNER)
        with _in_shadow(schema):
            for tenant_id, group in grouped_by_tenant(events).items():
                try:
                    write(projection, tenant_id, group, OWNER)
                except Exception as failure:
                    first, last = group[0].position, group[-1].position
                    raise Poisoned(f"{projection.name}: {type(failure).__name__} between positions {first} and {last}") from failure
        return len(events), events[-1].position if len(events) == batch else top


def _fill_set(projection: SetProjection, schema: str, after: int, up_to: int) -> tuple[int, int]:
    with _in_shadow(schema):
        try:
            return sets.take_in(projection, after, up_to, OWNER, strict=True), up_to
        except Exception as failure:
            raise Poisoned(f"{projection.name}: {type(failure).__name__} between positions {after + 1} and {up_to}") from failure


def _swap_when_level(projection: Projection, schema: str, position: int, batch: int) -> int:
    for _ in range(TRIES):
        try:
            with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
                cursor.execute("set local lock_timeout = '200ms'")
                _hold_writers(projection)
                while (moved := _fill(projection, schema, position, batch))[1] > position:
                    position = moved[1]
                for t in projection.tables:
                    cursor.execute(f"drop table public.{t}")
                    cursor.execute(f"alter table {schema}.{t} set schema public")
                if not projection.inline:
                    cursor.execute("update projections_checkpoint set position = %s where projection = %s", [position, projection.name])
                cursor.execute("delete from projections_blocked where projection = %s", [projection.name])
            return position
        except OperationalError:  # a writer is busy: let it end, catch up, try again
            while (moved := _fill(projection, schema, position, batch))[1] > position:
                position = moved[1]
    raise OperationalError(f"{projection.name}: the tables were never free for 200 ms; nothing was swapped")


def _hold_writers(projection: Projection) -> None:
    with connections[OWNER].cursor() as cursor:
        if projection.inline:
            cursor.execute("select pg_advisory_xact_lock(%s)", [INLINE_LOCK])
        else:
            cursor.execute("select 1 from projections_checkpoint where projection = %s order by chunk for update", [projection.name])
