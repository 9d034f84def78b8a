"""What a customer had bought before a purchase, for rules that ask: of purchases of which something is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from earning.domain.purchase import Purchase
from earning.domain.seen import History
from loyalty.bus import Unit

IN_TURN = "select pg_advisory_xact_lock(hashtextextended('earning.history/' || %s || '/' || %s, 0))"
"""The account's head does the same once it exists: of a customer's first purchases at once, one after the other is decided."""
HISTORY = """select count(*), coalesce(sum(case when exchange is null then kept else (exchange ->> 'total')::bigint
            - coalesce((select sum((r ->> 'exchanged')::bigint) from jsonb_array_elements(returns) r), 0) end), 0)::bigint,
        max(purchased_at) filter (where purchased_at <= %s)
    from earning_purchase
    where tenant_id = %s and customer_id = %s and state in ('recorded', 'partly_returned') and id <> all (%s::uuid[])"""
Asked: TypeAlias = Callable[[str, Sequence[Any]], Sequence[tuple[Any, ...]]]


def history_of(unit: Unit, customer_id: UUID, at: datetime) -> History:
    """What the customer had bought, for a purchase made `at`, as nobody else changes it until this command is through."""
    if unit.locks:
        unit.execute(IN_TURN, [unit.tenant_id, str(customer_id)])
    loaded = list(unit.loaded(Purchase))
    before = history_seen(unit.tenant_id, customer_id, at, lambda sql, params: unit.execute_all([(sql, tuple(params))])[0], loaded)
    return _with(before, (one for one in loaded if one.customer_id == customer_id and any(one.kept)), at)


def history_seen(tenant_id: int, customer_id: UUID, at: datetime, ask: Asked, but: Iterable[Purchase] = ()) -> History:
    """What the read model knows of it now, without the purchases `but`."""
    purchases, spent, last_at = ask(HISTORY, [at, tenant_id, customer_id, [one.id for one in but]])[0]
    return History(purchases=purchases, spent=spent, last_at=last_at)


def _with(before: History, more: Iterable[Purchase], at: datetime) -> History:
    """The same with purchases that this transaction decided, of which no read model knows yet."""
    purchases, spent, last_at = before.purchases, before.spent, before.last_at
    for one in more:
        if one.sale is not None:
            purchases, spent = purchases + 1, spent + one.sale.worth(one.kept)
            if one.sale.purchased_at <= at and (last_at is None or last_at < one.sale.purchased_at):
                last_at = one.sale.purchased_at
    return History(purchases=purchases, spent=spent, last_at=last_at)
