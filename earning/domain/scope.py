"""What all kinds of rules have in common: for which purchases a rule is, and how it stands beside others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from earning.domain.conditions import Condition, check_condition, check_values, every
from earning.domain.event_fields import of_events
from earning.domain.facts import (
    ALL_FIELDS,
    DAYS,
    FEW,
    FIELDS_OF_EVENTS,
    SEGMENT,
    Facts,
    Occasion,
    compares_numbers,
    condition_test,
    is_field,
    is_field_of_events,
    unmet,
)
from earning.domain.limits import Limit, check_limits
from earning.domain.lines import LARGEST_TOTAL, LONGEST_LABEL, check_text
from earning.domain.schedule import Hours, Window, check_hours, check_windows, may_fall
from earning.domain.selection import beyond_of
from loyalty.domain.errors import DomainError
from loyalty.domain.money import Money
from loyalty.domain.period import Period

LONGEST_GROUP = 40
MOST_PRIORITY = 1000
MOST_NAMED = 500


class Check(NamedTuple):
    """One thing that a rule asks of a purchase (the name of a field of its scope), whether it is so, and what was seen.

    `missing` are the parts of a condition that each would have to be so.
    """

    name: str
    met: bool
    seen: Any
    missing: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Among:
    """Codes that a customer must have: one of `any`, each of `all`, and none of `none`."""

    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    none: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is asked."""
        return bool(self.any or self.all or self.none)

    def fits(self, has: Collection[str]) -> bool:
        """Whether somebody who `has` these codes is meant."""
        known = {code.casefold() for code in has}
        wanted, every, no = ({code.casefold() for code in codes} for codes in (self.any, self.all, self.none))
        return (not wanted or bool(wanted & known)) and every <= known and not no & known

    def can_fit(self, held: Collection[str]) -> bool:
        """Whether anybody can be meant where the codes `held` are all that somebody has."""
        known = {code.casefold() for code in held}
        wanted, every = ({code.casefold() for code in codes} for codes in (self.any, self.all))
        return (not wanted or bool(wanted & known)) and every <= known

    def check(self, field: str) -> None:
        """Raises DomainError for codes that nobody can have."""
        if (beyond := beyond_of({name: getattr(self, name) for name in ("any", "all", "none")}, MOST_NAMED)) is not None:
            raise DomainError("earning.selection_too_long", field=f"{field}.{beyond}", most=MOST_NAMED)
        for name, some in (("any", self.any), ("all", self.all), ("none", self.none)):
            for place, code in enumerate(some):
                if not code.strip():
                    raise DomainError("earning.selection_empty", field=f"{field}.{name}.{place}")
                check_text(code, LONGEST_LABEL, f"{field}.{name}.{place}")


