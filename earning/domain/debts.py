"""What an account owes, and since when: nothing pays it that had gone before it was owed."""

from __future__ import annotations

from bisect import insort
from datetime import UTC, datetime
from itertools import takewhile

LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Debts:
    """Points that are owed; the oldest debt is paid first."""

    def __init__(self) -> None:
        self.total = 0
        self._since: list[tuple[datetime, int]] = []

    def add(self, points: int, at: datetime = LONG_AGO) -> None:
        """So many points are owed since then."""
        if points:
            self.total += points
            insort(self._since, (at, points))

    def pay(self, points: int) -> None:
        """So many points were paid."""
        self.total -= points
        while points and self._since:
            at, owed = self._since.pop(0)
            if owed > points:
                self._since.insert(0, (at, owed - points))
            points -= min(points, owed)

    def until(self, at: datetime) -> int:
        """What is owed still of what was owed at that time."""
        return sum(points for _, points in takewhile(lambda debt: debt[0] <= at, self._since))

    def since(self, points: int) -> datetime:
        """When the last of those debts arose that so many points pay."""
        for at, owed in self._since:
            points -= owed
            if points <= 0:
                return at
        return LONG_AGO
