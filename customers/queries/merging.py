"""Who stands for whom since customers turned out to be one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef
from django.db.models.expressions import NegatedExpression

from customers.models import Absorbed
from customers.queries.here import tenant_here

STANDS = "case when p.survivor_id is null then c.id else p.survivor_id end"
"""Who stands for `c`, of whom `p` is the row in customers_absorbed. Not coalesce: Postgres does not know it as leakproof, so that under
row-level security no index is asked for it, and the whole register is read for one customer.
"""
SURVIVORS = "select id, survivor_id from customers_absorbed where tenant_id = %s and id = any (%s::uuid[])"
SIDES = f"""select w.id, w.survivor_id, a.id from (select c.id, {STANDS} as survivor_id from unnest(%s::uuid[]) c (id)
        left join customers_absorbed p on p.tenant_id = %s and p.id = c.id) w
    left join customers_absorbed a on a.tenant_id = %s and a.survivor_id = w.survivor_id order by a.merged_at, a.id"""
PARTED = """select customer_id, survivor_id, merged_by, merged_at, parted_by, parted_at, position from customers_parted
    where tenant_id = %s and (survivor_id = any (%s::uuid[]) or customer_id = any (%s::uuid[])) order by position desc"""
UNDER = """with recursive under (id) as (select %s::uuid
        union all select a.id from customers_absorbed a join under on a.into_id = under.id where a.tenant_id = %s)
    select id from under order by id"""
"""A customer, and who was merged into them, however many merges."""
ABSORBED = """select id, into_id, survivor_id, merged_by, merged_at from customers_absorbed
    where tenant_id = %s and {column} = %s order by merged_at, id"""

TOGETHER = """select a.survivor_id, sum(s.purchases)::int, sum(s.total)::bigint, max(s.last_purchase_at), max(nullif(s.currency, ''))
    from customers_absorbed a join customers_spending s on s.tenant_id = a.tenant_id and s.customer_id = a.id
    where a.tenant_id = %s and a.survivor_id = any (%s::uuid[]) group by a.survivor_id"""


@dataclass(frozen=True, slots=True)
class Bought:
    """How many purchases, what was kept of them (minor units of `currency`), and when the last one was."""

    purchases: int
    total: int
    last_purchase_at: datetime | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class AbsorbedCard:
    """A customer who was merged: into whom, who stands for them now, by which actor, and when."""

    id: UUID
    into_id: UUID
    survivor_id: UUID
    merged_by: str
    merged_at: datetime


@dataclass(frozen=True, slots=True)
class PartedCard:
    """A merge that was undone: who was merged into whom, by which actor and when, and likewise that it was undone. `position` is where the
    log says so.
    """

    customer_id: UUID
    survivor_id: UUID
    merged_by: str
    merged_at: datetime
    parted_by: str
    parted_at: datetime
    position: int


def survivors(ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Who stands for each of `ids`: somebody else only for those who were merged."""
    wanted = [*ids]
    found: dict[UUID, UUID] = dict(_rows(SURVIVORS, tenant_here(), wanted)) if wanted else {}
    return {one: found.get(one, one) for one in wanted}


def survivor(customer_id: UUID) -> UUID:
    """Who stands for a customer: themselves, unless they were merged."""
    return survivors([customer_id])[customer_id]


def sides(customer_id: UUID) -> tuple[UUID, ...]:
    """All customers who turned out to be one with this one, who stands for them first: themselves alone, unless there was a merge."""
    return sides_of([customer_id])[customer_id]


def sides_of(ids: Collection[UUID]) -> dict[UUID, tuple[UUID, ...]]:
    """The same of several at once."""
    found: dict[UUID, tuple[UUID, ...]] = {}
    for asked, whole, side in _rows(SIDES, [*ids], tenant_here(), tenant_here()) if ids else ():
        found[asked] = (*found.get(asked, (whole,)), *filter(None, (side,)))
    return found


def absorbed(customer_id: UUID) -> AbsorbedCard | None:
    """How a customer was merged; None for who was not."""
    return next((AbsorbedCard(*row) for row in _rows(ABSORBED.format(column="id"), tenant_here(), customer_id)), None)


def absorbed_by(customer_id: UUID) -> list[AbsorbedCard]:
    """Who was merged into a customer who stands for them, in that order."""
    return [AbsorbedCard(*row) for row in _rows(ABSORBED.format(column="survivor_id"), tenant_here(), customer_id)]


def partings(customer_id: UUID) -> list[PartedCard]:
    """Merges of a customer, or of those who are one with them, that were undone, the latest first: not those that were made again."""
    whose = sides(customer_id)
    rows = _rows(PARTED, tenant_here(), list(whose), list(whose))
    return [one for row in rows if not {(one := PartedCard(*row)).customer_id, one.survivor_id} <= {*whose}]


def merged_into(customer_id: UUID) -> set[UUID]:
    """A customer with all who were merged into them, or into those: who goes along when their own merge is undone."""
    return {row[0] for row in _rows(UNDER, customer_id, tenant_here())}


def together_at(customer_id: UUID, at: datetime) -> list[UUID]:
    """Of those who are one with a customer now those who were so then, that one first."""
    found = sides(customer_id)
    merged = _merged_by(found, at)
    whole = _end_of_chain(customer_id, merged)
    return [customer_id, *(side for side in found if side != customer_id and _end_of_chain(side, merged) == whole)]


def survivor_at(customer_id: UUID, at: datetime) -> UUID:
    """Who stood for a customer then, of those who are one with them now."""
    return _end_of_chain(customer_id, _merged_by(sides(customer_id), at))


def themselves(column: str) -> NegatedExpression[Any]:
    """Of rows of customers (`column` holds the id) those for whom nobody else stands: a condition for the ORM."""
    return ~Exists(Absorbed.objects.filter(tenant_id=OuterRef("tenant_id"), id=OuterRef(column)))


def spending_of_absorbed(ids: Collection[UUID]) -> dict[UUID, Bought]:
    """What those bought who were merged into each of `ids`, where anybody was and bought something."""
    return {customer_id: Bought(*bought) for customer_id, *bought in _rows(TOGETHER, tenant_here(), [*ids])} if ids else {}


def _merged_by(found: Sequence[UUID], at: datetime) -> dict[UUID, UUID]:
    """Of customers who are one, the first standing for all: into whom each was merged by then."""
    return {one.id: one.into_id for one in absorbed_by(found[0]) if one.merged_at <= at} if len(found) > 1 else {}


def _end_of_chain(customer_id: UUID, merged: Mapping[UUID, UUID]) -> UUID:
    while customer_id in merged:
        customer_id = merged[customer_id]
    return customer_id


def _rows(sql: str, *params: Any) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params))
        return list(cursor.fetchall())
