"""Codes of coupons, put under the newest key of look-ups."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db import connection

from loyalty.lookup import lookup_digest, lookup_version, unseal
from loyalty.rekeying import AT_ONCE, rekeys
from loyalty.tenancy import reading
from rewards.domain.code import normal_code
from rewards.stock import KIND

OLD = "select id, sealed from rewards_code where tenant_id = %s and key_version <> %s and id > %s order by id limit %s for update"
REKEY = """update rewards_code c set digest = w.fresh, key_version = %s
    from (select distinct on (fresh) id, fresh from unnest(%s::uuid[], %s::bytea[]) u (id, fresh) order by fresh, id) w
    where c.tenant_id = %s and c.id = w.id
        and not exists (select from rewards_code o where o.tenant_id = c.tenant_id and o.digest = w.fresh)"""
"""A code that is there twice stays under its older key once: the other one is found."""


@rekeys("rewards.codes")
def codes(tenant_id: int) -> Iterator[int]:
    """A chunk after the other, until each was seen."""
    last = UUID(int=0)
    while done := _chunk(tenant_id, last):
        last = done[-1]
        yield len(done)


def _chunk(tenant_id: int, after: UUID) -> list[UUID]:
    with reading(tenant_id), connection.cursor() as cursor:
        cursor.execute(OLD, [tenant_id, lookup_version(), after, AT_ONCE])
        rows: list[tuple[UUID, bytes]] = cursor.fetchall()
        known = [normal_code(unseal(sealed, "rewards_code", tenant_id, i).decode()) for i, sealed in rows]
        fresh = [lookup_digest(KIND, code, tenant_id=tenant_id) for code in known]
        ids = [key for key, _sealed in rows]
        cursor.execute(REKEY, [lookup_version(), ids, fresh, tenant_id])
        return ids
