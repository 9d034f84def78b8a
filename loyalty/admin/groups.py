"""How a form's fields stand on the page: together, and what is seldom filled behind a word that opens it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms


@dataclass(frozen=True, slots=True)
class Part:
    """Fields behind a word, closed until one of them is filled or wrong; `note` says what is so while they are empty."""

    title: Any
    fields: list[forms.BoundField]
    note: Any = ""

    @property
    def used(self) -> bool:
        """Whether something is in a field that is not so by itself, or went wrong."""
        return any(one.errors or _held(one.value()) != _held(one.initial) for one in self.fields)


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Fields that are always seen, under a title or none, and parts below them."""

    title: Any
    fields: list[forms.BoundField]
    parts: list[Part] = field(default_factory=list)


def grouped(title: Any, fields: Iterable[forms.BoundField], behind: Sequence[tuple[Any, Any, Sequence[str]]]) -> FieldGroup:
    """The `fields` of a group, of which those named in `behind` (title, note, names) stand in parts."""
    known = {one.name: one for one in fields}
    parts = [Part(opener, [known.pop(name) for name in names if name in known], note) for opener, note, names in behind]
    return FieldGroup(title, [*known.values()], [part for part in parts if part.fields])


def _held(value: Any) -> str:
    return "" if value is None else str(value).strip()
