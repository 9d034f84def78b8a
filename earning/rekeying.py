"""What documents said of customers whom nobody knew, put under the newest key of look-ups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection

from earning.references import opened
from loyalty.lookup import lookup_digest, lookup_version
from loyalty.rekeying import AT_ONCE, rekeys
from loyalty.tenancy import reading

OLD = "select purchase_id, kind, sealed from earning_reference where tenant_id = %s and key_version <> %s order by 1, 2 limit %s for update"
REKEY = """update earning_reference r set digest = w.fresh, key_version = %s
    from unnest(%s::uuid[], %s::text[], %s::bytea[]) w (id, kind, fresh)
    where r.tenant_id = %s and r.purchase_id = w.id and r.kind = w.kind"""


@rekeys("earning.references")
def references(tenant_id: int) -> Iterator[int]:
    """A chunk after the other, until none is under another key."""
    while done := _chunk(tenant_id):
        yield done


def _chunk(tenant_id: int) -> int:
    with reading(tenant_id), connection.cursor() as cursor:
        cursor.execute(OLD, [tenant_id, lookup_version(), AT_ONCE])
        rows: list[tuple[Any, str, bytes]] = cursor.fetchall()
        fresh = [lookup_digest(kind, opened(tenant_id, i, kind, bytes(sealed)), tenant_id=tenant_id) for i, kind, sealed in rows]
        cursor.execute(REKEY, [lookup_version(), [row[0] for row in rows], [row[1] for row in rows], fresh, tenant_id])
        return len(rows)
