"""Noting what time did to points and levels: what ended, became active, or will end soon. Late or twice, it comes to the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from django.db import connection

from earning.commands import NoteTime, SettleLevels
from earning.queries.standings import grants_to_note, levels_to_note
from earning.queries.wallets import wallets
from loyalty.bus import dispatch_all
from loyalty.tenancy import reading
from loyalty.tenancy.current import database_is_away

log = structlog.get_logger()
GoOn = Callable[[], object]
Order = NoteTime | SettleLevels
CHUNK, LOOKED_AT = 100, 500
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
    select a.id, a.customer_id from due join earning_account a on a.tenant_id = %(tenant)s and a.id = due.account_id
    where a.wallet = %(wallet)s order by a.id"""


def note_time(tenant_id: int, now: datetime | None = None, go_on: GoOn = lambda: None) -> int:
    """Note it for all accounts of a tenant where there is something to note; answers with the number of facts.

    `go_on` is called before each chunk: it tells that the work goes on, or raises where that is not wanted any more.
    """
    at = now or datetime.now(UTC)
    with reading(tenant_id):
        warned = {card.code: at + timedelta(days=card.terms.warn_days) for card in wallets()}
        due = {wallet: _due(tenant_id, wallet, at, soon) for wallet, soon in warned.items()}
    orders = [
        NoteTime(account_id=account_id, customer_id=whose, wallet=wallet) for wallet, found in due.items() for account_id, whose in found
    ]
    return _note_all(tenant_id, orders, at, go_on)


def settle_levels(tenant_id: int, now: datetime | None = None, go_on: GoOn = lambda: None) -> int:
    """Note which levels of a tenant's customers have gone, or will go soon; answers with the number of facts. `go_on` as above."""
    at = now or datetime.now(UTC)
    with reading(tenant_id):
        due = grants_to_note(at)
    noted = _settle(tenant_id, due, at, go_on)
    seen: UUID | None = FIRST
    while seen is not None:
        go_on()
        with reading(tenant_id):
            seen, due = levels_to_note(seen, at, LOOKED_AT)
        noted += _settle(tenant_id, due, at, go_on)
    return noted


def _settle(tenant_id: int, due: Sequence[UUID], at: datetime, go_on: GoOn) -> int:
    return _note_all(tenant_id, [SettleLevels(customer_id=customer_id) for customer_id in due], at, go_on)


def _note_all(tenant_id: int, orders: Sequence[Order], at: datetime, go_on: GoOn) -> int:
    noted = 0
    for begin in range(0, len(orders), CHUNK):
        go_on()
        noted += _note(tenant_id, orders[begin : begin + CHUNK], at)
    return noted


def _note(tenant_id: int, orders: Sequence[Order], at: datetime) -> int:
    """A chunk that fails is halved until the one that makes it fail is alone: it is logged, and holds up no other.

    Without a database there is nothing to halve: that ends the run.
    """
    try:
        outcomes = dispatch_all(orders, tenant_id=tenant_id, actor="system", channel="process", at=lambda order: at)
    except Exception as failure:
        if database_is_away(failure):
            raise
        if len(orders) > 1:
            half = len(orders) // 2
            return _note(tenant_id, orders[:half], at) + _note(tenant_id, orders[half:], at)
        log.exception("time not noted", tenant=tenant_id, order=repr(orders[0]))
        return 0
    return sum(outcome.result or 0 for outcome in outcomes)


def _due(tenant_id: int, wallet: str, now: datetime, soon: datetime) -> list[tuple[UUID, UUID | None]]:
    """Accounts with something to note and whose they are, in the order of their ids."""
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"tenant": tenant_id, "wallet": wallet, "now": now, "soon": soon})
        return [(account_id, whose) for account_id, whose in cursor.fetchall()]
