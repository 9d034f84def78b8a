"""Where purchases happen: asked for at every sale, so remembered for a few seconds."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import Any, cast
from uuid import UUID

from django.db import connection

from loyalty.bus import Read
from loyalty.domain.errors import NotFound
from loyalty.tenancy.current import current_tenant_id, reading
from loyalty.tenancy.middleware import tenant_of_id
from pos.domain.point_of_sale import pos_id_for
from pos.domain.scope import DocumentScope

REMEMBERED_SECONDS = 5.0
MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SalePlace:
    """What a purchase needs to know of where it happens.

    `active`: both the point of sale and its merchant are. For sales at no place (online) `pos_id` is None, `pos_name` and
    `pos_code` are "". `zone` is an IANA name, `currency` ISO 4217: those of the tenant.
    """

    pos_id: UUID | None
    merchant_id: UUID
    document_scope: DocumentScope
    currency: str
    zone: str
    active: bool
    merchant_name: str
    pos_name: str
    pos_code: str


COLUMNS = "p.id, m.id, m.document_scope, p.active and m.active, m.name, p.name, p.code"
JOINED = "pos_point_of_sale p join pos_merchant m on m.tenant_id = p.tenant_id and m.id = p.merchant_id"
PLACE = f"select {COLUMNS} from {JOINED} where p.tenant_id = %s and p.id = %s"
ONLINE = "select null::uuid, m.id, m.document_scope, m.active, m.name, '', '' from pos_merchant m where m.tenant_id = %s and m.id = %s"
PLACES_OF = f"""select {COLUMNS} from pos_seller s join {JOINED} on p.tenant_id = s.tenant_id and p.id = any (s.pos_ids)
    where s.tenant_id = %s and s.id = %s and s.active and p.active and m.active order by m.name, p.name, p.id"""
ALL = f"select {COLUMNS} from {JOINED} where p.tenant_id = %s and p.active and m.active order by m.name, p.name, p.id"
OPEN = """select m.id, p.id from pos_merchant m
    left join pos_point_of_sale p on p.tenant_id = m.tenant_id and p.merchant_id = m.id and p.active
    where m.tenant_id = (select current_setting('loyalty.tenant')::int) and m.active"""
_seen: dict[tuple[int, str, UUID], tuple[float, SalePlace]] = {}


def sale_place(pos_id: UUID) -> SalePlace:
    """Where a purchase happens; asked again after five seconds. Raises NotFound `pos.point_of_sale_not_found`."""
    return _remembered(PLACE, pos_id, "pos.point_of_sale_not_found")


def place_with_code(code: str) -> SalePlace:
    """The same by the code of the point of sale, in any case."""
    return sale_place(pos_id_for(tenant_here(), code))


def online_place(merchant_id: UUID) -> SalePlace:
    """The same for a merchant's sale at no place. Raises NotFound `pos.merchant_not_found`."""
    return _remembered(ONLINE, merchant_id, "pos.merchant_not_found")


def places_of(user_id: UUID) -> list[SalePlace]:
    """Where a member of staff may sell now: active places of active merchants, by merchant and name; none for no seller."""
    return [_place(row) for row in rows_of(PLACES_OF, tenant_here(), user_id)]


def all_places() -> list[SalePlace]:
    """Every place where purchases can be recorded now, by merchant and name."""
    return [_place(row) for row in rows_of(ALL, tenant_here())]


def open_places_read() -> Read:
    """Each active merchant with each of its active places, (merchant_id, pos_id): one row with None where it has none."""
    return Read(OPEN)


def forget_places() -> None:
    """Ask for every place anew, in this process."""
    _seen.clear()


def _remembered(sql: str, wanted: UUID, missing: str) -> SalePlace:
    key, now = (tenant_here(), sql, wanted), monotonic()
    seen = _seen.get(key)
    if seen is None or seen[0] < now:
        with reading(key[0]):
            rows = rows_of(sql, key[0], wanted)
        if not rows:
            raise NotFound(missing)
        if len(_seen) >= MOST_REMEMBERED:
            _seen.clear()
        seen = _seen[key] = (now + REMEMBERED_SECONDS, _place(rows[0]))
    return seen[1]


def _place(row: tuple[Any, ...]) -> SalePlace:
    tenant = tenant_of_id(tenant_here())
    pos_id, merchant_id, scope, active, merchant_name, pos_name, pos_code = row
    return SalePlace(
        pos_id=pos_id,
        merchant_id=merchant_id,
        document_scope=cast(DocumentScope, scope),
        currency=tenant.currency,
        zone=tenant.time_zone,
        active=active,
        merchant_name=merchant_name,
        pos_name=pos_name,
        pos_code=pos_code,
    )


def rows_of(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def tenant_here() -> int:
    if (tenant_id := current_tenant_id()) is None:
        raise RuntimeError("a query about points of sale needs an open reading(tenant_id)")
    return tenant_id
