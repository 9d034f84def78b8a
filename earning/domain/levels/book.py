"""All level sets of a tenant, as they were and are in force."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from uuid import UUID

from earning.domain.levels.terms import LevelTerms
from loyalty.domain.period import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelSetVersion:
    """One version of a level set, and the periods in which it was in force.

    Purchases made from `past_since` on count towards the set also where it was in force only later, if that was by `past_until`.
    """

    set_id: UUID
    version: int
    terms: LevelTerms
    periods: tuple[Period, ...]
    past_since: datetime | None = None
    past_until: datetime | None = None

    def counts_past(self, at: datetime, period: Period) -> bool:
        """Whether what was bought `at` counts towards the version that is in force in a later `period`."""
        if self.past_since is None or self.past_until is None or period.start is None:
            return False
        return self.past_since <= at < period.start <= self.past_until

    def rank(self, code: str) -> int:
        """The place of a level, from 0 for the lowest; -1 for none, or one that is not there any more."""
        return next((n for n, level in enumerate(self.terms.levels) if level.code == code), -1)

    def effective(self, held: str) -> str:
        """The level of who reached `held`: that one while it is there, else the one that everybody has."""
        return held if self.rank(held) >= 0 else self.base

    @property
    def base(self) -> str:
        """The level that everybody has: "" where there is none."""
        return next((level.code for level in reversed(self.terms.levels) if level.is_for_everybody), "")


class LevelBook:
    """All versions of all level sets that were ever in force."""

    def __init__(self, versions: Iterable[LevelSetVersion] = ()) -> None:
        self._versions: Sequence[LevelSetVersion] = tuple(versions)
        self._known = {(v.set_id, v.version): v for v in self._versions}
        self._stretches: dict[UUID, list[tuple[LevelSetVersion, Period]]] = {}
        for version, period in sorted(((v, p) for v in self._versions for p in v.periods), key=_begin):
            self._stretches.setdefault(version.set_id, []).append((version, period))

    @property
    def is_empty(self) -> bool:
        """Whether no level set was ever in force."""
        return not self._versions

    def in_force(self, at: datetime) -> list[LevelSetVersion]:
        """The versions in force at `at`, one for each set."""
        return [v for v in self._versions if any(at in period for period in v.periods)]

    def counting(self, at: datetime) -> list[LevelSetVersion]:
        """The versions by which a purchase made `at` counts, one for each set: those in force then, or else the first after it by
        which the past counts.
        """
        found = {version.set_id: version for version in self.in_force(at)}
        for set_id, stretches in self._stretches.items():
            later = next(((version, period) for version, period in stretches if period.start and at < period.start), None)
            if set_id not in found and later is not None and later[0].counts_past(at, later[1]):
                found[set_id] = later[0]
        return list(found.values())

    def stretches(self, set_id: UUID) -> list[tuple[LevelSetVersion, Period]]:
        """The versions of a set in the order in which they were in force, each as often as it was."""
        return self._stretches.get(set_id, [])

    def turns_after(self, at: datetime) -> Iterator[datetime]:
        """When versions come into force, or are in force no longer, after that."""
        for period in (period for version in self._versions for period in version.periods):
            yield from (turn for turn in (period.start, period.end) if turn is not None and turn > at)

    def with_level(self, code: str, at: datetime) -> LevelSetVersion | None:
        """The version in force at `at` that has a level with that code."""
        return next((version for version in self.in_force(at) if version.rank(code) >= 0), None)

    @cached_property
    def falling_sets(self) -> frozenset[UUID]:
        """The sets of which a version ever let levels go with time."""
        return frozenset(v.set_id for v in self._versions if v.terms.downgrade.when != "never")

    @cached_property
    def takes_points(self) -> bool:
        """Whether a version of a set ever let points end with a level."""
        return any(v.terms.downgrade.reset == "points" for v in self._versions)

    def version(self, set_id: UUID, number: int) -> LevelSetVersion | None:
        """One version of a set."""
        return self._known.get((set_id, number))


def _begin(stretch: tuple[LevelSetVersion, Period]) -> datetime:
    return stretch[1].start or datetime.min.replace(tzinfo=UTC)


NO_LEVELS = LevelBook()
