"""How many baskets of one customer are kept at once. Each is counted under a lock of the customer, so that none is kept beyond the most."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from loyalty.bus import Unit
from loyalty.domain.errors import Conflict
from rewards.domain.basket import LONGEST

LOCK = "select pg_advisory_xact_lock(hashtextextended('rewards.baskets/' || %s || '/' || %s, 0))"
OPEN = """select count(*), min(ends_at) from rewards_basket where tenant_id = %s and customer_id = any (%s::uuid[]) and state = 'held'
    and held_at > %s and ends_at > %s and id is distinct from %s::uuid"""
Ask = Callable[[str, Sequence[Any]], Iterable[tuple[Any, ...]]]


def refuse_one_more(unit: Unit, whose: Sequence[UUID], replaces: UUID | None) -> None:
    """Raises Conflict `rewards.too_many_baskets` where as many are kept as may be, without the one that this one `replaces`; until the end
    of the transaction nobody else keeps one for this customer. A dry run only looks.
    """
    if unit.locks:
        unit.execute(LOCK, [unit.tenant_id, min(whose)])
    if refusal := one_too_many(unit.tenant_id, whose, replaces, unit.now, unit.execute):
        raise refusal


def one_too_many(tenant_id: int, whose: Sequence[UUID], replaces: UUID | None, now: datetime, ask: Ask) -> Conflict | None:
    """Why no other basket is kept for the customer now; None when one is."""
    ((number, until),) = ask(OPEN, [tenant_id, list(whose), now - LONGEST, now, replaces])
    most: int = settings.MOST_OPEN_BASKETS
    return Conflict("rewards.too_many_baskets", most=most, until=until) if number >= most else None
