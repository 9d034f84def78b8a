"""Statements of whole criteria: who meets them, and who is not yet, or no longer, where they belong.

All need an open transaction of the tenant, also to be made. Segments are told by their place, counted from 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from customers.audiences.asking import Asking, Sql, filled, joined
from customers.audiences.conditions import condition
from customers.audiences.sources import Sources
from customers.domain.criteria import Criteria
from customers.domain.state import MAY_EARN

TAKING_PART = Sql("c.state = any (%s)", (sorted(MAY_EARN),))
"""Who takes part, or may yet."""
MET = "array_remove(array[{}]::int[], null)"
HELD = """
    left join (select customer_id, array_agg(w.number::int - 1 order by w.number) as places from customers_segment_member
        join unnest({}) with ordinality w (id, number) on w.id = segment_id where {} group by customer_id) h on h.customer_id = c.id"""
DIFFERING = """select id, met, held from (select c.id, case when {} then {} else array[]::int[] end as met,
    coalesce(h.places, array[]::int[]) as held from {}{}) looked where met <> held order by id"""


def matching(criteria: Criteria, asking: Asking) -> Sql:
    """Lists everybody who meets the criteria, once: rows (customer)."""
    sources = Sources(asking)
    met = condition(criteria, sources)
    return filled("select c.id from {} where {} and {}", sources.joined(), TAKING_PART, met)


def meeting(asked: Sequence[Criteria], asking: Asking) -> Sql:
    """Which of several criteria each customer meets: rows (customer, places)."""
    sources = Sources(asking)
    met = _met(asked, sources)
    return filled("select c.id, {} from {} where {}", met, sources.joined(), TAKING_PART)


def differing(asked: Mapping[UUID, Criteria], asking: Asking) -> Sql:
    """Who should be in other segments of these than they are: rows (customer, places of those they meet, of those they are in)."""
    sources = Sources(asking)
    met = _met(asked.values(), sources)
    held = filled(HELD, Sql("%s::uuid[]", ([*asked],)), asking.within("customer_id"))
    return filled(DIFFERING, TAKING_PART, met, sources.joined(), held)


def _met(asked: Iterable[Criteria], sources: Sources) -> Sql:
    cases = [filled(f"case when {{}} then {place} end", condition(one, sources)) for place, one in enumerate(asked)]
    return filled(MET, joined(", ", cases))
