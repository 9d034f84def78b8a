"""Events are for ever: their published names and shapes are frozen in a file, and none is forgotten by the read side."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any, get_type_hints

from loyalty.domain.event import EVENT_TYPES
from loyalty.projections.projection import PROJECTIONS

FROZEN = Path(__file__).with_name("published_events.json")
CONTEXTS = ("customers.", "earning.", "pos.", "rewards.", "omnichannel.", "support.")
NOT_PROJECTED = {"earning.return_documented": "it keeps a number from being used twice; lists show the return by earning.goods_returned"}
"""Published name → why no projection follows it."""


def shape(cls: type[Any]) -> dict[str, str]:
    hints = get_type_hints(cls, include_extras=True)
    return {
        f.name: str(hints[f.name]).replace("typing.", "") + ("" if f.default is dataclasses.MISSING else " = default")
        for f in dataclasses.fields(cls)
    }


def published() -> dict[str, Any]:
    return {
        f"{t.name}@{t.version}": shape(t.cls) for t in sorted(EVENT_TYPES.values(), key=lambda t: t.name) if t.name.startswith(CONTEXTS)
    }


def test_published_names_and_shapes_are_frozen() -> None:
    """To publish a new event or a new optional field, add it to the file; a changed one needs a new version and an upcaster."""
    assert json.loads(FROZEN.read_text()) == published()


def test_every_event_is_projected_or_listed_with_a_reason() -> None:
    followed = {name for p in PROJECTIONS.values() for name in p.event_names}
    forgotten = {t.name for t in EVENT_TYPES.values() if t.name.startswith(CONTEXTS)} - followed - set(NOT_PROJECTED)
    assert forgotten == set()


def test_every_event_has_one_sentence_that_a_shopkeeper_understands() -> None:
    without = [t.name for t in EVENT_TYPES.values() if t.name.startswith(CONTEXTS) and not (t.cls.__doc__ or "").strip().endswith(".")]
    assert without == []


def test_each_table_is_written_by_one_projection() -> None:
    tables = [t for p in PROJECTIONS.values() for t in p.tables]
    assert sorted(tables) == sorted(set(tables))
