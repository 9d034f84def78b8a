"""What of each customer's purchases counts together, for points that are given for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from earning.events import SpendCounted
from loyalty.domain.event import Recorded
from loyalty.projections.projection import Projection, Statement

TOTAL = """insert into earning_carried_spend (tenant_id, customer_id, carry_id, total, position) values (%s, %s, %s, %s, %s)
    on conflict (tenant_id, customer_id, carry_id) do update set total = excluded.total, position = excluded.position"""


class CarriedSpends(Projection):
    """A row for what each customer's purchases count together: what is left of full amounts is the rest of its division."""

    name = "earning.carried_spends"
    events = (SpendCounted,)
    tables = ("earning_carried_spend",)
    inline = True

    def key(self, recorded: Recorded[SpendCounted]) -> UUID:
        return recorded.event.account_id

    def statements(self, batch: Sequence[Recorded[SpendCounted]]) -> Iterable[Statement]:
        last = {(one.tenant_id, one.event.customer_id, one.event.carry_id): one for one in batch}
        for key, one in last.items():
            yield TOTAL, (*key, one.event.total, one.position)
