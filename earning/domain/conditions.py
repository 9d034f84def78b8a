"""Conditions of rules: a small tree of comparisons over documented fields, and nothing that could run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias, TypeVar

from earning.domain.lines import LONGEST_LABEL, check_text
from loyalty.domain.errors import DomainError

Operator: TypeAlias = Literal["and", "or", "not", "eq", "ne", "lt", "le", "gt", "ge", "in", "between", "contains"]
Value: TypeAlias = str | int
JOINS = {"and", "or", "not"}
MOST_NODES, DEEPEST, MOST_VALUES = 200, 10, 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """`and`, `or`, `not` join `parts`; every other `op` compares what is seen of `field` with `values`.

    `eq ne lt le gt ge contains` take one value, `between` two (both included), `in` any number.
    """

    op: Operator
    parts: tuple[Condition, ...] = ()
    field: str = ""
    values: tuple[Value, ...] = ()

    def nodes(self, depth: int = 1) -> Iterator[tuple[Condition, int]]:
        """Every node with its depth, this one first."""
        yield self, depth
        for part in self.parts:
            yield from part.nodes(depth + 1)

    def placed(self, at: str = "condition") -> Iterator[tuple[Condition, str]]:
        """Every node with where it stands, such as `condition.parts.1.parts.0`, this one first."""
        yield self, at
        for place, part in enumerate(self.parts):
            yield from part.placed(f"{at}.parts.{place}")


Facts = TypeVar("Facts")
Test: TypeAlias = Callable[[Value], bool]
"""Whether one value that is seen, texts case folded, is what is asked for."""


def compiled(condition: Condition, leaf: Callable[[Condition], Callable[[Facts], bool]]) -> Callable[[Facts], bool]:
    """The condition as a function, made once for many purchases; `leaf` makes one of a comparison."""
    if condition.op not in JOINS:
        return leaf(condition)
    parts = [compiled(part, leaf) for part in condition.parts]
    if condition.op == "not":
        refused = parts[0]
        return lambda facts: not refused(facts)
    return every(parts) if condition.op == "and" else some(parts)


def every(tests: Sequence[Callable[[Facts], bool]]) -> Callable[[Facts], bool]:
    """All of `tests`, in their order."""

    def met(facts: Facts) -> bool:
        for test in tests:  # noqa: SIM110
            if not test(facts):
                return False
        return True

    return tests[0] if len(tests) == 1 else met


def some(tests: Sequence[Callable[[Facts], bool]]) -> Callable[[Facts], bool]:
    """One of `tests`, in their order."""

    def met(facts: Facts) -> bool:
        for test in tests:  # noqa: SIM110
            if test(facts):
                return True
        return False

    return tests[0] if len(tests) == 1 else met


def test_of(leaf: Condition) -> Test:
    """A comparison as a function of one value."""
    given = folded(leaf.values)
    first, last = given[0], given[-1]
    among = frozenset(given)
    tests: dict[str, Test] = {
        "eq": lambda seen: seen == first,
        "ne": lambda seen: seen != first,
        "lt": lambda seen: seen < first,  # type: ignore[operator]
        "le": lambda seen: seen <= first,  # type: ignore[operator]
        "gt": lambda seen: seen > first,  # type: ignore[operator]
        "ge": lambda seen: seen >= first,  # type: ignore[operator]
        "in": lambda seen: seen in among,
        "between": lambda seen: first <= seen <= last,  # type: ignore[operator]
        "contains": lambda seen: str(first) in str(seen),
    }
    return tests[leaf.op]


def holds(leaf: Condition, seen: Value) -> bool:
    """Whether a comparison holds for one value."""
    return test_of(leaf)(seen)


def folded(values: tuple[Value, ...]) -> tuple[Value, ...]:
    """Texts as they are compared."""
    return tuple(value.casefold() if isinstance(value, str) else value for value in values)


def check_condition(
    condition: Condition, is_field: Callable[[str], bool], is_number: Callable[[Condition], bool], known: Sequence[str] = ()
) -> None:
    """Raises DomainError for a tree that is too large, or asks for what nobody can answer.

    `is_number` says whether a comparison is one of numbers, `known` which fields are there.
    """
    for number, (_node, depth) in enumerate(condition.nodes(), 1):
        if number > MOST_NODES or depth > DEEPEST:
            raise DomainError("earning.condition_too_large", field="condition", most=MOST_NODES, deepest=DEEPEST)
    for node, at in condition.placed():
        if node.op in JOINS:
            _check_join(node, at)
        else:
            _check_leaf(node, at, is_field, is_number, known)


def _check_join(node: Condition, at: str) -> None:
    if node.field or node.values or not node.parts or (node.op == "not" and len(node.parts) != 1):
        wrong = "field" if node.field else "values" if node.values else "parts"
        raise DomainError("earning.condition_parts_invalid", field=f"{at}.{wrong}", op=node.op)


def _check_leaf(
    node: Condition, at: str, is_field: Callable[[str], bool], is_number: Callable[[Condition], bool], known: Sequence[str]
) -> None:
    if node.parts:
        raise DomainError("earning.condition_joins_nothing", field=f"{at}.parts", op=node.op)
    if not is_field(node.field):
        raise DomainError("earning.condition_field_unknown", field=f"{at}.field", name=node.field, known=", ".join(known))
    wanted = {"between": 2, "in": len(node.values)}.get(node.op, 1)
    if not 0 < len(node.values) <= MOST_VALUES or len(node.values) != wanted:
        raise DomainError("earning.condition_values_invalid", field=f"{at}.values", name=node.field, most=MOST_VALUES)
    kind, needed = (int, "number") if is_number(node) else (str, "text")
    for place, value in enumerate(node.values):
        if type(value) is not kind:
            raise DomainError(f"earning.condition_{needed}_needed", field=f"{at}.values.{place}", name=node.field)
        check_text(str(value), LONGEST_LABEL, f"{at}.values.{place}")
    if kind is int and node.op == "contains":
        raise DomainError(f"earning.condition_{needed}_needed", field=f"{at}.op", name=node.field)


DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def check_values(leaf: Condition, days: frozenset[str], few: Mapping[str, Sequence[Value]], at: str = "condition") -> None:
    """Raises DomainError for a comparison, which stands `at` a place, with what its field can never hold: of `days` anything but
    “2026-11-27”, of `few` codes others than these.
    """
    known = few.get(leaf.field)
    for place, value in enumerate(leaf.values):
        field = f"{at}.values.{place}"
        if leaf.field in days and leaf.op != "contains" and not is_day(value):
            raise DomainError("earning.condition_day_invalid", field=field, name=leaf.field, value=value)
        if known is not None and leaf.op in {"eq", "ne", "in"} and folded((value,))[0] not in known:
            told = {"name": leaf.field, "value": value, "known": ", ".join(map(str, known))}
            raise DomainError("earning.condition_value_unknown", field=field, **told)


def is_day(value: Value) -> bool:
    """Whether it is a day as fields hold it: “2026-11-27”."""
    try:
        return isinstance(value, str) and bool(DAY.fullmatch(value)) and bool(date.fromisoformat(value))
    except ValueError:
        return False
