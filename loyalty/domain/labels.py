"""Labels: names with a value or without, told apart whether in upper or lower case. The spelling that comes first stays."""

from __future__ import annotations

from collections.abc import Iterable

Label = tuple[str, str]
"""A name and its value ("" for none)."""


def each_once(labels: Iterable[Label]) -> dict[str, str]:
    """Without those that repeat an earlier one, but for the case of its name."""
    firsts: dict[Label, Label] = {}
    for name, value in labels:
        firsts.setdefault((name.casefold(), value), (name, value))
    return dict(firsts.values())


def with_two_values(labels: Iterable[Label]) -> str | None:
    """The first name that stands there with another value than before."""
    values: dict[str, str] = {}
    return next((name for name, value in labels if values.setdefault(name.casefold(), value) != value), None)
