"""For which purchases a rule is: what it asks, and what was seen, in the reader's words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from earning.domain.facts import SEGMENT
from earning.domain.limits import Limit
from earning.domain.personal import is_personal
from earning.domain.schedule import Hours, Window
from earning.domain.scope import Among, Check, RuleScope
from earning.domain.wallets import Unit
from earning.kinds.conditions import condition_sentence, field_name, value_texts
from earning.kinds.values import CHANNELS, words
from earning.kinds.words import amount_of, clock, moment, money, since, until, weekday
from loyalty.domain.errors import NotFound
from loyalty.house.periods import PERIODS
from pos.queries import online_place, sale_place

NOTHING_SEEN = "–"


def asked(scope: RuleScope, currency: str) -> Iterator[tuple[str, str]]:
    """Name and sentence of each thing that a rule asks of a purchase."""
    if scope.minimum is not None:
        yield "minimum", gettext("Purchases of at least %(amount)s.") % {"amount": money(scope.minimum, currency)}
    if scope.maximum is not None:
        yield "maximum", gettext("Purchases of at most %(amount)s.") % {"amount": named("maximum", scope, currency)}
    yield from _times(scope)
    yield from _wheres(scope)
    if scope.levels:
        yield "levels", gettext("Customers with level %(codes)s.") % {"codes": _among(scope.levels, "customer.level")}
    if scope.segments:
        yield "segments", gettext("Customers in segment %(codes)s.") % {"codes": _among(scope.segments, SEGMENT)}
    if scope.condition is not None:
        yield "condition", gettext("If %(condition)s.") % {"condition": condition_sentence(scope.condition, currency)}


COUNTED = {"times": _("times"), "points": _("points")}
WHOSE = {"customer": _("each customer"), "all": _("all together")}


def limits(scope: RuleScope, unit: Unit) -> Iterator[str]:
    """How often, or for how many points, a rule counts."""
    yield from (limit_sentence(one, unit) for one in scope.limits)


def limit_sentence(one: Limit, unit: Unit) -> str:
    """“At most 100 stars for each customer, a day.”"""
    told = {"number": one.most, "amount": amount_of(unit, one.most), "period": str(PERIODS[one.period])}
    if one.of == "points":
        each, together = _("At most %(amount)s for each customer, %(period)s."), _("At most %(amount)s for all together, %(period)s.")
        return str(each if one.whose == "customer" else together) % told
    if one.whose == "customer":
        return (
            ngettext("%(number)s time for each customer, %(period)s.", "%(number)s times for each customer, %(period)s.", one.most) % told
        )
    return ngettext("%(number)s time for all together, %(period)s.", "%(number)s times for all together, %(period)s.", one.most) % told


def beside(scope: RuleScope, unit: Unit) -> Iterator[str]:
    """How a rule stands beside others, and what its limits are."""
    yield from limits(scope, unit)
    if scope.priority:
        yield gettext("Priority %(number)s.") % {"number": scope.priority}
    if scope.stops:
        yield gettext("After it no other rule of its kind and wallet counts.")
    if scope.group:
        yield gettext("Only one rule of the group “%(group)s” counts.") % {"group": scope.group}


def seen(check: Check, scope: RuleScope, currency: str) -> str:
    """What was seen of the purchase where `check` looked; "–" where nothing was."""
    told = SEEN.get(check.name)
    return told(check.seen, scope, currency) if told else ", ".join(check.seen) or NOTHING_SEEN


def condition_seen(found: Mapping[str, tuple[Any, ...]], currency: str) -> str:
    """What was seen of the fields that a condition asks for: “total of the purchase: ₫120,000; weekday: Monday”."""
    return "; ".join(f"{field_name(field)}: {_values(field, values, currency)}" for field, values in found.items())


def _values(field: str, values: tuple[Any, ...], currency: str) -> str:
    if is_personal(field):
        return gettext("not kept, because it is personal")
    return ", ".join(dict.fromkeys(value_texts(field, values, currency))) or NOTHING_SEEN


def named(name: str, scope: RuleScope, currency: str = "") -> str:
    """What a rule asks for by a field of its scope, by its names: “Lê Lợi, Nguyễn Huệ”."""
    return NAMED[name](scope, currency)


def _times(scope: RuleScope) -> Iterator[tuple[str, str]]:
    if scope.windows:
        yield "windows", gettext("Purchases %(times)s.") % {"times": named("windows", scope)}
    if scope.weekdays:
        yield "weekdays", gettext("On %(days)s.") % {"days": named("weekdays", scope)}
    if scope.hours:
        yield "hours", gettext("At %(hours)s.") % {"hours": named("hours", scope)}


def _wheres(scope: RuleScope) -> Iterator[tuple[str, str]]:
    if scope.merchants:
        yield "merchants", gettext("Bought from %(names)s.") % {"names": named("merchants", scope)}
    if scope.places:
        yield "places", gettext("Bought at %(names)s.") % {"names": named("places", scope)}
    if scope.channels:
        yield "channels", gettext("Bought %(channels)s.") % {"channels": named("channels", scope)}


def _window(window: Window, zone: str) -> str:
    told = {"start": window.starts and since(window.starts, zone), "end": window.ends and until(window.ends, zone)}
    if window.starts and window.ends:
        return gettext("from %(start)s to %(end)s") % told
    return gettext("since %(start)s") % told if window.starts else gettext("until %(end)s") % told


def _hours(span: Hours) -> str:
    return f"{clock(span.opens)}–{clock(span.closes)}"


def _among(codes: Among, field: str) -> str:
    any_of, all_of, none_of = (called(some, field) for some in (codes.any, codes.all, codes.none))
    parts = (
        (any_of, gettext(" or ").join(any_of)),
        (all_of, gettext(" and ").join(all_of)),
        (none_of, gettext("not %(codes)s") % {"codes": ", ".join(none_of)}),
    )
    return "; ".join(words for named, words in parts if named)


def called(codes: Sequence[str], field: str) -> list[str]:
    """Codes of levels or segments as staff call them."""
    return [word or code for word, code in zip(words(field, codes), codes, strict=True)]


def _segments_seen(codes: Iterable[str], asked_for: Among) -> str:
    """Those of the rule's segments that the customer was in: the others are nobody's business here."""
    wanted = {code.casefold() for code in (*asked_for.any, *asked_for.all, *asked_for.none)}
    return ", ".join(called([code for code in codes if code.casefold() in wanted], SEGMENT)) or NOTHING_SEEN


def _place(key: UUID | None, name: str) -> str:
    try:
        if key is None:
            return str(CHANNELS["online"])
        return sale_place(key).pos_name if name == "places" else online_place(key).merchant_name
    except NotFound:
        return gettext("a point of sale that does not exist") if name == "places" else gettext("a merchant that does not exist")


NAMED: dict[str, Callable[[RuleScope, str], str]] = {
    "maximum": lambda scope, currency: money(cast(int, scope.maximum), currency),
    "windows": lambda scope, currency: gettext(" or ").join(_window(w, scope.zone) for w in scope.windows),
    "weekdays": lambda scope, currency: ", ".join(map(weekday, scope.weekdays)),
    "hours": lambda scope, currency: ", ".join(map(_hours, scope.hours)),
    "merchants": lambda scope, currency: ", ".join(_place(m, "merchants") for m in scope.merchants),
    "places": lambda scope, currency: ", ".join(_place(p, "places") for p in scope.places),
    "channels": lambda scope, currency: gettext(" or ").join(str(CHANNELS[c]) for c in scope.channels),
}
"""How what is asked for is said."""
SEEN: dict[str, Callable[[Any, RuleScope, str], str]] = {
    "minimum": lambda total, scope, currency: money(total, currency),
    "maximum": lambda total, scope, currency: money(total, currency),
    "windows": lambda at, scope, currency: moment(at, scope.zone),
    "weekdays": lambda day, scope, currency: weekday(day),
    "hours": lambda minute, scope, currency: clock(minute),
    "merchants": lambda key, scope, currency: _place(key, "merchants"),
    "places": lambda key, scope, currency: _place(key, "places"),
    "channels": lambda channel, scope, currency: str(CHANNELS[channel]),
    "levels": lambda codes, scope, currency: ", ".join(called(codes, "customer.level")) or NOTHING_SEEN,
    "segments": lambda codes, scope, currency: _segments_seen(codes, scope.segments),
    "condition": lambda found, scope, currency: condition_seen(found, currency),
}
"""How what was seen is said."""
