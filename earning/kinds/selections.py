"""Which lines a rule looks at: in words, and as the API takes them."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from django.utils.translation import gettext as _

from earning.domain.selection import LabelValue, Selection

MOST_SHOWN = 8
"""So many of a long list are named in a sentence."""


class Label(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A label with one `value`, or with any (null)."""

    label: str
    value: str | None = None


class Lines(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Lines with one of these SKUs, categories, makers or labels, in upper or lower case alike."""

    skus: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    makers: tuple[str, ...] = ()
    labels: tuple[Label, ...] = ()


def sentences(only: Selection, never: Selection) -> Iterator[str]:
    """“Only SKU CF-1; category Coffee.” “Not label color: red.”"""
    if only:
        yield _("Only %(lines)s.") % {"lines": named(only)}
    if never:
        yield _("Not %(lines)s.") % {"lines": named(never)}


def named(lines: Selection) -> str:
    """“SKU CF-1, CF-2; category Coffee; label color: red”."""
    parts = (
        (_("SKU %(names)s"), lines.skus),
        (_("category %(names)s"), lines.categories),
        (_("maker %(names)s"), lines.makers),
        (_("label %(names)s"), tuple(map(label, lines.labels))),
    )
    return "; ".join(words % {"names": _list(names)} for words, names in parts if names)


def label(one: LabelValue) -> str:
    """“color: red”, or “color” for any."""
    return one.label if one.value is None else f"{one.label}: {one.value}"


def _list(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:MOST_SHOWN])
    return shown if len(names) <= MOST_SHOWN else _("%(names)s and %(number)s more") % {"names": shown, "number": len(names) - MOST_SHOWN}
