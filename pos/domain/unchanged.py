"""The one value that says: leave this as it is."""

from __future__ import annotations

from enum import Enum
from typing import Any, Final


class Unchanged(Enum):
    """Its only member stands for a detail that an edit does not touch."""

    UNCHANGED = "unchanged"


UNCHANGED: Final = Unchanged.UNCHANGED


def touched(given: dict[str, Any]) -> dict[str, Any]:
    """Those of `given` that are not UNCHANGED."""
    return {name: value for name, value in given.items() if value is not UNCHANGED}
