"""What a user reads right after acting, written in the command's own transaction."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from loyalty.domain.event import Recorded
from loyalty.projections.projection import PROJECTIONS, Projection, Statement

INLINE_LOCK = 0x4C4F59414C545901
"""Advisory lock: shared by every command from its start, exclusive for the moment in which a rebuilt table takes its place."""


@cache
def _followers(event_name: str) -> tuple[Projection, ...]:
    return tuple(p for p in PROJECTIONS.values() if p.inline and event_name in p.event_names)


def statements_for(recorded: Sequence[Recorded[Any]]) -> list[Statement]:
    """The statements of all inline projections for what one transaction appended, in log order for each projection."""
    wanted: dict[Projection, list[Recorded[Any]]] = {}
    for r in recorded:
        for projection in _followers(r.name):
            wanted.setdefault(projection, []).append(r)
    return [s for projection, batch in wanted.items() for s in projection.statements(batch)]
