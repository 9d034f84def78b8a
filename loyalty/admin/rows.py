"""Rows of fields on a form, such as `lines_0_name`, `lines_0_total`: those that were sent and some empty ones, which count for nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

LACKING = _("This field is required.")
NOTHING_CHOSEN = _("Choose …")
NOTHING: tuple[Any, ...] = (None, "", {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Rows under one `name`: `first` of them on an empty form, `spare` after those that hold something, `most` on one form.

    A row in which one of the fields `told` holds something counts.
    """

    name: str
    told: Sequence[str]
    most: int
    first: int = 1
    spare: int = 1

    def field(self, row: int, name: str) -> str:
        """What a field of a row is called on the form."""
        return f"{self.name}_{row}_{name}"

    def sent(self, given: Mapping[str, Any]) -> int:
        """How many rows `given` holds, up to the last that counts."""
        counted = [row for row in range(self.most + 1) if any(_holds(given.get(self.field(row, name))) for name in self.told)]
        return counted[-1] + 1 if counted else 0

    def shown(self, sent: int) -> int:
        """How many rows the page shows for so many that were sent."""
        return min(max(self.first, sent + self.spare if sent else self.first), self.most)

    def filled(self, cleaned: Mapping[str, Any], rows: int, names: Sequence[str]) -> Iterator[tuple[int, dict[str, Any]]]:
        """The rows that count: their number, from 0, and what they hold."""
        for row in range(rows):
            held = {name: cleaned.get(self.field(row, name)) for name in names}
            if any(held[name] not in NOTHING for name in self.told):
                yield row, held


def _holds(value: Any) -> bool:
    return value is not None and bool(str(value).strip())
