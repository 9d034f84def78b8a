"""Contents of rewards, decoded once and kept: what a reward said at a position of the log never changes.

One position is one fact about one reward of one tenant, and a log gives none twice, not even when its transaction was undone.
"""

from __future__ import annotations

from threading import Lock
from uuid import UUID

import msgspec

from rewards.domain.terms import RewardContent

MOST_CHARACTERS = 16_000_000
"""Of all contents that one process keeps, as they are stored."""


class KeptContents:
    """The contents that were asked for last, up to a bound."""

    def __init__(self, most: int = MOST_CHARACTERS) -> None:
        self._most, self._characters = most, 0
        self._kept: dict[int, tuple[UUID, RewardContent, int]] = {}
        self._lock = Lock()

    def get(self, reward_id: UUID, position: int) -> RewardContent | None:
        """What the reward said there; None where it is not kept."""
        with self._lock:
            if (found := self._kept.pop(position, None)) is None:
                return None
            self._kept[position] = found
            return found[1] if found[0] == reward_id else None

    def put(self, reward_id: UUID, position: int, stored: str) -> RewardContent:
        """Keep what is stored there, and forget what was not asked for the longest."""
        content = content_in(stored)
        with self._lock:
            if replaced := self._kept.pop(position, None):
                self._characters -= replaced[2]
            self._characters += len(stored)
            self._kept[position] = reward_id, content, len(stored)
            while self._characters > self._most:
                self._characters -= self._kept.pop(next(iter(self._kept)))[2]
        return content


KEPT = KeptContents()


def content_in(stored: str | bytes) -> RewardContent:
    """A version as a table keeps it."""
    return msgspec.json.decode(stored, type=RewardContent)
