"""Who meets the criteria of a segment: one statement over read models, for all customers or for some.

Sets of ids are united, intersected and subtracted, because that spills to disk where a tenant is large, while a list of a million
ids inside a condition would not fit into memory.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import OperationalError, connection, transaction

from customers.domain.criteria import Criteria, Criterion, CriterionKind, Group, checked, word
from customers.domain.state import MAY_EARN
from customers.queries.here import tenant_here
from earning.queries import Audience, Listing, who_has_balance, who_has_level
from loyalty.tenancy.middleware import tenant_of_id

PEOPLE = "select id from customers_customer where tenant_id = %s and state = any (%s)"
BOUGHT = "select customer_id from customers_purchase where tenant_id = %s and customer_id is not null"
LABEL = """ and exists (select from jsonb_each_text(labels) l (name, value) where casefold(l.name collate pg_unicode_fast) = %s{values})"""
VALUES = " and casefold(l.value collate pg_unicode_fast) = any (%s)"
BORN = " and (extract(month from birth_date) * 100 + extract(day from birth_date))::int = any (%s)"
JOINED = """ and (extract(month from registered_at at time zone %s) * 100 + extract(day from registered_at at time zone %s))::int = any (%s)
    and registered_at < %s"""
AGREES = "select customer_id from customers_consent where tenant_id = %s and given and purpose = any (%s)"
NOBODY = Listing("select null::uuid where false", ())


@dataclass(frozen=True, slots=True)
class Asking:
    """Of whom it is asked, and when: `among` narrows it to some customers (None: all of the tenant)."""

    tenant_id: int
    zone: ZoneInfo
    now: datetime
    among: Sequence[UUID] | None = None

    @property
    def today(self) -> date:
        """On the programme's calendar."""
        return self.now.astimezone(self.zone).date()

    def midnight(self, day: date) -> datetime:
        """When a day begins there."""
        return datetime.combine(day, time.min, self.zone)

    def people(self, condition: str = "", *params: Any) -> Listing:
        """Customers who take part, or may yet."""
        return self._narrowed(PEOPLE + condition, "id", self.tenant_id, sorted(MAY_EARN), *params)

    def bought(self, condition: str, params: Sequence[Any], having: str = "", *of_all: Any) -> Listing:
        """Customers of purchases; with `having`, of all their purchases together."""
        sql, narrowed = self._narrowed(BOUGHT + condition, "customer_id", self.tenant_id, *params)
        return Listing(f"{sql} group by customer_id having {having}", (*narrowed, *of_all)) if having else Listing(sql, narrowed)

    def agreeing(self, purposes: Sequence[str]) -> Listing:
        """Customers who agree to one of the purposes."""
        return self._narrowed(AGREES, "customer_id", self.tenant_id, [*purposes])

    def _narrowed(self, sql: str, column: str, *params: Any) -> Listing:
        return Listing(sql, params) if self.among is None else Listing(f"{sql} and {column} = any (%s)", (*params, [*self.among]))


def matching(criteria: Criteria, asking: Asking) -> Listing:
    """Lists everybody who meets the criteria, once. Needs an open transaction of the tenant, also to be made."""
    found = asking.people()
    for group in criteria.groups:
        found = _joined("except" if group.negated else "intersect", found, _group(group, asking))
    return found


def _group(group: Group, asking: Asking) -> Listing:
    sets = [_listing(audience, asking) for one in group.any for audience in _audiences(one, asking)]
    return _joined("union", *sets) if sets else NOBODY


def _listing(audience: Audience, asking: Asking) -> Listing:
    listed = audience.listed or asking.people()
    return listed if audience.without is None else _joined("except", listed, audience.without)


def _joined(by: str, *listings: Listing) -> Listing:
    """One set of several; each id once."""
    return Listing(f" {by} ".join(f"({one.sql})" for one in listings), tuple(param for one in listings for param in one.params))


def _audiences(one: Criterion, asking: Asking) -> Sequence[Audience]:
    """Who meets one criterion: any of these."""
    return ASKED[one.kind](one, asking)


def _period(one: Criterion, asking: Asking, column: str) -> tuple[str, list[Any]]:
    first = one.first if one.days is None else asking.today - timedelta(days=one.days)
    ends = [(f" and {column} >= %s", first), (f" and {column} < %s", one.last + timedelta(days=1) if one.last else None)]
    return "".join(sql for sql, day in ends if day), [asking.midnight(day) for _, day in ends if day]


def _bought_at(one: Criterion, asking: Asking) -> Sequence[Audience]:
    period, days = _period(one, asking, "purchased_at")
    return [Audience(asking.bought(f"{period} and pos_id = any (%s)", [*days, [*one.places]]))]


def _share_at(one: Criterion, asking: Asking) -> Sequence[Audience]:
    period, days = _period(one, asking, "purchased_at")
    having = "count(*) filter (where pos_id = any (%s)) * 100 >= count(*) * %s"
    return [Audience(asking.bought(period, days, having, [*one.places], one.at_least))]


