"""What each kind of criterion means: a condition on the row of a customer, never null."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from customers.audiences.asking import Sql, filled, joined
from customers.audiences.sources import BETWEEN, Sources
from customers.domain.criteria import Criteria, Criterion, CriterionKind, Group, word
from earning.queries import Audience, who_has_balance, who_has_level

NOBODY, EVERYBODY = Sql("false"), Sql("true")
PURCHASED = "purchased_at"


def condition(criteria: Criteria, sources: Sources) -> Sql:
    """Whether a customer meets the criteria, as far as these say."""
    return joined(" and ", [EVERYBODY, *(_group(group, sources) for group in criteria.groups)])


def _group(group: Group, sources: Sources) -> Sql:
    met = joined(" or ", [NOBODY, *(MEANT[one.kind](one, sources) for one in group.any)])
    return filled("not ({})" if group.negated else "({})", met)


def _is_so(text: str, *params: Any) -> Sql:
    """Also where something is not known: then it is not so."""
    return Sql(f"({text}) is true", params)


def _period(one: Criterion, sources: Sources, column: str) -> list[Sql]:
    asking = sources.asking
    first = one.first if one.days is None else asking.today - timedelta(days=one.days)
    ends = [(f"{column} >= %s", first), (f"{column} < %s", one.last + timedelta(days=1) if one.last else None)]
    return [Sql(sql, (asking.midnight(day),)) for sql, day in ends if day]


def _places(one: Criterion) -> Sql:
    return Sql("pos_id = any (%s)", ([*one.places],))


def _bought_at(one: Criterion, sources: Sources) -> Sql:
    return _is_so(f"{sources.measure('count(*)', *_period(one, sources, PURCHASED), _places(one))} > 0")


def _share_at(one: Criterion, sources: Sources) -> Sql:
    period = _period(one, sources, PURCHASED)
    there, all_of_them = sources.measure("count(*)", *period, _places(one)), sources.measure("count(*)", *period)
    return _is_so(f"{all_of_them} > 0 and {there} * 100 >= {all_of_them} * %s", one.at_least)


def _purchases(one: Criterion, sources: Sources) -> Sql:
    return _between(f"coalesce({sources.measure('count(*)', *_period(one, sources, PURCHASED))}, 0)", one)


def _visits(one: Criterion, sources: Sources) -> Sql:
    return _between(f"coalesce({sources.measure(_days('count(distinct {})', sources), *_period(one, sources, PURCHASED))}, 0)", one)


def _overdue(one: Criterion, sources: Sources) -> Sql:
    """Of whoever came on two days there is one time between visits, which is nothing usual yet."""
    came, first, last = (sources.measure(_days(function, sources)) for function in ("count(distinct {})", "min({})", "max({})"))
    stays_away, usually = f"(%s::date - {last})::bigint * ({came} - 1) * 100", f"({last} - {first})::bigint * %s"
    return _is_so(f"{came} >= 3 and {stays_away} >= {usually}", sources.asking.today, one.at_least)


def _days(function: str, sources: Sources) -> Sql:
    """Of the days of purchases, on the programme's calendar."""
    return Sql(function.format(f"({PURCHASED} at time zone %s)::date"), (sources.asking.zone.key,))


def _total(one: Criterion, sources: Sources) -> Sql:
    return _between(f"coalesce({sources.measure('sum(kept)', *_period(one, sources, PURCHASED))}, 0)", one)


def _average(one: Criterion, sources: Sources) -> Sql:
    """Who bought nothing has none."""
    period = _period(one, sources, PURCHASED)
    return _between(sources.measure("sum(kept)", *period), one, f"::numeric * {sources.measure('count(*)', *period)}")


def _between(measure: str, one: Criterion, times: str = "") -> Sql:
    ends = [(">=", one.at_least), ("<=", one.at_most)]
    told = [Sql(f"{measure} {sign} %s{times}", (end,)) for sign, end in ends if end is not None]
    return filled("({}) is true", joined(" and ", told))


def _last_purchase(one: Criterion, sources: Sources) -> Sql:
    asking, last = sources.asking, sources.measure("max(purchased_at)")
    told = []
    if one.at_least is not None:
        told.append(Sql(f"{last} < %s", (asking.midnight(asking.today - timedelta(days=one.at_least - 1)),)))
    if one.at_most is not None:
        told.append(Sql(f"{last} >= %s", (asking.midnight(asking.today - timedelta(days=one.at_most)),)))
    return filled("({}) is true", joined(" and ", told))


