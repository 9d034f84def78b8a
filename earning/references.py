"""The table of what documents said of customers whom nobody knew: written with the purchase, emptied by its match.

Nothing of it is ever in an event. It is kept for 24 months, as keyed digest and ciphertext.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from customers.queries import barred_query, holders
from earning.domain.references import Reference, ReferenceKind, first_holder, in_order
from loyalty.bus import Unit
from loyalty.lookup import lookup_digest, lookup_digests, lookup_version, seal, unseal
from loyalty.tenancy import reading

KEPT = timedelta(days=730)
IN_TURN = "select pg_advisory_xact_lock(hashtextextended(d, %s)) from (select unnest(%s::text[]) d order by 1) locked"
"""Who is erased in the same moment is barred before what names them is kept, or what was kept is there to be deleted."""
KEEP = """insert into earning_reference (tenant_id, purchase_id, kind, digest, key_version, sealed, kept_until)
    select %s, %s, w.kind, decode(w.digest, 'hex'), %s, decode(w.sealed, 'hex'), %s
    from jsonb_to_recordset(%s::jsonb) w (kind text, digest text, sealed text)
    on conflict (tenant_id, purchase_id, kind) do nothing"""
FORGET = "delete from earning_reference where tenant_id = %s and purchase_id = %s"
FORGET_NAMED = "delete from earning_reference where tenant_id = %s and kind = %s and digest = any (%s::bytea[])"
FORGET_OLD = "delete from earning_reference where tenant_id = %s and kept_until < %s"
OF = "select purchase_id, kind, sealed from earning_reference where tenant_id = %s and purchase_id = any (%s::uuid[])"
TO = """select distinct w.n, r.purchase_id from unnest(%s::int[], %s::text[], %s::bytea[]) w (n, kind, digest)
    join earning_reference r on r.tenant_id = %s and r.kind = w.kind and r.digest = w.digest order by 1, 2"""


def keep(unit: Unit, purchase_id: UUID, references: Sequence[Reference]) -> None:
    """Keep what the document of a purchase says of its customer, until somebody turns out to be meant: nothing of who was erased."""
    if not references:
        return
    unit.execute(IN_TURN, _turns(references, unit.tenant_id))
    barred = {row[0] for row in unit.execute(*barred_query([(r.kind, r.text) for r in references], unit.tenant_id))}
    rows = [
        {
            "kind": r.kind,
            "digest": lookup_digest(r.kind, r.text, tenant_id=unit.tenant_id).hex(),
            "sealed": seal(r.text.encode(), *_place(unit.tenant_id, purchase_id, r.kind)).hex(),
        }
        for n, r in enumerate(references)
        if n not in barred
    ]
    unit.execute(KEEP, (unit.tenant_id, purchase_id, lookup_version(), unit.now + KEPT, orjson.dumps(rows).decode()))


def forget(unit: Unit, purchase_id: UUID) -> None:
    """Delete what was kept: the purchase has its customer."""
    unit.execute(FORGET, (unit.tenant_id, purchase_id))


def forgetting(references: Iterable[Reference], tenant_id: int) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """The statements that delete what documents said of a person who is erased, by what pointed to them.

    Under every key in use, so that none of it outlives a change of keys.
    """
    named = list(references)
    yield IN_TURN, _turns(named, tenant_id)
    for one in named:
        yield FORGET_NAMED, (tenant_id, one.kind, lookup_digests(one.kind, one.text, tenant_id))


def forget_old(tenant_id: int, now: datetime) -> int:
    """Delete what was kept for 24 months; answers with the number of references."""
    with reading(tenant_id), connection.cursor() as cursor:
        cursor.execute(FORGET_OLD, [tenant_id, now])
        return int(cursor.rowcount)


def purchases_that_name(references: Sequence[Reference], tenant_id: int) -> list[tuple[int, UUID]]:
    """Purchases whose documents hold one of `references`, each with the place of that one. Needs an open `reading`."""
    wanted = [(n, r.kind, digest) for n, r in enumerate(references) for digest in lookup_digests(r.kind, r.text, tenant_id)]
    if not wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(TO, [*map(list, zip(*wanted, strict=True)), tenant_id])
        return list(cursor.fetchall())


def matches(purchase_ids: Collection[UUID], order: Sequence[ReferenceKind], tenant_id: int) -> dict[UUID, tuple[ReferenceKind, UUID]]:
    """Which of the purchases are somebody's by now, by which reference, and whose. Needs an open `reading`."""
    kept: dict[UUID, list[Reference]] = {}
    with connection.cursor() as cursor:
        cursor.execute(OF, [tenant_id, list(purchase_ids)])
        for purchase_id, kind, sealed in cursor.fetchall():
            kept.setdefault(purchase_id, []).append(Reference(kind, opened(tenant_id, purchase_id, kind, sealed)))
    found = {i: holder_of(in_order(references, order)) for i, references in kept.items()}
    return {i: holder for i, holder in found.items() if holder is not None}


def opened(tenant_id: int, purchase_id: UUID, kind: str, sealed: bytes) -> str:
    """The text of a reference that was kept. Raises `Unreadable`."""
    return unseal(sealed, *_place(tenant_id, purchase_id, kind)).decode()


def holder_of(references: Sequence[Reference]) -> tuple[ReferenceKind, UUID] | None:
    """The first of `references`, in order, that finds a customer, and who that is: one query. Needs an open `reading`."""
    return first_holder(references, holders([(r.kind, r.text) for r in references]))


def _turns(references: Sequence[Reference], tenant_id: int) -> tuple[object, ...]:
    return tenant_id, [digest.hex() for one in references for digest in lookup_digests(one.kind, one.text, tenant_id)]


def _place(tenant_id: int, purchase_id: UUID, kind: str) -> tuple[object, ...]:
    return "earning_reference", tenant_id, purchase_id, kind
