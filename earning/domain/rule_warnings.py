"""What looks wrong about a rule, though it may be meant: it can never count, or counts beside another of its kind."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Literal, NamedTuple, TypeAlias
from uuid import UUID

from earning.domain.conditions import Condition, Value, folded
from earning.domain.facts import FEW, FIELDS, HISTORY, LEVEL, NUMBERS, SEGMENT, VISIT
from earning.domain.personal import is_personal
from earning.domain.schedule import MINUTES_OF_A_DAY, Hours, Window
from earning.domain.scope import EVERYTHING, Among, RuleScope
from earning.domain.terms import Multiplier, PointsPerAmount, Terms, Wallet

WarningCode = Literal[
    "never_met", "contradicts_itself", "no_lines_left", "nobody_in_segments", "no_such_level", "never_in_time", "nothing_to_multiply",
    "shadowed", "group_taken", "overlaps", "no_such_merchant", "no_such_place", "since_past",
]  # fmt: skip
STANDING_BESIDE = frozenset({"priority", "stops", "group", "limits", "zone"})
"""Fields of a scope that say nothing about which purchases a rule is for."""
CLOCKS = frozenset({"windows", "weekdays", "hours"})
DAY = MINUTES_OF_A_DAY
FREE: Window = Window()
Codes: TypeAlias = Mapping[str, frozenset[Value]]
"""By field, the codes that it can hold, in small letters."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleWarning:
    """What looks wrong: `code`, and the other rule it is about (None: only about the rule itself) with its name."""

    code: WarningCode
    other_id: UUID | None = None
    other_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a customer can have: the codes of `levels` of active sets, and of `segments` that somebody is in, in small letters.

    They can buy from these `merchants`, and at these `places` of them (None: nobody looked).
    """

    levels: frozenset[str]
    segments: frozenset[str]
    merchants: frozenset[UUID] | None = None
    places: frozenset[UUID] | None = None


def warnings_of(rule: Standing, others: Sequence[Standing], held: Held) -> Iterator[RuleWarning]:
    """What looks wrong about `rule` among `others` that are or will be in force; both stand in the order of their age in `others`,
    where `rule` may be missing: then it is the youngest.
    """
    yield from _alone(rule, held)
    yield from _for_whom(rule, held)
    age = {one.rule_id: place for place, one in enumerate(others)}
    yield from _among_all(rule, others, age)
    for other in others:
        if other.rule_id != rule.rule_id and _turn(other) == _turn(rule) and _meet(rule, other):
            before = _order(other, age) < _order(rule, age)
            if before and other.scope.stops and not other.scope.limits and _covers(other, rule):
                yield RuleWarning(code="shadowed", other_id=other.rule_id, other_name=other.name)
            elif _beside(rule, other) and _clocks_meet(rule.scope, other.scope) and _either_covers(rule, other):
                yield RuleWarning(code="overlaps", other_id=other.rule_id, other_name=other.name)


def _turn(rule: Standing) -> tuple[Wallet, int]:
    """Rules of one kind and wallet come one after the other, and may stop each other."""
    return rule.wallet, rule.terms.stage


def _alone(rule: Standing, held: Held) -> Iterator[RuleWarning]:
    scope = rule.scope
    if scope.condition is not None and never(scope.condition, _bounds(scope), _codes(held)):
        yield RuleWarning(code="never_met")
    if any(map(_is_impossible, (scope.levels, scope.segments))) or (scope.channels == ("online",) and scope.places):
        yield RuleWarning(code="contradicts_itself")
    if rule.terms.only and rule.terms.only.keys() <= rule.terms.never.keys():
        yield RuleWarning(code="no_lines_left")
    if scope.windows and not any(_share(window, Window(starts=rule.starts, ends=rule.ends)) for window in scope.windows):
        yield RuleWarning(code="never_in_time")


def _for_whom(rule: Standing, held: Held) -> Iterator[RuleWarning]:
    """Levels and segments that nobody can have, of a multiplier each level that it names; merchants and places that are not open."""
    if not rule.scope.segments.can_fit(held.segments):
        yield RuleWarning(code="nobody_in_segments")
    named = {one.level.casefold() for one in rule.terms.by_level} if isinstance(rule.terms, Multiplier) else set()
    if not rule.scope.levels.can_fit(held.levels) or not named <= held.levels:
        yield RuleWarning(code="no_such_level")
    if held.merchants is not None and not held.merchants.issuperset(rule.scope.merchants):
        yield RuleWarning(code="no_such_merchant")
    if held.places is not None and not held.places.issuperset(rule.scope.places):
        yield RuleWarning(code="no_such_place")


def _among_all(rule: Standing, others: Sequence[Standing], age: Mapping[UUID, int]) -> Iterator[RuleWarning]:
    """What others, of whatever kind, leave to it."""
    beside = [other for other in others if other.rule_id != rule.rule_id and _meet(rule, other)]
    if isinstance(rule.terms, Multiplier) and not any(
        isinstance(other.terms, PointsPerAmount) and other.wallet == rule.wallet for other in beside
    ):
        yield RuleWarning(code="nothing_to_multiply")
    for other in beside:
        grouped = bool(rule.scope.group) and rule.scope.group == other.scope.group
        before = (other.terms.stage, _order(other, age)) < (rule.terms.stage, _order(rule, age))
        sure = not other.scope.limits and not isinstance(other.terms, Multiplier)
        if grouped and before and sure and not other.scope.stops and _covers(other, rule):
            yield RuleWarning(code="group_taken", other_id=other.rule_id, other_name=other.name)


def _order(rule: Standing, age: Mapping[UUID, int]) -> tuple[int, int]:
    return -rule.scope.priority, age.get(rule.rule_id, len(age))


def _meet(one: Standing, other: Standing) -> bool:
    """Whether there is a time, and a currency, at which both count."""
    currencies = {rule.terms.currency for rule in (one, other) if isinstance(rule.terms, PointsPerAmount)}
    if len(currencies) > 1 or not _share(Window(starts=one.starts, ends=one.ends), Window(starts=other.starts, ends=other.ends)):
        return False
    return any(_share(mine, theirs) for mine in one.scope.windows or (FREE,) for theirs in other.scope.windows or (FREE,))


def _share(one: Window, other: Window) -> bool:
    starts = max((at for at in (one.starts, other.starts) if at is not None), default=None)
    ends = min((at for at in (one.ends, other.ends) if at is not None), default=None)
    return starts is None or ends is None or starts < ends


def _beside(one: Standing, other: Standing) -> bool:
    """Whether nothing keeps the one from counting beside the other."""
    grouped = bool(one.scope.group) and one.scope.group == other.scope.group
    return type(one.terms) is type(other.terms) and not grouped and not one.scope.stops and not other.scope.stops


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


class Span(NamedTuple):
    """Whole numbers from `least` to `most` (None: no bound)."""

    least: int | None = None
    most: int | None = None

    def within(self, other: Span) -> Span:
        """What lies in both."""
        least = max((n for n in (self.least, other.least) if n is not None), default=None)
        return Span(least, min((n for n in (self.most, other.most) if n is not None), default=None))

    @property
    def is_empty(self) -> bool:
        """Whether no number lies in it."""
        return self.least is not None and self.most is not None and self.least > self.most


def never(condition: Condition, known: Mapping[str, Span], codes: Codes) -> bool:
    """Whether the condition surely holds for no purchase whose numbers lie in `known`, and whose fields hold some of the `codes`.

    What it cannot tell may be met.
    """
    match condition.op:
        case "or":
            return all(never(part, known, codes) for part in condition.parts)
        case "not":
            return False
        case "and":
            return any(never(part, known, codes) for part in condition.parts) or _contradict(list(_all_of(condition)), known, codes)
    return _contradict([condition], known, codes)


def _all_of(condition: Condition) -> Iterator[Condition]:
    """The comparisons that must all hold."""
    for part in condition.parts if condition.op == "and" else (condition,):
        if part.op == "and":
            yield from _all_of(part)
        elif is_personal(part.field) or part.field in HISTORY | VISIT or (part.field in FIELDS and part.field.startswith("purchase.")):
            yield part


HELD: Codes = {field: frozenset(values) for field, values in FEW.items()}
"""Fields that hold one of a few values."""


def _codes(held: Held) -> Codes:
    return {**HELD, LEVEL: held.levels, SEGMENT: held.segments}


def _contradict(leaves: Iterable[Condition], known: Mapping[str, Span], codes: Codes) -> bool:
    spans, choices = dict(known), dict[str, set[Value]]()
    for leaf in leaves:
        if leaf.field in codes and leaf.op in {"eq", "in"} and not codes[leaf.field] & set(folded(leaf.values)):
            return True
        if leaf.field == "customer.first_purchase" and leaf.op == "eq":
            before = Span(0, 0) if folded(leaf.values) == ("yes",) else Span(1)
            spans["customer.purchases"] = spans.get("customer.purchases", Span()).within(before)
        if leaf.field in NUMBERS:
            spans[leaf.field] = spans.get(leaf.field, Span()).within(_span(leaf))
        if leaf.op in {"eq", "in"}:
            values = set(folded(leaf.values))
            choices[leaf.field] = choices.get(leaf.field, values) & values
    return any(span.is_empty for span in spans.values()) or not all(_possible(found, spans.get(name)) for name, found in choices.items())


def _possible(values: set[Value], span: Span | None) -> bool:
    return any(span is None or not isinstance(value, int) or not span.within(Span(value, value)).is_empty for value in values)


def _span(leaf: Condition) -> Span:
    numbers = [value for value in leaf.values if isinstance(value, int)]
    spans = {
        "lt": lambda: Span(most=numbers[0] - 1),
        "le": lambda: Span(most=numbers[0]),
        "gt": lambda: Span(least=numbers[0] + 1),
        "ge": lambda: Span(least=numbers[0]),
        "between": lambda: Span(numbers[0], numbers[-1]),
        "eq": lambda: Span(numbers[0], numbers[0]),
    }
    return spans[leaf.op]() if leaf.op in spans and numbers else Span()


def _bounds(scope: RuleScope) -> dict[str, Span]:
    """What numbers a purchase can have at all, and within the bounds of the rule."""
    return {
        "purchase.total": Span(scope.minimum, scope.maximum),
        "purchase.weekday": Span(0, 6),
        "purchase.hour": Span(0, 23),
        "customer.age": Span(0),
        "customer.birth_month": Span(1, 12),
        "customer.purchases": Span(0),
        "customer.spent": Span(0),
        "customer.days_since_purchase": Span(0),
        "visit.number": Span(1),
        "visit.purchases": Span(1),
        "visit.days_since": Span(1),
    }