def _bought(one: Criterion, sources: Sources) -> Sql:
    words = [word(one.what or "", value) for value in one.values]
    wanted = Sql("bought && %s::text[]", (words,))
    return _is_so(f"{sources.measure('count(*)', *_period(one, sources, PURCHASED), wanted)} > 0")


def _favourite(one: Criterion, sources: Sources) -> Sql:
    words = [word(one.what or "", value) for value in one.values]
    return _is_so(f"{sources.favourite(word(one.what or '', ''), *_period(one, sources, PURCHASED))} = any (%s::text[])", words)


def _days_ahead(one: Criterion, sources: Sources) -> list[int]:
    """Days of the year as month × 100 + day; who was born on 29 February is thought of on the 28th in other years."""
    ahead = [sources.asking.today + timedelta(days=n) for n in range((one.days or 0) + 1)]
    found = {day.month * 100 + day.day for day in ahead}
    if any((day.month, day.day) == (2, 28) and (day + timedelta(days=1)).month == 3 for day in ahead):
        found.add(229)
    return sorted(found)


def _birthday(one: Criterion, sources: Sources) -> Sql:
    return _is_so(f"{sources.fact('born')} = any (%s)", _days_ahead(one, sources))


def _anniversary(one: Criterion, sources: Sources) -> Sql:
    asking = sources.asking
    before = asking.midnight(asking.today)
    return _is_so(f"{sources.fact('joined')} = any (%s) and c.registered_at < %s", _days_ahead(one, sources), before)


def _registered(one: Criterion, sources: Sources) -> Sql:
    told = _period(one, sources, "c.registered_at")
    if one.places:
        told.append(Sql("c.pos_id = any (%s)", ([*one.places],)))
    return filled("({}) is true", joined(" and ", told))


def _label(one: Criterion, sources: Sources) -> Sql:
    name = one.name.casefold()
    words = [f"{name}{BETWEEN}{value.casefold()}" for value in one.values] or [name]
    return _is_so(f"{sources.fact('labeled')} && %s::text[]", words)


def _level(one: Criterion, sources: Sources) -> Sql:
    found = [who_has_level(code, sources.asking.now, sources.asking.among) for code in one.values]
    return _audiences([audience for audience in found if audience is not None], sources)


def _points(one: Criterion, sources: Sources) -> Sql:
    found = who_has_balance(one.wallet, one.at_least, one.at_most, sources.asking.among, sources.survivors)
    return _audiences([found], sources)


def _audiences(audiences: Iterable[Audience], sources: Sources) -> Sql:
    """Whoever is in any of them."""
    return filled("({})", joined(" or ", [NOBODY, *(_audience(one, sources) for one in audiences)]))


def _audience(one: Audience, sources: Sources) -> Sql:
    told = [] if one.listed is None else [f"{sources.listed(one.listed)} is not null"]
    told += [] if one.without is None else [f"{sources.listed(one.without)} is null"]
    return Sql(f"({' and '.join(told or ['true'])})")


def _consent(one: Criterion, sources: Sources) -> Sql:
    return _is_so(f"{sources.purposes()} && %s::text[]", [*one.values])


def _customers(one: Criterion, sources: Sources) -> Sql:
    return Sql("c.id = any (%s)", ([*one.customers],))


def _custom_event(one: Criterion, sources: Sources) -> Sql:
    types = [value.casefold() for value in one.values]
    return _between(f"coalesce({sources.deeds(types, *_period(one, sources, 'occurred_at'))}, 0)", one)


MEANT: Mapping[CriterionKind, Callable[[Criterion, Sources], Sql]] = {
    "bought_at": _bought_at,
    "share_at": _share_at,
    "purchases": _purchases,
    "visits": _visits,
    "total": _total,
    "average": _average,
    "last_purchase": _last_purchase,
    "overdue": _overdue,
    "bought": _bought,
    "favourite": _favourite,
    "birthday": _birthday,
    "anniversary": _anniversary,
    "registered": _registered,
    "label": _label,
    "level": _level,
    "points": _points,
    "consent": _consent,
    "customers": _customers,
    "custom_event": _custom_event,
}
