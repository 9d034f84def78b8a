"""Conditions that no purchase can meet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, TypeAlias

from earning.domain.conditions import Condition, Value, folded
from earning.domain.event_fields import of_events
from earning.domain.facts import FIELDS, HISTORY, VISIT, is_number
from earning.domain.personal import is_personal
from earning.domain.scope import RuleScope

Codes: TypeAlias = Mapping[str, frozenset[Value]]
"""By field, the codes that it can hold, in small letters."""


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


ANY_NUMBER, ANY_COUNT = Span(), Span(0)


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
        elif (
            is_personal(part.field)
            or part.field in HISTORY | VISIT
            or of_events(part.field)
            or (part.field in FIELDS and part.field.startswith("purchase."))
        ):
            yield part


def _contradict(leaves: Iterable[Condition], known: Mapping[str, Span], codes: Codes) -> bool:
    spans, choices = dict(known), dict[str, set[Value]]()
    for leaf in leaves:
        if leaf.field in codes and leaf.op in {"eq", "in"} and not codes[leaf.field] & set(folded(leaf.values)):
            return True
        if leaf.field == "customer.first_purchase" and leaf.op == "eq":
            before = Span(0, 0) if folded(leaf.values) == ("yes",) else Span(1)
            spans["customer.purchases"] = spans.get("customer.purchases", Span()).within(before)
        if is_number(leaf.field):
            spans[leaf.field] = spans.get(leaf.field, ANY_COUNT if of_events(leaf.field) else ANY_NUMBER).within(_span(leaf))
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


def bounds_of(scope: RuleScope) -> dict[str, Span]:
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
