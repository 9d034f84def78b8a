"""What a customer's purchases count together, as queries read it: handlers know it from the account."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from earning.domain.seen import CarriedSpend

CARRIED = """select carry_id, total from earning_carried_spend where tenant_id = %s and customer_id = %s and carry_id = any (%s::uuid[])"""


def carried_seen(
    tenant_id: int, customer_id: UUID | None, wanted: Iterable[UUID], ask: Callable[[str, Sequence[Any]], Iterable[Any]]
) -> tuple[CarriedSpend, ...]:
    """What had counted by those that are `wanted`, as a purchase of the customer would see it now; nothing is asked for none."""
    keys = list(dict.fromkeys(wanted))
    if customer_id is None or not keys:
        return ()
    found = dict(ask(CARRIED, [tenant_id, customer_id, keys]))
    return tuple(CarriedSpend(carry_id=key, total=found[key]) for key in keys if found.get(key))
