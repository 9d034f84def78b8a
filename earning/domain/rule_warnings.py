"""What looks wrong about a rule, though it may be meant: it can never count, or counts beside another of its kind."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from earning.domain.facts import FEW, LEVEL, SEGMENT
from earning.domain.impossible import Codes, bounds_of, never
from earning.domain.schedule import MINUTES_OF_A_DAY, Hours, Window
from earning.domain.scope import EVERYTHING, Among, RuleScope
from earning.domain.terms import CustomEventPoints, Multiplier, PointsPerAmount, Terms, Wallet

WarningCode = Literal[
    "never_met", "contradicts_itself", "no_lines_left", "nobody_in_segments", "no_such_level", "level_to_come", "no_such_segment",
    "never_in_time", "nothing_to_multiply", "shadowed", "group_taken", "overlaps", "no_such_merchant", "no_such_place", "since_past",
    "no_such_event",
]  # fmt: skip
STANDING_BESIDE = frozenset({"priority", "stops", "group", "limits", "zone"})
"""Fields of a scope that say nothing about which purchases a rule is for."""
CLOCKS = frozenset({"windows", "weekdays", "hours"})
DAY = MINUTES_OF_A_DAY
FREE: Window = Window()
FEW_HELD: Codes = {field: frozenset(values) for field, values in FEW.items()}
"""Fields that hold one of a few values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A rule as it stands, in force for purchases of `starts` ≤ t < `ends` (None: no limit)."""

    rule_id: UUID
    name: str
    terms: Terms
    scope: RuleScope
    wallet: Wallet = "points"
    starts: datetime | None = None
    ends: datetime | None = None

    def from_now(self, now: datetime) -> Standing:
        """The same; one that is not in force, as if it came into force now."""
        return self if self.starts is not None else replace(self, starts=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleWarning:
    """What looks wrong: `code`, and the other rule it is about (None: only about the rule itself) with its name.

    `named` are the ids or codes that the rule names and that are not there; `of_events` says that it counts custom events, not purchases.
    """

    code: WarningCode
    other_id: UUID | None = None
    other_name: str = ""
    named: tuple[str, ...] = ()
    of_events: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a customer can have: the codes of `levels` of active sets, and of `segments` that somebody is in, in small letters.

    `levels_to_come` are those of sets that are drafts or inactive: a rule is made for them before they count.
    They can buy from these `merchants`, and at these `places` of them; `active_segments` are those that rules see, whoever is in
    them, and `event_types` those of which events are taken (None: nobody looked).
    """

    levels: frozenset[str]
    segments: frozenset[str]
    merchants: frozenset[UUID] | None = None
    places: frozenset[UUID] | None = None
    active_segments: frozenset[str] | None = None
    levels_to_come: frozenset[str] = frozenset()
    event_types: frozenset[str] | None = None

    @property
    def all_levels(self) -> frozenset[str]:
        """Those that a customer has, or will have once their set is active."""
        return self.levels | self.levels_to_come


def warnings_of(rule: Standing, others: Sequence[Standing], held: Held) -> Iterator[RuleWarning]:
    """What looks wrong about `rule` among `others` that are or will be in force; both stand in the order of their age in `others`,
    where `rule` may be missing: then it is the youngest.
    """
    alone = list(_alone(rule, held))
    yield from alone
    yield from _named_in_vain(rule, held)
    age = {one.rule_id: place for place, one in enumerate(others)}
    among_all = list(_among_all(rule, others, age))
    yield from among_all
    lives = [one for one in others if one.rule_id != rule.rule_id and not _never_counts(one, held)]
    shadows = list(_shadows(rule, lives, age))
    for other in shadows:
        yield RuleWarning(code="shadowed", other_id=other.rule_id, other_name=other.name)
    if _never_counts(rule, held) or shadows or any(one.code == "group_taken" for one in among_all):
        return
    for other in lives:
        if _overlap(rule, other, age) and not any(_shadows(other, lives, age)):
            yield RuleWarning(code="overlaps", other_id=other.rule_id, other_name=other.name, of_events=counts_events(rule.terms))


def counts_events(terms: Terms) -> bool:
    """Whether a rule counts custom events, and not purchases."""
    return isinstance(terms, CustomEventPoints)


def _shadows(rule: Standing, others: Iterable[Standing], age: Mapping[UUID, int]) -> Iterator[Standing]:
    """Those of `others` that come first and stop wherever it could count."""
    for other in others:
        stops = other.scope.stops and not other.scope.limits and other.rule_id != rule.rule_id
        if stops and _turn(other) == _turn(rule) and _order(other, age) < _order(rule, age) and _meet(rule, other) and _covers(other, rule):
            yield other


