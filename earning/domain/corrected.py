"""What people gave and took by hand lately, each alone."""

from __future__ import annotations

from datetime import datetime, timedelta

TOGETHER = timedelta(hours=24)
"""Corrections by one person within this time count as one."""


class Corrected:
    """Corrections of the last day."""

    def __init__(self) -> None:
        self._lately: list[tuple[datetime, str, int]] = []

    def add(self, at: datetime, person: str, points: int) -> None:
        """A person corrected by so many points; nobody, where it was not one alone."""
        if person:
            self._lately = [*(one for one in self._lately if one[0] > at - TOGETHER), (at, person, points)]

    def by(self, person: str, now: datetime) -> int:
        """What a person alone gave and took within the last 24 hours, in all."""
        return sum(points for at, who, points in self._lately if who == person and at > now - TOGETHER)