NOBODY_LEFT_OUT = Among()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleScope:
    """When a rule counts, for whom, and beside which others.

    `minimum` ≤ total of the purchase ≤ `maximum` (minor units; None: no limit). It was made within one of the `windows`, on one of
    the `weekdays` (0 is Monday) and within one of the `hours` on the clock of `zone`, with one of the `merchants`, at one of the
    `places`, through one of the `channels`; where none are named, any will do. Higher `priority` comes first, then the older rule.
    A rule that `stops` and did apply keeps later rules of its kind from applying; of the rules of one `group` the first counts.
    Capitals of a group do not matter. `limits` say how often, or for how many points, it counts.
    """

    priority: int = 0
    stops: bool = False
    group: str = ""
    minimum: int | None = None
    maximum: int | None = None
    windows: tuple[Window, ...] = ()
    weekdays: tuple[int, ...] = ()
    hours: tuple[Hours, ...] = ()
    zone: str = "UTC"
    merchants: tuple[UUID, ...] = ()
    places: tuple[UUID, ...] = ()
    channels: tuple[Literal["pos", "online"], ...] = ()
    levels: Among = NOBODY_LEFT_OUT
    segments: Among = NOBODY_LEFT_OUT
    condition: Condition | None = None
    limits: tuple[Limit, ...] = ()

    @property
    def one_group(self) -> str:
        """The group by which it stands beside others, in upper or lower case alike."""
        return self.group.casefold()

    @property
    def asks_for_segments(self) -> bool:
        """Whether it looks at the segments of the customer."""
        return bool(self.segments) or self.asks({SEGMENT})

    def asks(self, fields: Collection[str]) -> bool:
        """Whether its condition looks at one of `fields`."""
        return any(field in fields for field in self.fields)

    def fits(self, facts: Facts) -> bool:
        """Whether the purchase is one that the rule is for."""
        return self.test()(facts)

    def test(self) -> Callable[[Facts], bool]:
        """`fits` as a function, made once for many purchases: what is met when all `checks` are."""
        return every([*self._basket_tests(), *self._place_tests(), *self._time_tests(), *self._customer_tests()] or [lambda facts: True])

    def test_of_events(self) -> Callable[[Occasion], bool]:
        """The same for custom events, of which it asks when they were and whose they are."""
        return every([*self._time_tests(), *self._customer_tests()] or [lambda occasion: True])

    def _basket_tests(self) -> Iterator[Callable[[Facts], bool]]:
        minimum, maximum = self.minimum, self.maximum
        if minimum is not None:
            yield lambda facts: facts.basket.total >= minimum
        if maximum is not None:
            yield lambda facts: facts.basket.total <= maximum

    def _place_tests(self) -> Iterator[Callable[[Facts], bool]]:
        merchants, places, channels = frozenset(self.merchants), frozenset(self.places), self.channels
        if merchants:
            yield lambda facts: facts.sale.merchant_id in merchants
        if places:
            yield lambda facts: facts.sale.pos_id in places
        if channels:
            yield lambda facts: facts.channel in channels

    def _time_tests(self) -> Iterator[Callable[[Occasion], bool]]:
        windows, weekdays, hours, zone = self.windows, self.weekdays, self.hours, self.zone
        if windows:
            yield lambda facts: any(facts.at in window for window in windows)
        if weekdays:
            yield lambda facts: facts.local(zone).weekday() in weekdays
        if hours:
            yield lambda facts: any(facts.local(zone) in span for span in hours)

    def _customer_tests(self) -> Iterator[Callable[[Occasion], bool]]:
        if self.levels:
            yield lambda facts: self.levels.fits(facts.levels)
        if self.segments:
            yield lambda facts: self.segments.fits(facts.segments)
        if self.condition is not None:
            yield condition_test(self.condition, self.zone)

    def may_fit(self, merchant_id: UUID, pos_id: UUID | None, day: Period) -> bool:
        """Whether some purchase at a point of sale within a day can be one that the rule is for, as far as place and day decide it."""
        here = (not self.merchants or merchant_id in self.merchants) and (not self.places or pos_id in self.places)
        return here and "pos" in (self.channels or ("pos",)) and may_fall(self.windows, self.weekdays, day, self.zone)

    def checks(self, facts: Facts) -> Iterator[Check]:
        """What the rule asks of the purchase, one after the other."""
        total = facts.basket.total
        if self.minimum is not None:
            yield Check("minimum", total >= self.minimum, total)
        if self.maximum is not None:
            yield Check("maximum", total <= self.maximum, total)
        if self.windows or self.weekdays or self.hours:
            yield from self._times(facts)
        if self.merchants or self.places or self.channels:
            yield from self._wheres(facts)
        yield from self._whose(facts)

    def checks_of_event(self, occasion: Occasion) -> Iterator[Check]:
        """What the rule asks of a custom event, one after the other."""
        yield from self._times(occasion)
        yield from self._whose(occasion)

    def _whose(self, facts: Occasion) -> Iterator[Check]:
        if self.levels:
            yield Check("levels", self.levels.fits(facts.levels), facts.levels)
        if self.segments:
            yield Check("segments", self.segments.fits(facts.segments), facts.segments)
        if self.condition is not None:
            look, missing = partial(facts.seen, zone=self.zone), tuple(unmet(self.condition, self.zone, facts))
            yield Check("condition", not missing, {field: look(field) for field in self.fields}, missing)

    def check(self, *, of_events: bool = False) -> None:
        """Raises DomainError for what no rule can have; `of_events`: for what a rule that custom events decide cannot ask."""
        if of_events and (asked := [name for name in OF_PURCHASES if getattr(self, name) != getattr(EVERYTHING, name)]):
            raise DomainError("earning.rule_asks_of_purchases", field=asked[0])
        if abs(self.priority) > MOST_PRIORITY:
            raise DomainError("earning.rule_priority_invalid", field="priority", most=MOST_PRIORITY)
        check_text(self.group, LONGEST_GROUP, "group")
        self.check_basket()
        check_windows(self.windows)
        check_hours(self.weekdays, self.hours)
        _check_zone(self.zone)
        for field in ("merchants", "places"):
            if len(getattr(self, field)) > MOST_NAMED:
                raise DomainError("earning.selection_too_long", field=f"{field}.{MOST_NAMED}", most=MOST_NAMED)
        self.levels.check("levels")
        self.segments.check("segments")
        check_limits(self.limits)
        if self.condition is not None:
            fields, known = (is_field_of_events, FIELDS_OF_EVENTS) if of_events else (is_field, ALL_FIELDS)
            check_condition(self.condition, fields, compares_numbers, known)
            for node, at in self.condition.placed():
                check_values(node, DAYS, FEW, at)

    def _times(self, facts: Occasion) -> Iterator[Check]:
        if self.windows:
            yield Check("windows", any(facts.at in window for window in self.windows), facts.at)
        local = facts.local(self.zone)
        if self.weekdays:
            yield Check("weekdays", local.weekday() in self.weekdays, local.weekday())
        if self.hours:
            yield Check("hours", any(local in span for span in self.hours), local.hour * 60 + local.minute)

    def _wheres(self, facts: Facts) -> Iterator[Check]:
        if self.merchants:
            yield Check("merchants", facts.sale.merchant_id in self.merchants, facts.sale.merchant_id)
        if self.places:
            yield Check("places", facts.sale.pos_id in self.places, facts.sale.pos_id)
        if self.channels:
            yield Check("channels", facts.channel in self.channels, facts.channel)

    @property
    def event_types(self) -> list[str]:
        """The types of custom events that its condition looks at, by code, each once."""
        return list(dict.fromkeys(found[1] for found in map(of_events, self.fields) if found is not None))

    @property
    def fields(self) -> list[str]:
        """What its condition looks at."""
        return list(dict.fromkeys(node.field for node, _ in self.condition.nodes() if node.field)) if self.condition else []

    def check_basket(self, currency: str = "") -> None:
        """Raises DomainError for amounts that no purchase has; it says what is possible in `currency`, else in minor units."""
        for field in ("minimum", "maximum"):
            bound = getattr(self, field)
            if bound is not None and not 0 <= bound <= LARGEST_TOTAL:
                raise DomainError("earning.rule_basket_invalid", field=field, most=_amount(LARGEST_TOTAL, currency))
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise DomainError("earning.rule_basket_impossible", field="maximum", least=_amount(self.minimum, currency))


def _amount(minor: int, currency: str) -> Money | int:
    return Money(minor, currency) if currency else minor


def _check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, LookupError):
        raise DomainError("earning.rule_zone_invalid", field="zone") from None


EVERYTHING = RuleScope()
OF_PURCHASES = ("minimum", "maximum", "merchants", "places", "channels")
"""What can be asked of purchases alone."""
