"""What holds for all purchases of a programme."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from earning.events import MatchingOrderSet
from loyalty.domain.event import Recorded
from loyalty.projections.projection import Projection, Statement

SET = """insert into earning_programme as p (id, tenant_id, matching, position) values (%s, %s, %s, %s)
    on conflict (tenant_id, id) do update set matching = excluded.matching, position = excluded.position"""


class Programmes(Projection):
    """By which references purchases are matched. Set seldom: one statement after the other."""

    name = "earning.programmes"
    events = (MatchingOrderSet,)
    tables = ("earning_programme",)
    inline = True

    def statements(self, batch: Sequence[Recorded[Any]]) -> Iterable[Statement]:
        for r in batch:
            yield SET, (r.event.programme_id, r.tenant_id, list(r.event.kinds), r.position)
