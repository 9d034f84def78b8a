"""What one version says otherwise than another: field by field, in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html_join

NONE = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A field that changed: its path (“terms.points”, “scope.minimum”), what people call it, and what it said; “–” for nothing."""

    field: str
    title: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Said:
    """What a field holds, what it is called, and how that reads."""

    title: str
    value: Any
    words: str


def changed(old: Mapping[str, Said], new: Mapping[str, Said]) -> list[Difference]:
    """The fields that hold something else, or are in one of the two only, by their paths."""
    return [
        Difference(
            field=path,
            title=(new.get(path) or old[path]).title,
            old=old[path].words if path in old else NONE,
            new=new[path].words if path in new else NONE,
        )
        for path in dict.fromkeys([*old, *new])
        if (old[path].value if path in old else None) != (new[path].value if path in new else None)
    ]


def shown(differences: Iterable[Difference]) -> str:
    """A line for each, for a cell of a table; “–” where there are none."""
    told = ((one.title, one.old, one.new) for one in differences)
    return format_html_join("", '<div><strong>{}:</strong> <del class="kit-old">{}</del> → {}</div>', told) or NONE
