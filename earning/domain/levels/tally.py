"""What a customer's purchases count in one level set, and how far up that was."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import islice
from uuid import UUID
from zoneinfo import ZoneInfo

from earning.domain.levels.book import LevelSetVersion
from earning.domain.levels.counting import Count
from earning.domain.levels.downgrading import Reset
from earning.domain.levels.grants import Grant, GrantKey, Paid, highest
from earning.domain.levels.measures import Measure
from earning.domain.levels.terms import Level, LevelTerms
from earning.domain.levels.windows import window_end, window_start
from loyalty.domain.period import business_day

Place = tuple[datetime, UUID]
LAST = UUID(int=2**128 - 1)
NEVER, LONG_AGO = datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Step:
    """A level that was reached, at which version of its set; one that was not `earned` was fallen to, from the step before it."""

    level: str
    version: int
    at: datetime
    earned: bool = True


class Tally:
    """The purchases that count in one set, in the order of their times, and the levels reached one above the other."""

    def __init__(self) -> None:
        self.counts: dict[UUID, Count] = {}
        self.steps: list[Step] = []
        self.announced: tuple[str, datetime] | None = None
        """The level whose loss was announced last, and for when."""
        self.grants: dict[GrantKey, Grant] = {}
        """Levels that were paid for, and the one that was given by hand."""
        self.resets: list[datetime] = []
        """When a downgrade let begin anew what counts, one after the other."""
        self.points_ended: list[datetime] = []
        """The downgrades with which points ended."""
        self.ended: list[Grant] = []
        """Those that there were before, until they ended."""
        self.moves: list[tuple[datetime, str]] = []
        """Since when each level was had that was reached or fallen to, also those that do not stand any more."""
        self.settled = LONG_AGO
        """When the last of it happened: what was due before has been settled."""
        self._order: list[Place] = []
        self._first: Place | None = None
        """The first purchase that counts."""
        self._times: dict[UUID, datetime] = {}
        self._sums: Counter[str] = Counter()
        self._until: dict[str, list[int]] = {}
        """By kind of measure, what counts of the first purchases, so many as were ever asked for: of none, of one, of two …"""
        self._days: dict[UUID, date] = {}

    @property
    def level(self) -> str:
        """The code of the level that was reached last; "" for none."""
        return self.steps[-1].level if self.steps else ""

    def had(self, version: LevelSetVersion, at: datetime) -> str:
        """The level that the customer has then: the highest that was reached, given or paid for; "" for none."""
        return highest(version, self.level, self.grants.values(), at)

    def had_then(self, version: LevelSetVersion, at: datetime, zone: ZoneInfo) -> str:
        """The level that the customer had then, by what is known now: also through purchases that were recorded later."""
        reached = self.level if at >= self.settled else self._reached_then(version, at, zone)
        return highest(version, reached, (*self.grants.values(), *self.ended), at)

    def _reached_then(self, version: LevelSetVersion, at: datetime, zone: ZoneInfo) -> str:
        before = next((level for since, level in reversed(self.moves) if since <= at), "")
        return max(before, self.earned(version.terms, at, zone, until=at), key=version.rank)

    def begins(self, bought: Paid, at: datetime, zone: ZoneInfo) -> datetime:
        """When the time begins that a fee bought `at` pays for: after any that is paid for already and would overlap it."""
        known = (grant for grant in (*self.grants.values(), *self.ended) if grant.purchase_id and grant.level == bought.level)
        for grant in sorted(known, key=lambda grant: grant.starts_at):
            if at < grant.ends_at and grant.starts_at < bought.fee.end(at, bought.periods, zone):
                at = grant.ends_at
        return at

    def hold(self, grant: Grant, since: datetime) -> None:
        """A level was given or paid for; one that was given before ends then."""
        if grant.purchase_id is None:
            self.let_go(grant.key, since)
        self.grants[grant.key] = grant

    def let_go(self, key: GrantKey, at: datetime) -> None:
        """A level that was given or paid for ended."""
        if (grant := self.grants.pop(key, None)) is not None:
            self.ended.append(replace(grant, ends_at=min(grant.ends_at, at)))

    def ended_last(self, key: GrantKey) -> Grant | None:
        """The last level of those told by this key, until it ended."""
        return next((grant for grant in reversed(self.ended) if grant.key == key), None)

    @property
    def joined(self) -> datetime | None:
        """When the first purchase was made that counts: one that came back whole, or was somebody else's, does not."""
        return self._first[0] if self._first else None

    def take(self, purchase_id: UUID, count: Count, at: datetime, counted_at: datetime) -> None:
        """A purchase made `at` counts so much from then on, instead of what it counted before."""
        self.settled = max(self.settled, counted_at)
        if (before := self.counts.get(purchase_id)) is None:
            insort(self._order, (at, purchase_id))
            self._times[purchase_id] = at
        place = (self._times[purchase_id], purchase_id)
        for sums in self._until.values():
            del sums[bisect_left(self._order, place) + 1 :]
        for name in ("points", "amount", "purchases"):
            self._sums[name] += getattr(count, name) - (getattr(before, name) if before else 0)
        self.counts[purchase_id] = count
        self._find_first(place, count)

    def _find_first(self, place: Place, count: Count) -> None:
        if count.is_something:
            self._first = min(place, self._first or place)
        elif place == self._first:
            later = islice(self._order, bisect_right(self._order, place), None)
            self._first = next((one for one in later if self.counts[one[1]].is_something), None)

    def apart(self) -> Tally:
        """The same, to foresee what becomes of its levels: what happens to it changes nothing here."""
        foreseen = copy(self)
        foreseen.steps, foreseen.moves = list(self.steps), list(self.moves)
        foreseen.resets, foreseen.points_ended = list(self.resets), list(self.points_ended)
        return foreseen

    def with_more(self, purchases: Iterable[tuple[UUID, Count, datetime]]) -> Tally:
        """What counts with more purchases, made at these times, beside the same levels."""
        more = copy(self)
        more.counts, more._order, more._times = dict(self.counts), list(self._order), dict(self._times)
        more._sums, more._until, more._days = Counter(self._sums), {}, {}
        for purchase_id, count, at in purchases:
            more.take(purchase_id, count, at, LONG_AGO)
        return more

    def time_of(self, purchase_id: UUID) -> datetime:
        """When a purchase was made that counts."""
        return self._times[purchase_id]

    def total(self, measure: Measure, at: datetime, zone: ZoneInfo, until: datetime | None = None) -> int:
        """What counts in the window of a measure, seen from `at`: of purchases made `until` then (None: all)."""
        start = self.counts_since(measure, at, zone)
        if measure.kind == "visits":
            there = (
                self.counts[purchase_id].purchases and self._day(bought, purchase_id, zone)
                for bought, purchase_id in self._order[slice(*self._span(start, until))]
            )
            return len({day for day in there if day})
        if start is None and until is None:
            return self._sums[measure.kind]
        first, last = self._span(start, until)
        sums = self._until.setdefault(measure.kind, [0])
        for _, purchase_id in self._order[len(sums) - 1 : last]:
            sums.append(sums[-1] + self.counts[purchase_id].of(measure))
        return sums[last] - sums[min(first, last)]

    def counts_since(self, measure: Measure, at: datetime, zone: ZoneInfo) -> datetime | None:
        """Since when a measure counts, seen from `at`: the begin of its window, or the last downgrade that reset it; None: ever."""
        start = window_start(measure, at, zone, self.joined)
        anew = next((reset for reset in reversed(self.resets) if reset <= at), None)
        return max((one for one in (start, anew) if one is not None), default=None)

    def earned(self, terms: LevelTerms, at: datetime, zone: ZoneInfo, until: datetime | None = None) -> str:
        """The highest level whose thresholds are reached; "" for none."""
        totals = [self.total(measure, at, zone, until) for measure in terms.measures]
        return next((level.code for level in reversed(terms.levels) if reached(level, terms, totals)), "")

    def first_end(self, measure: Measure, zone: ZoneInfo, found: Callable[[datetime], bool]) -> datetime | None:
        """The first instant at which a purchase leaves the window of a measure, and at which is `found` what stays so."""

        def end(place: Place) -> datetime:
            return window_end(measure, place[0], zone, self.joined) or NEVER

        if measure.window == "lifetime":
            return None
        first = bisect_left(self._order, True, key=lambda place: found(end(place)))
        return end(self._order[first]) if first < len(self._order) else None

    def standing(self, version_of: Callable[[Step], LevelSetVersion], zone: ZoneInfo) -> int:
        """How many steps stand by what is kept: each needs enough at its time, and one that was fallen to the step before it."""
        standing = len(self.steps)
        while standing and not self._stands(standing - 1, version_of, zone):
            standing -= 1
        return standing

    def _stands(self, number: int, version_of: Callable[[Step], LevelSetVersion], zone: ZoneInfo) -> bool:
        step = self.steps[number]
        if not step.earned:
            return number > 0 and self._stands(number - 1, version_of, zone)
        version = version_of(step)
        return version.rank(self.earned(version.terms, step.at, zone, until=step.at)) >= version.rank(step.level)

    def climb(self, step: Step) -> None:
        """A level was reached."""
        self.settled = max(self.settled, step.at)
        self.moves.append((step.at, step.level))
        self.steps.append(step)

    def join(self, steps: Sequence[Step], *, instead: bool) -> None:
        """Steps of somebody who turned out to be the same stand below those that there are, or `instead` of the last one."""
        at = len(self.steps) - 1 if instead else 0
        self.steps[at : at + instead] = steps

    def fall(self, standing: int, step: Step, *, resets: Reset = "none") -> None:
        """A level was lost: so many steps stand, and `step` is the level after it. What counts may begin anew with it, or points end."""
        if resets == "progress":
            self.resets.append(step.at)
        if resets == "points":
            self.points_ended.append(step.at)
        self.settled = max(self.settled, step.at)
        self.moves.append((step.at, step.level))
        del self.steps[standing:]
        if step.level != self.level:
            self.steps.append(step)

    def _day(self, at: datetime, purchase_id: UUID, zone: ZoneInfo) -> date:
        """The day of a purchase, which is always in the zone of the tenant."""
        if purchase_id not in self._days:
            self._days[purchase_id] = business_day(at, zone)
        return self._days[purchase_id]

    def _span(self, start: datetime | None, until: datetime | None) -> tuple[int, int]:
        """From which purchase on to which: those made from `start` on `until` then."""
        first = bisect_left(self._order, (start, UUID(int=0))) if start else 0
        return first, bisect_right(self._order, (until, LAST)) if until else len(self._order)


def reached(level: Level, terms: LevelTerms, totals: Sequence[int]) -> bool:
    """Whether `totals` of the measures reach the thresholds of a level: all that it has, or any of them."""
    met = [total >= threshold for total, threshold in zip(totals, level.thresholds, strict=True) if threshold is not None]
    return bool(met) and (all(met) if terms.match == "all" else any(met))