def _overlap(rule: Standing, other: Standing, age: Mapping[UUID, int]) -> bool:
    """Whether customers get the points of both for the same purchases."""
    first = min(rule, other, key=lambda one: _order(one, age))
    beside = _turn(other) == _turn(rule) and _meet(rule, other) and not first.scope.stops and _beside(rule, other)
    return beside and _clocks_meet(rule.scope, other.scope) and _either_covers(rule, other)


def _turn(rule: Standing) -> tuple[Wallet, int]:
    """Rules of one kind and wallet come one after the other, and may stop each other."""
    return rule.wallet, rule.terms.stage


def _alone(rule: Standing, held: Held) -> Iterator[RuleWarning]:
    scope = rule.scope
    if scope.condition is not None and never(scope.condition, bounds_of(scope), _codes(held)):
        yield RuleWarning(code="never_met")
    if any(map(_is_impossible, (scope.levels, scope.segments))) or (scope.channels == ("online",) and scope.places):
        yield RuleWarning(code="contradicts_itself")
    if rule.terms.only and rule.terms.only.keys() <= rule.terms.never.keys():
        yield RuleWarning(code="no_lines_left")
    if scope.windows and not any(_share(window, Window(starts=rule.starts, ends=rule.ends)) for window in scope.windows):
        yield RuleWarning(code="never_in_time")


def _codes(held: Held) -> Codes:
    return {**FEW_HELD, LEVEL: held.all_levels, SEGMENT: held.segments}


def _never_counts(rule: Standing, held: Held) -> bool:
    """Whether it counts for nobody, whatever other rules do."""
    somebody = rule.scope.levels.can_fit(held.all_levels) and rule.scope.segments.can_fit(held.segments)
    return not somebody or any(_alone(rule, held))


def _named_in_vain(rule: Standing, held: Held) -> Iterator[RuleWarning]:
    """Levels and segments, asked for or left out, merchants and places that are not there."""
    scope = rule.scope
    of_multiplier = [one.level for one in rule.terms.by_level] if isinstance(rule.terms, Multiplier) else []
    named = [*_all(scope.levels), *of_multiplier, *_compared(scope, LEVEL)]
    lost = _lost(named, held.all_levels)
    if lost:
        yield RuleWarning(code="no_such_level", named=lost)
    later = tuple(code for code in _lost(named, held.levels) if code not in lost)
    if later:
        yield RuleWarning(code="level_to_come", named=later)
    lost = _lost([*_all(scope.segments), *_compared(scope, SEGMENT)], held.active_segments)
    if lost:
        yield RuleWarning(code="no_such_segment", named=lost)
    empty = [code for code in _lost([*scope.segments.any, *scope.segments.all], held.segments) if code not in lost]
    if empty and not scope.segments.can_fit(held.segments):
        yield RuleWarning(code="nobody_in_segments", named=tuple(empty))
    of_terms = [rule.terms.type] if isinstance(rule.terms, CustomEventPoints) else []
    lost = _lost([*of_terms, *scope.event_types], held.event_types)
    if lost:
        yield RuleWarning(code="no_such_event", named=lost)
    merchants = () if held.merchants is None else tuple(str(one) for one in scope.merchants if one not in held.merchants)
    if merchants:
        yield RuleWarning(code="no_such_merchant", named=merchants)
    places = () if held.places is None else tuple(str(one) for one in scope.places if one not in held.places)
    if places:
        yield RuleWarning(code="no_such_place", named=places)


def _all(codes: Among) -> tuple[str, ...]:
    return (*codes.any, *codes.all, *codes.none)


def _compared(scope: RuleScope, field: str) -> Iterator[str]:
    """What its condition compares the whole of a field with, wherever it stands."""
    for node, _depth in scope.condition.nodes() if scope.condition is not None else ():
        if node.field == field and node.op in {"eq", "ne", "in"}:
            yield from map(str, node.values)


def _lost(codes: Iterable[str], there: Collection[str] | None) -> tuple[str, ...]:
    """The codes that are not there, each once (none where nobody looked)."""
    return () if there is None else tuple(dict.fromkeys(code for code in codes if code.casefold() not in there))


