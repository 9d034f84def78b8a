"""Versions of a rule, and when each was in force, as far as was known at any position of the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from earning.domain.scope import EVERYTHING, RuleScope
from earning.domain.terms import Terms, Wallet


@dataclass(frozen=True, slots=True)
class InForce:
    """A version was in force for purchases of `start` ≤ t < `end` (None: no limit).

    It is known since the event at position `began` of the log, and its end since that at `ended` (0: ever since).
    """

    start: datetime | None = None
    end: datetime | None = None
    began: int = 0
    ended: int = 0

    def __contains__(self, at: datetime) -> bool:
        return (self.start is None or self.start <= at) and (self.end is None or at < self.end)

    def as_known(self, position: int) -> InForce | None:
        """What was known of it when the log went to `position`: nothing, no end yet, or all."""
        if self.began > position:
            return None
        return self if self.ended <= position else InForce(self.start, None, self.began)


@dataclass(frozen=True, slots=True)
class PlannedEnd:
    """The rule ends for good at `at` (None: it has no end any more), as is known since position `known` of the log."""

    at: datetime | None
    known: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleVersion:
    """One version of a rule, the periods in which it was in force, and the `ends` that were planned for the rule, newest last.

    It gives points of `wallet`, which has so many `decimals`. `level`: it is the multiplier of the level with that code, and no
    rule of its own.
    """

    rule_id: UUID
    version: int
    terms: Terms
    wallet: Wallet = "points"
    decimals: int = 0
    scope: RuleScope = EVERYTHING
    periods: tuple[InForce, ...]
    ends: tuple[PlannedEnd, ...] = ()
    level: str = ""

    def in_force(self, at: datetime, known: int | None = None) -> bool:
        """Whether it was in force at `at`, as far as was known when the log went to `known` (None: as is known now)."""
        if known is None:
            return any(at in period for period in self.periods) and not self._is_over(at, self.ends)
        periods = (period.as_known(known) for period in self.periods)
        return any(at in period for period in periods if period) and not self._is_over(at, [e for e in self.ends if e.known <= known])

    @staticmethod
    def _is_over(at: datetime, ends: Sequence[PlannedEnd]) -> bool:
        return bool(ends) and (end := ends[-1].at) is not None and at >= end
