"""Pictures of customers: small, drawn anew without what a camera wrote beside them, sealed, and in a row of the database, so that they are
forgotten with the person in one transaction.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import connection

from customers.queries.here import tenant_here
from loyalty.bus import Unit
from loyalty.files.photos import photo_of
from loyalty.lookup import seal, unseal

SIDE = 320
"""Pixels of the longer side."""
KEEP = """insert into customers_avatar (tenant_id, customer_id, version, sealed, changed_at) values (%s, %s, %s, %s, %s)
    on conflict (tenant_id, customer_id) do update
    set (version, sealed, changed_at) = (excluded.version, excluded.sealed, excluded.changed_at)"""
DROP = "delete from customers_avatar where tenant_id = %s and customer_id = %s"
FIND = "select sealed from customers_avatar where tenant_id = %s and customer_id = %s"
VERSION = "select version, changed_at from customers_avatar where tenant_id = %s and customer_id = %s"


def keep(unit: Unit, customer_id: UUID, sent: bytes | None) -> None:
    """Keep the picture in a file that a customer sent; None takes it away. Raises DomainError as `photo_of` does."""
    if sent is None:
        unit.execute(DROP, (unit.tenant_id, customer_id))
        return
    picture = photo_of(sent, SIDE).content
    sealed = seal(picture, "customers_avatar", unit.tenant_id, customer_id)
    unit.execute(KEEP, (unit.tenant_id, customer_id, sha256(sealed).hexdigest()[:16], sealed, unit.now))


def avatar(customer_id: UUID) -> bytes | None:
    """The picture, as WebP; None where there is none. Needs an open `reading`, as the next."""
    with connection.cursor() as cursor:
        cursor.execute(FIND, [tenant_here(), customer_id])
        row = cursor.fetchone()
    return unseal(row[0], "customers_avatar", tenant_here(), customer_id) if row else None


def avatar_version(customer_id: UUID) -> tuple[str, datetime] | None:
    """What tells the picture from the one before, and since when it is there; None where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(VERSION, [tenant_here(), customer_id])
        return cursor.fetchone()  # type: ignore[no-any-return]
