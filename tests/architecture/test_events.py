"""Events are for ever: their published names and shapes are frozen in a file, and none is forgotten by the read side."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, NewType, Union, get_args, get_origin, get_type_hints

from loyalty.domain.event import EVENT_TYPES, PersonalMark
from loyalty.projections.projection import PROJECTIONS

FROZEN = Path(__file__).with_name("published_events.json")
CONTEXTS = ("customers.", "earning.", "pos.", "rewards.", "omnichannel.", "support.")
NOT_PROJECTED = {
    "earning.custom_event_counted": "the event explains itself by it; accounts show what it brought by earning.deed_rewarded",
    "earning.return_documented": "it keeps a number from being used twice; lists show the return by earning.goods_returned",
    "customers.identifier_linked": "the guard of identifiers says whom a browser leads to; no list shows browsers",
    "customers.identifier_unlinked": "as customers.identifier_linked",
    "customers.identifier_proven": "the customer decides by it; histories show it",
}
"""Published name → why no projection follows it."""


def shape(cls: type[Any], parts: dict[str, Any]) -> dict[str, str]:
    """Field → what it holds; the dataclasses within go into `parts` by name, since they are in the log as well."""
    hints = get_type_hints(cls, include_extras=True)
    return {f.name: described(hints[f.name], parts) + default(f) for f in dataclasses.fields(cls)}


def default(field: dataclasses.Field[Any]) -> str:
    if field.default_factory is not dataclasses.MISSING:
        return f" = {field.default_factory()!r}"
    if field.default is dataclasses.MISSING:
        return ""
    plain = dataclasses.is_dataclass(field.default) and field.default == type(field.default)()
    return f" = {type(field.default).__name__}()" if plain else f" = {field.default!r}"


def described(hint: Any, parts: dict[str, Any]) -> str:
    origin, within = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return f"personal {described(within[0], parts)}" if any(isinstance(m, PersonalMark) for m in within[1:]) else str(hint)
    if origin is Literal:
        return "one of " + ", ".join(map(repr, within))
    if origin in {Union, UnionType}:
        return " | ".join(described(one, parts) for one in within)
    if within:
        return f"{origin.__name__}[{', '.join('...' if one is ... else described(one, parts) for one in within)}]"
    if isinstance(hint, NewType):
        return described(hint.__supertype__, parts)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type) and hint.__name__ not in parts:
        parts[hint.__name__] = {}
        parts[hint.__name__] = shape(hint, parts)
    return str(hint.__name__)


def published() -> dict[str, Any]:
    parts: dict[str, Any] = {}
    types = sorted((t for t in EVENT_TYPES.values() if t.name.startswith(CONTEXTS)), key=lambda t: t.name)
    return {"events": {f"{t.name}@{t.version}": shape(t.cls, parts) for t in types}, "parts": parts}


def test_published_names_and_shapes_are_frozen() -> None:
    """To publish a new event or a new optional field, add it to the file; a changed one needs a new version and an upcaster."""
    assert json.loads(FROZEN.read_text()) == published()


def test_what_lies_within_an_event_is_frozen_too() -> None:
    frozen = json.loads(FROZEN.read_text())
    assert {"Line", "ReturnedLine", "Contribution", "PointsPerAmount"} <= frozen["parts"].keys()
    assert frozen["events"]["earning.purchase_recorded@1"]["lines"] == "tuple[Line, ...]"
    assert frozen["parts"]["Line"]["total"] == "int"


def test_every_event_is_projected_or_listed_with_a_reason() -> None:
    followed = {name for p in PROJECTIONS.values() for name in p.event_names}
    forgotten = {t.name for t in EVENT_TYPES.values() if t.name.startswith(CONTEXTS)} - followed - set(NOT_PROJECTED)
    assert forgotten == set()
    assert set(NOT_PROJECTED) <= EVENT_TYPES.keys() - followed, "what is projected by now needs no excuse"


def test_every_event_has_one_sentence_that_a_shopkeeper_understands() -> None:
    without = [t.name for t in EVENT_TYPES.values() if t.name.startswith(CONTEXTS) and not (t.cls.__doc__ or "").strip().endswith(".")]
    assert without == []


def test_each_table_is_written_by_one_projection() -> None:
    tables = [t for p in PROJECTIONS.values() for t in p.tables]
    assert sorted(tables) == sorted(set(tables))
