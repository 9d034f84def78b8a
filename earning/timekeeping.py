"""Noting what time did to points: what ended, became active, or will end soon. Late or twice, it comes to the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from earning.commands import NoteTime
from earning.queries.wallets import wallets
from loyalty.bus import dispatch_all
from loyalty.tenancy import reading

CHUNK = 100
FIRST = UUID(int=0)
DUE = """with due as (
        select account_id from earning_lot where tenant_id = %(tenant)s and remaining > 0 and expires_at <= %(now)s
        union
        select account_id from earning_lot where tenant_id = %(tenant)s and not activated and active_from <= %(now)s
        union
        select account_id from earning_lot where tenant_id = %(tenant)s and remaining > 0 and expires_at > %(now)s
            and expires_at <= %(soon)s and announced_end is distinct from expires_at
        union
        select a.id from earning_account a where a.tenant_id = %(tenant)s and a.active_until <= %(soon)s and exists (
            select 1 from earning_lot l where l.tenant_id = a.tenant_id and l.account_id = a.id and l.rolling and l.remaining > 0
                and (a.active_until <= %(now)s or l.announced_end is distinct from a.active_until)))
    select a.id from due join earning_account a on a.tenant_id = %(tenant)s and a.id = due.account_id
    where a.wallet = %(wallet)s and a.id > %(after)s order by a.id limit %(chunk)s"""


def note_time(tenant_id: int, now: datetime | None = None) -> int:
    """Note it for all accounts of a tenant where there is something to note; answers with the number of facts."""
    at = now or datetime.now(UTC)
    with reading(tenant_id):
        warned = {card.code: at + timedelta(days=card.terms.warn_days) for card in wallets()}
    facts = 0
    for wallet, soon in warned.items():
        for chunk in _chunks(tenant_id, wallet, at, soon):
            orders = [NoteTime(account_id=account_id, wallet=wallet) for account_id in chunk]
            outcomes = dispatch_all(orders, tenant_id=tenant_id, actor="system", channel="process", at=lambda order: at)
            facts += sum(outcome.result or 0 for outcome in outcomes)
    return facts


def _chunks(tenant_id: int, wallet: str, now: datetime, soon: datetime) -> Iterator[list[UUID]]:
    """Accounts in the order of their ids: one that has nothing to note after all is passed by."""
    after = FIRST
    told: dict[str, Any] = {"tenant": tenant_id, "wallet": wallet, "now": now, "soon": soon, "chunk": CHUNK}
    while True:
        with reading(tenant_id), connection.cursor() as cursor:
            cursor.execute(DUE, told | {"after": after})
            found = [row[0] for row in cursor.fetchall()]
        if not found:
            return
        yield found
        after = found[-1]