def _among_all(rule: Standing, others: Sequence[Standing], age: Mapping[UUID, int]) -> Iterator[RuleWarning]:
    """What others, of whatever kind, leave to it."""
    beside = [other for other in others if other.rule_id != rule.rule_id and _meet(rule, other)]
    if isinstance(rule.terms, Multiplier) and not any(
        isinstance(other.terms, PointsPerAmount) and other.wallet == rule.wallet for other in beside
    ):
        yield RuleWarning(code="nothing_to_multiply")
    for other in beside:
        grouped = bool(rule.scope.group) and rule.scope.one_group == other.scope.one_group
        before = (other.terms.stage, _order(other, age)) < (rule.terms.stage, _order(rule, age))
        sure = not other.scope.limits and not isinstance(other.terms, Multiplier)
        if grouped and before and sure and not other.scope.stops and _covers(other, rule):
            yield RuleWarning(code="group_taken", other_id=other.rule_id, other_name=other.name)


def _order(rule: Standing, age: Mapping[UUID, int]) -> tuple[int, int]:
    return -rule.scope.priority, age.get(rule.rule_id, len(age))


def _meet(one: Standing, other: Standing) -> bool:
    """Whether there is a time, and a currency, at which both count."""
    currencies = {rule.terms.currency for rule in (one, other) if isinstance(rule.terms, PointsPerAmount)}
    if (
        len(currencies) > 1
        or one_type(one.terms) != one_type(other.terms)
        or not _share(Window(starts=one.starts, ends=one.ends), Window(starts=other.starts, ends=other.ends))
    ):
        return False
    return any(_share(mine, theirs) for mine in one.scope.windows or (FREE,) for theirs in other.scope.windows or (FREE,))


def one_type(terms: Terms) -> str:
    """The type of custom events that decide a rule; "" for one that purchases decide."""
    return terms.type if isinstance(terms, CustomEventPoints) else ""


def _share(one: Window, other: Window) -> bool:
    starts = max((at for at in (one.starts, other.starts) if at is not None), default=None)
    ends = min((at for at in (one.ends, other.ends) if at is not None), default=None)
    return starts is None or ends is None or starts < ends


def _beside(one: Standing, other: Standing) -> bool:
    """Whether both give where they count: they are of one kind, not of one group, and not both multipliers of which the best counts."""
    grouped = bool(one.scope.group) and one.scope.one_group == other.scope.one_group
    best = all(isinstance(rule.terms, Multiplier) and rule.terms.combine == "best" for rule in (one, other))
    return type(one.terms) is type(other.terms) and not grouped and not best


def _is_impossible(codes: Among) -> bool:
    """Whether nobody can have what is asked for, because it is left out as well."""
    wanted, every, no = ({code.casefold() for code in some} for some in (codes.any, codes.all, codes.none))
    return bool(every & no) or (bool(wanted) and wanted <= no)


def _either_covers(one: Standing, other: Standing) -> bool:
    """Whether one of them is for all that the other is for, at the times at which both count."""
    return _covers(one, other, CLOCKS) or _covers(other, one, CLOCKS)


def _clocks_meet(one: RuleScope, other: RuleScope) -> bool:
    """Whether there is a weekday and an hour at which both count; clocks of two zones may meet."""
    if one.zone != other.zone:
        return True
    days = not one.weekdays or not other.weekdays or bool(set(one.weekdays) & set(other.weekdays))
    return days and (not one.hours or not other.hours or bool(_minutes(one.hours) & _minutes(other.hours)))


def _minutes(spans: Iterable[Hours]) -> set[int]:
    """The minutes of a day that lie in them."""
    found: set[int] = set()
    for span in spans:
        found.update(range(span.opens, span.closes) if span.opens < span.closes else [*range(span.opens, DAY), *range(span.closes)])
    return found


def _covers(wide: Standing, narrow: Standing, but: Collection[str] = ()) -> bool:
    """Whether `wide` surely is for every purchase that `narrow` is for, with all its lines; fields `but` are not looked at."""
    asked = (f.name for f in fields(RuleScope) if f.name not in STANDING_BESIDE and f.name not in but)
    same = (getattr(wide.scope, name) in (getattr(EVERYTHING, name), getattr(narrow.scope, name)) for name in asked)
    return all(same) and all(_lines_cover(wide, narrow))


def _lines_cover(wide: Standing, narrow: Standing) -> Iterator[bool]:
    yield not wide.terms.only or wide.terms.only == narrow.terms.only
    yield not wide.terms.never or wide.terms.never == narrow.terms.never
