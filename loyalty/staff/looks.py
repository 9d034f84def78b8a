"""What somebody looked at, and why, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loyalty.staff.permissions import PERMISSIONS

DETAILS: dict[str, Any] = {}


def name_details(words: Mapping[str, Any]) -> None:
    """How people read what stands behind a right: a reason, or a part: `name_details({"asked": _("The customer asked for it")})`."""
    DETAILS.update(words)


def in_words(detail: str) -> str:
    """The words for a reason or a part; itself where nobody named it."""
    return str(DETAILS.get(detail, detail))


def looked_at(what: str) -> str:
    """“See the history of a thing, event by event: Timeline” for "history.see:timeline"."""
    right, _colon, detail = what.partition(":")
    known = PERMISSIONS.get(right)
    return ": ".join(filter(None, (str(known.label) if known else right, in_words(detail))))
