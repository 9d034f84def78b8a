"""What holds for all purchases of a programme."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from earning.events import ExchangeRateSet, MatchingOrderSet
from loyalty.domain.event import Recorded
from loyalty.projections.projection import Projection, Statement

SET = """insert into earning_programme as p (id, tenant_id, matching, position) values (%s, %s, %s, %s)
    on conflict (tenant_id, id) do update set matching = excluded.matching, position = excluded.position"""


RATE = """insert into earning_exchange_rate (id, tenant_id, currency, into_currency, rate, since, set_by, position)
    values (%s, %s, %s, %s, %s, %s, %s, %s)"""


class Programmes(Projection):
    """By which references purchases are matched, and what other currencies count. Set seldom: one statement after the other."""

    name = "earning.programmes"
    events = (MatchingOrderSet, ExchangeRateSet)
    tables = ("earning_programme", "earning_exchange_rate")
    inline = True

    def statements(self, batch: Sequence[Recorded[Any]]) -> Iterable[Statement]:
        for r in batch:
            event = r.event
            match event:
                case MatchingOrderSet():
                    yield SET, (event.programme_id, r.tenant_id, list(event.kinds), r.position)
                case ExchangeRateSet():
                    told = (event.currency, event.into, event.rate, event.effective_at, r.metadata.actor, r.position)
                    yield RATE, (r.event_id, r.tenant_id, *told)
