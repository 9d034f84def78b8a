"""What lies ahead of a customer: the next levels, and the nearest reward that they do not have yet, with what is missing to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from earning.domain.levels.book import LevelSetVersion
from earning.domain.levels.measures import MeasureKind
from earning.domain.levels.special import SpecialReward
from earning.domain.levels.terms import Benefits, Level, Match

NO_BENEFITS = Benefits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """So much is `missing` in one measure: points in the smallest unit, an amount in minor units, purchases or visits."""

    kind: MeasureKind
    missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelAhead:
    """The next `level` (its code) of a set: `missing` says what it takes, of `all` that is named or of `any`. Amounts are of `currency`."""

    set_id: UUID
    level: str
    match: Match
    currency: str
    missing: tuple[Missing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NextReward:
    """The nearest special `rewards` in force, and `benefits`, that the customer does not have yet: they come with a `level` (its code).

    Of the benefits only those are named that are new, or more than before; `promised`: it promises something else in words, too. What is
    `missing` is said as for the next level.
    """

    set_id: UUID
    level: str
    benefits: Benefits
    promised: bool
    rewards: tuple[SpecialReward, ...]
    match: Match
    currency: str
    missing: tuple[Missing, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a customer stands in a set: the code of the level that they have ("" for none), and the total of each measure."""

    version: LevelSetVersion
    level: str
    totals: Sequence[int]

    def next_level(self) -> LevelAhead | None:
        """The next one that can be earned; None: they are at the top."""
        return next((LevelAhead(level=level.code, **self._asked(level)) for level in self._above()), None)

    def next_reward(self, at: datetime) -> tuple[Fraction, NextReward] | None:
        """The first level above that brings something new, and which share of the way is still to go."""
        had = self.version.terms.level(self.level)
        for level in self._above():
            reward = NextReward(
                level=level.code,
                benefits=_more(had, level),
                promised=any(one.promise and (had is None or one.promise != had.text(one.language).promise) for one in level.texts),
                rewards=tuple(
                    one for one in level.rewards_at(at) if had is None or one.texts not in [other.texts for other in had.rewards_at(at)]
                ),
                **self._asked(level),
            )
            if reward.promised or reward.rewards or reward.benefits != NO_BENEFITS:
                return self._way(level), reward
        return None

    def _above(self) -> Iterator[Level]:
        levels = self.version.terms.levels[self.version.rank(self.level) + 1 :]
        return (level for level in levels if level.can_be_earned)

    def _asked(self, level: Level) -> dict[str, Any]:
        terms = self.version.terms
        missing = (
            Missing(kind=measure.kind, missing=threshold - total)
            for measure, threshold, total in zip(terms.measures, level.thresholds, self.totals, strict=True)
            if threshold is not None and threshold > total
        )
        return {"set_id": self.version.set_id, "match": terms.match, "currency": terms.currency, "missing": tuple(missing)}

    def _way(self, level: Level) -> Fraction:
        shares = [
            Fraction(max(0, threshold - total), threshold) if threshold else Fraction(0)
            for threshold, total in zip(level.thresholds, self.totals, strict=True)
            if threshold is not None
        ]
        return max(shares) if self.version.terms.match == "all" else min(shares)


def nearest_reward(places: Iterable[Place], at: datetime) -> NextReward | None:
    """Of all sets, the one to which the smallest share of the way is left; None: there is none ahead."""
    found = [one for place in places if (one := place.next_reward(at)) is not None]
    return min(found, key=lambda one: one[0])[1] if found else None


def _more(had: Level | None, level: Level) -> Benefits:
    """What the benefits of a level bring beyond those that are had."""
    before, after = had.benefits if had else NO_BENEFITS, level.benefits
    return replace(
        after,
        multiplier=after.multiplier if after.multiplier > before.multiplier else NO_BENEFITS.multiplier,
        discount=after.discount if after.discount > before.discount else 0,
        free_delivery=after.free_delivery and not before.free_delivery,
        birthday_gift=after.birthday_gift and not before.birthday_gift,
    )
