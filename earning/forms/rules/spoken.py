"""What a form says of a rule while it is typed, and where its refusals are shown."""

from __future__ import annotations

from dataclasses import dataclass

ASKED = (
    "conditions", "windows", "hours", "minimum", "maximum", "levels", "segments", "merchants", "places", "channels", "weekdays", "zone",
)  # fmt: skip
"""What the names of fields begin with that say when a rule counts."""
SHOWN_AT = {
    "windows": ("windows", "starts"),
    "hours": ("hours", "opens"),
    "limits": ("limits", "most"),
    "condition": ("conditions", "values"),
    "levels": ("levels_any", ""),
    "segments": ("segments_any", ""),
}
"""The field of the form that shows a refusal of a part of the scope, or its rows and the field of a row."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A rule in the reader's words: when it counts, what it then gives ("" as long as that is not known), its limits, what looks wrong."""

    when: str
    then: str
    but: str
    warnings: tuple[str, ...] = ()
