"""What looks wrong about a rule, though it may be meant: it can never count, or counts beside another of its kind."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from earning.domain.conditions import Condition, Value, folded
from earning.domain.facts import FIELDS, NUMBERS
from earning.domain.personal import is_personal
from earning.domain.schedule import Window
from earning.domain.scope import EVERYTHING, RuleScope
from earning.domain.terms import PointsPerAmount, Terms

WarningCode = Literal["never_met", "nobody_in_segments", "never_in_time", "shadowed", "overlaps"]
STANDING_BESIDE = frozenset({"priority", "stops", "group", "limits", "zone"})
"""Fields of a scope that say nothing about which purchases a rule is for."""
FREE: Window = Window()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A rule as it stands, in force for purchases of `starts` ≤ t < `ends` (None: no limit)."""

    rule_id: UUID
    name: str
    terms: Terms
    scope: RuleScope
    starts: datetime | None = None
    ends: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleWarning:
    """What looks wrong: `code`, and the other rule it is about (None: only about the rule itself) with its name."""

    code: WarningCode
    other_id: UUID | None = None
    other_name: str = ""


def warnings_of(rule: Standing, others: Sequence[Standing], peopled: Collection[str]) -> Iterator[RuleWarning]:
    """What looks wrong about `rule` among `others` that are or will be in force; both stand in the order of their age in `others`,
    where `rule` may be missing: then it is the youngest. `peopled` are the segments that somebody is in, by code in small letters.
    """
    yield from _alone(rule, peopled)
    age = {one.rule_id: place for place, one in enumerate(others)}
    for other in others:
        if other.rule_id != rule.rule_id and other.terms.stage == rule.terms.stage and _meet(rule, other):
            before = _order(other, age) < _order(rule, age)
            if before and other.scope.stops and not other.scope.limits and _covers(other, rule):
                yield RuleWarning(code="shadowed", other_id=other.rule_id, other_name=other.name)
            elif _beside(rule, other) and (_covers(other, rule) or _covers(rule, other)):
                yield RuleWarning(code="overlaps", other_id=other.rule_id, other_name=other.name)


def _alone(rule: Standing, peopled: Collection[str]) -> Iterator[RuleWarning]:
    scope = rule.scope
    if scope.condition is not None and never(scope.condition, _bounds(scope)):
        yield RuleWarning(code="never_met")
    if not scope.segments.can_fit(peopled):
        yield RuleWarning(code="nobody_in_segments")
    if scope.windows and not any(_share(window, Window(starts=rule.starts, ends=rule.ends)) for window in scope.windows):
        yield RuleWarning(code="never_in_time")


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


def _covers(wide: Standing, narrow: Standing) -> bool:
    """Whether `wide` surely is for every purchase that `narrow` is for, with all its lines."""
    asked = (f.name for f in fields(RuleScope) if f.name not in STANDING_BESIDE)
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


def never(condition: Condition, known: Mapping[str, Span]) -> bool:
    """Whether the condition surely holds for no purchase whose numbers lie in `known`. What it cannot tell may be met."""
    match condition.op:
        case "or":
            return all(never(part, known) for part in condition.parts)
        case "not":
            return False
        case "and":
            return any(never(part, known) for part in condition.parts) or _contradict(list(_all_of(condition)), known)
    return _contradict([condition], known)


def _all_of(condition: Condition) -> Iterator[Condition]:
    """The comparisons that must all hold."""
    for part in condition.parts if condition.op == "and" else (condition,):
        if part.op == "and":
            yield from _all_of(part)
        elif is_personal(part.field) or (part.field in FIELDS and part.field.startswith("purchase.")):
            yield part


def _contradict(leaves: Iterable[Condition], known: Mapping[str, Span]) -> bool:
    spans, choices = dict(known), dict[str, set[Value]]()
    for leaf in leaves:
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
    }
