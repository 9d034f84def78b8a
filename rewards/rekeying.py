"""Codes of coupons, put under the newest key of look-ups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection

from loyalty.lookup import lookup_digest, lookup_version, unseal
from loyalty.rekeying import AT_ONCE, rekeys
from loyalty.tenancy import reading
from rewards.domain.code import normal_code
from rewards.stock import KIND

OLD = "select id, sealed from rewards_code where tenant_id = %s and key_version <> %s order by id limit %s for update"
REKEY = """update rewards_code c set digest = w.fresh, key_version = %s from unnest(%s::uuid[], %s::bytea[]) w (id, fresh)
    where c.tenant_id = %s and c.id = w.id"""


@rekeys("rewards.codes")
def codes(tenant_id: int) -> Iterator[int]:
    """A chunk after the other, until none is under another key."""
    while done := _chunk(tenant_id):
        yield done


def _chunk(tenant_id: int) -> int:
    with reading(tenant_id), connection.cursor() as cursor:
        cursor.execute(OLD, [tenant_id, lookup_version(), AT_ONCE])
        rows: list[tuple[Any, bytes]] = cursor.fetchall()
        known = [normal_code(unseal(sealed, "rewards_code", tenant_id, i).decode()) for i, sealed in rows]
        fresh = [lookup_digest(KIND, code, tenant_id=tenant_id) for code in known]
        cursor.execute(REKEY, [lookup_version(), [row[0] for row in rows], fresh, tenant_id])
        return len(rows)
