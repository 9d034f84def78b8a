"""Whether the slips of the till say what was recorded with them. How many numbers were drawn, the log does not say: drawn twice, the
document itself is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import connections

from earning.events import PurchaseRecorded
from loyalty.domain.event import TYPE_OF, Recorded
from loyalty.eventstore import store
from loyalty.guards import Disagreement, checks_guard

PAGE = 500
SLIPS = """select tenant_id, command_id, number, at from pos_till_slip
    where (tenant_id, command_id) in (select * from unnest(%s::int[], %s::uuid[]))"""


@checks_guard("pos.slips")
def slips(using: str) -> Iterator[Disagreement]:
    """Sales of the till whose slip has another number or time: sent again, they would be another document."""
    after, top = 0, store.horizon(using=using)
    while page := store.read(after, PAGE, up_to=top, names=[TYPE_OF[PurchaseRecorded].name], using=using):
        after = page[-1].position
        sales = {(r.tenant_id, r.metadata.command_id): r for r in page if r.metadata.channel == "till"}
        for tenant_id, command_id, number, at in _kept(list(sales), using):
            recorded: Recorded[Any] = sales[tenant_id, command_id]
            if (number.strip(), at) != (recorded.event.document_number, recorded.event.purchased_at):
                yield Disagreement(tenant_id, recorded.stream_id, "has a slip of another number or time")


def _kept(keys: list[tuple[int, UUID]], using: str) -> list[tuple[Any, ...]]:
    with connections[using].cursor() as cursor:
        cursor.execute(SLIPS, [[tenant for tenant, _ in keys], [command for _, command in keys]])
        return list(cursor.fetchall())
