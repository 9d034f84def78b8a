"""Which lines of a document a rule looks at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from earning.domain.lines import LONGEST, LONGEST_LABEL, check_text
from loyalty.domain.errors import DomainError

Key = tuple[str, str]
"""What a line may be found by: ("sku", "cf-1"), ("label", "color") for any value, ("label", "color", a line's end, "red") in one text for
one: no label has a line's end in it.
"""
MOST_NAMED = 2000


def beyond_of(lists: Mapping[str, Sequence[Any]], most: int) -> str | None:
    """Where the first entry stands that is beyond the `most` that several lists have together: `makers.3` (None: there is none)."""
    entries = (f"{name}.{place}" for name, entries in lists.items() for place in range(len(entries)))
    return next(islice(entries, most, None), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelValue:
    """A label with one `value`, or with any (None)."""

    label: str
    value: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Lines with one of these SKUs, categories, makers or labels, in upper or lower case alike."""

    skus: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    makers: tuple[str, ...] = ()
    labels: tuple[LabelValue, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is named at all."""
        return bool(self.skus or self.categories or self.makers or self.labels)

    def keys(self) -> frozenset[Key]:
        """What its lines are found by."""
        named = (("sku", self.skus), ("category", self.categories), ("maker", self.makers))
        plain = [(field, text.casefold()) for field, texts in named for text in texts]
        return frozenset([*plain, *(label_key(one.label, one.value) for one in self.labels)])

    def check(self, field: str) -> None:
        """Raises DomainError for what no line can have."""
        lists = {name: getattr(self, name) for name in ("skus", "categories", "makers", "labels")}
        if (beyond := beyond_of(lists, MOST_NAMED)) is not None:
            raise DomainError("earning.selection_too_long", field=f"{field}.{beyond}", most=MOST_NAMED)
        for where, text, longest in self._texts():
            if not text.strip():
                raise DomainError("earning.selection_empty", field=f"{field}.{where}")
            check_text(text, longest, f"{field}.{where}")

    def _texts(self) -> Iterator[tuple[str, str, int]]:
        for name, texts, of in (("skus", self.skus, "sku"), ("categories", self.categories, "category"), ("makers", self.makers, "maker")):
            yield from ((f"{name}.{place}", text, LONGEST[of]) for place, text in enumerate(texts))
        for place, one in enumerate(self.labels):
            told = (("label", one.label), ("value", one.value))
            yield from ((f"labels.{place}.{part}", text, LONGEST_LABEL) for part, text in told if text is not None)


NOTHING = Selection()


def label_key(label: str, value: str | None) -> Key:
    """What a line with this label, of this value or of any, is found by."""
    return ("label", label.casefold() if value is None else f"{label.casefold()}\n{value.casefold()}")


class Picker:
    """A rule's choice of lines, made ready once for many documents: all but those of some kinds and `never`, or `only` some."""

    __slots__ = ("never", "only", "without")

    def __init__(self, only: Selection = NOTHING, never: Selection = NOTHING, without: tuple[str, ...] = ()) -> None:
        self.only = only.keys() if only else None
        self.never = never.keys()
        self.without = tuple(("kind", kind) for kind in without)
