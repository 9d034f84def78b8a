"""Where a customer is signed in. Needs an open `reading`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from customers.queries.here import tenant_here
from customers.queries.merging import sides

SESSIONS = """select id, device, issued_at, last_used, expires_at from customers_token
    where tenant_id = %s and customer_id = any (%s) and revoked_at is null and expires_at > now() order by issued_at desc, id"""


@dataclass(frozen=True, slots=True)
class Session:
    """A token that is good. `device` is what the customer's app called itself, "" for what a program issued; `last_used` is a day (UTC)."""

    id: UUID
    device: str
    started_at: datetime
    last_used: date | None
    expires_at: datetime


def sessions(customer_id: UUID) -> list[Session]:
    """All that act as the customer at the moment, the latest first."""
    with connection.cursor() as cursor:
        cursor.execute(SESSIONS, [tenant_here(), [*sides(customer_id)]])
        return [Session(*row) for row in cursor.fetchall()]