def _measured(measure: str, one: Criterion, asking: Asking) -> Sequence[Audience]:
    """Who has none has 0, but for an average."""
    period, days = _period(one, asking, "purchased_at")
    ends = [(">=", one.at_least), ("<=", one.at_most)]
    having = " and ".join(
        f"{measure} {sign} %s" + (" * count(*)" if one.kind == "average" else "") for sign, end in ends if end is not None
    )
    numbers = [end for _, end in ends if end is not None]
    if one.kind != "average" and (one.at_least or 0) <= 0:
        return [Audience(None, asking.bought(period, days, f"not ({having})", *numbers))]
    return [Audience(asking.bought(period, days, having, *numbers))]


def _last_purchase(one: Criterion, asking: Asking) -> Sequence[Audience]:
    ends: list[tuple[str, date]] = []
    if one.at_least is not None:
        ends.append(("max(purchased_at) < %s", asking.today - timedelta(days=one.at_least - 1)))
    if one.at_most is not None:
        ends.append(("max(purchased_at) >= %s", asking.today - timedelta(days=one.at_most)))
    return [Audience(asking.bought("", [], " and ".join(sql for sql, _ in ends), *(asking.midnight(day) for _, day in ends)))]


def _bought(one: Criterion, asking: Asking) -> Sequence[Audience]:
    period, days = _period(one, asking, "purchased_at")
    words = [word(one.what or "", value) for value in one.values]
    return [Audience(asking.bought(f"{period} and bought && %s::text[]", [*days, words]))]


def _days_ahead(one: Criterion, asking: Asking) -> list[int]:
    """Days of the year as month × 100 + day; who was born on 29 February is thought of on the 28th in other years."""
    ahead = [asking.today + timedelta(days=n) for n in range((one.days or 0) + 1)]
    found = {day.month * 100 + day.day for day in ahead}
    if any((day.month, day.day) == (2, 28) and (day + timedelta(days=1)).month == 3 for day in ahead):
        found.add(229)
    return sorted(found)


def _birthday(one: Criterion, asking: Asking) -> Sequence[Audience]:
    return [Audience(asking.people(BORN, _days_ahead(one, asking)))]


def _anniversary(one: Criterion, asking: Asking) -> Sequence[Audience]:
    zone, before = asking.zone.key, asking.midnight(asking.today)
    return [Audience(asking.people(JOINED, zone, zone, _days_ahead(one, asking), before))]


def _registered(one: Criterion, asking: Asking) -> Sequence[Audience]:
    period, days = _period(one, asking, "registered_at")
    return [
        Audience(asking.people(f"{period} and pos_id = any (%s)", *days, [*one.places]) if one.places else asking.people(period, *days))
    ]


def _label(one: Criterion, asking: Asking) -> Sequence[Audience]:
    values = [[value.casefold() for value in one.values]] if one.values else []
    return [Audience(asking.people(LABEL.format(values=VALUES if values else ""), one.name.casefold(), *values))]


def _level(one: Criterion, asking: Asking) -> Sequence[Audience]:
    found = [who_has_level(code, asking.now, asking.among) for code in one.values]
    return [audience for audience in found if audience is not None]


def _points(one: Criterion, asking: Asking) -> Sequence[Audience]:
    return [who_has_balance(one.wallet, one.at_least, one.at_most, asking.among)]


def _consent(one: Criterion, asking: Asking) -> Sequence[Audience]:
    return [Audience(asking.agreeing(one.values))]


def _customers(one: Criterion, asking: Asking) -> Sequence[Audience]:
    return [Audience(asking.people(" and id = any (%s)", [*one.customers]))]


ASKED: Mapping[CriterionKind, Callable[[Criterion, Asking], Sequence[Audience]]] = {
    "bought_at": _bought_at,
    "share_at": _share_at,
    "purchases": partial(_measured, "count(*)"),
    "total": partial(_measured, "sum(kept)"),
    "average": partial(_measured, "sum(kept)"),
    "last_purchase": _last_purchase,
    "bought": _bought,
    "birthday": _birthday,
    "anniversary": _anniversary,
    "registered": _registered,
    "label": _label,
    "level": _level,
    "points": _points,
    "consent": _consent,
    "customers": _customers,
}


@dataclass(frozen=True, slots=True)
class Reach:
    """How many customers meet criteria now (None: it takes too long to say at once), and some of them, who joined last."""

    customers: int | None
    some: tuple[UUID, ...] = ()


REACH = "with met (id) as materialized ({met}) select (select count(*) from met), array(select id from met order by id desc limit %s)"
PATIENCE = "select set_config('statement_timeout', '4s', true)"
SHOWN = 5


def reach(criteria: Criteria, now: datetime) -> Reach:
    """Whom criteria mean, for whoever is still writing them. Needs an open `reading`. Raises DomainError as `checked` does."""
    tenant = tenant_of_id(tenant_here())
    met = matching(checked(criteria), Asking(tenant.id, tenant.zone, now))
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(PATIENCE)
            cursor.execute(REACH.format(met=met.sql), [*met.params, SHOWN])
            found: tuple[int, list[UUID]] = cursor.fetchone()
    except OperationalError:
        return Reach(None)
    return Reach(found[0], tuple(found[1]))
