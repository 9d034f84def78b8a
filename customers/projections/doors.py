"""How customers come in, as pages and programs ask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from customers.events import DoorsChanged
from loyalty.domain.event import Recorded
from loyalty.projections.projection import Projection, Statement

COLUMNS = ("doors", "countries", "dormant_months", "fact_above", "messages_by", "passwords", "changed_at", "changed_by", "position")
SET = f"""insert into customers_doors (id, tenant_id, {", ".join(COLUMNS)})
    values (%s, %s, %s::text[], %s::text[], %s, %s, %s, %s, %s, %s, %s)
    on conflict (tenant_id, id) do update set ({", ".join(COLUMNS)}) = row({", ".join(f"excluded.{c}" for c in COLUMNS)})"""


class DoorsSettled(Projection):
    """What was settled last. Seldom: one statement after the other."""

    name = "customers.doors"
    events = (DoorsChanged,)
    tables = ("customers_doors",)
    inline = True

    def statements(self, batch: Sequence[Recorded[Any]]) -> Iterable[Statement]:
        for r in batch:
            e = r.event
            told = (list(e.doors), list(e.countries), e.dormant_months, e.fact_above, e.messages_by, e.passwords, e.changed_at)
            yield SET, (e.doors_id, r.tenant_id, *told, r.metadata.actor, r.position)
