"""When a customer loses a level, by the policy of its set: worked out from what counts, so that it never matters when a job looks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from earning.domain.levels.book import LevelBook, LevelSetVersion
from earning.domain.levels.downgrading import Reset, days_later
from earning.domain.levels.grants import Grant, LevelSource, highest
from earning.domain.levels.tally import Step, Tally
from loyalty.domain.period import Period

MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Fall:
    """A downgrade from a level to the one `after` it ("" for none), by a version of the set."""

    version: LevelSetVersion
    level: str
    after: str
    at: datetime

    @property
    def step(self) -> Step:
        """The level after it, as one that was fallen to."""
        return Step(self.after, self.version.version, self.at, earned=False)


@dataclass(frozen=True, slots=True)
class Loss:
    """The `level` that a customer has gives way to the one `after` it: one that was earned, or whose end by gift or fee has come."""

    level: str
    after: str
    at: datetime
    source: LevelSource
    resets: Reset = "none"


def first_fall(tally: Tally, book: LevelBook, set_id: UUID, zone: ZoneInfo, until: datetime) -> Fall | None:
    """The first downgrade that is not settled yet, `until` then; by whichever version was in force at its time."""
    for version, period in book.stretches(set_id):
        if period.end is not None and period.end <= tally.settled:
            continue
        at = min(until, period.end - MOMENT) if period.end else until
        if _is_below(tally, version, at, zone) and (fall := next_fall(tally, version, period, zone, tally.settled)) and fall.at <= at:
            return fall
    return None


def fall_ahead(tally: Tally, book: LevelBook, set_id: UUID, zone: ZoneInfo, now: datetime) -> Fall | None:
    """The next downgrade after now, by the version that is in force."""
    stretches = ((version, period) for version, period in book.stretches(set_id) if now in period)
    return next((fall for version, period in stretches if (fall := next_fall(tally, version, period, zone, now))), None)


def falls_ahead(tally: Tally, book: LevelBook, set_id: UUID, zone: ZoneInfo, now: datetime) -> tuple[Fall, ...]:
    """The next downgrade after now, and those that follow it while the customer has levels that were given or paid for."""
    last = max((grant.ends_at for grant in tally.grants.values()), default=now)
    foreseen, found, at = tally.apart(), list[Fall](), now
    while (not found or at <= last) and (fall := fall_ahead(foreseen, book, set_id, zone, at)):
        found.append(fall)
        foreseen.fall(len(foreseen.steps), fall.step, resets=resets(foreseen, fall))
        at = fall.at
    return tuple(found)


def loss_ahead(version: LevelSetVersion, reached: str, grants: Collection[Grant], falls: Sequence[Fall], at: datetime) -> Loss | None:
    """When the level that is had `at` then gives way to a lower one, of all that ends and falls until then; None: it is kept."""
    had = highest(version, reached, grants, at)
    ends = {grant.ends_at for grant in grants if grant.ends_at > at} | {fall.at for fall in falls}
    for end in sorted(ends):
        left = next((fall.after for fall in reversed(falls) if fall.at <= end), reached)
        after = highest(version, left, grants, end)
        if version.rank(after) < version.rank(had):
            before = next((fall.after for fall in reversed(falls) if fall.at < end), reached)
            source = source_of(had, before, grants, end - MOMENT)
            resets = version.terms.downgrade.reset if source == "earned" else "none"
            return Loss(had, after, end, source, resets)
    return None


def source_of(level: str, reached: str, grants: Collection[Grant], at: datetime) -> LevelSource:
    """How a level is had then: earned, or else by the grant of it that ends last."""
    holding = [grant for grant in grants if grant.level == level and grant.holds(at)]
    if level == reached or not holding:
        return "earned"
    return "paid" if max(holding, key=lambda grant: grant.ends_at).purchase_id else "given"


def loss_to_announce(tally: Tally, book: LevelBook, set_id: UUID, zone: ZoneInfo, now: datetime) -> tuple[LevelSetVersion, Loss] | None:
    """The next loss, when it is so near that the customer is told, and was not told of it yet."""
    version = next((version for version in book.in_force(now) if version.set_id == set_id), None)
    if version is None:
        return None
    loss = loss_ahead(version, tally.level, tally.grants.values(), falls_ahead(tally, book, set_id, zone, now), now)
    if loss is None or tally.announced == (loss.level, loss.at):
        return None
    return (version, loss) if loss.at <= now + timedelta(days=version.terms.downgrade.warn_days) else None


def resets(tally: Tally, fall: Fall) -> Reset:
    """What a downgrade takes beside the level: nothing from who had that level then, or a higher one, nevertheless: given or paid for."""
    rank = fall.version.rank
    held = any(grant.holds(fall.at) and rank(grant.level) >= rank(fall.level) for grant in (*tally.grants.values(), *tally.ended))
    return "none" if held else fall.version.terms.downgrade.reset


def next_fall(tally: Tally, version: LevelSetVersion, period: Period, zone: ZoneInfo, settled: datetime) -> Fall | None:
    """The next downgrade while that version is in force, if nothing more is bought; None when there will be none."""
    if not _can_fall(tally, version):
        return None
    since = tally.steps[-1].at if period.start is None else max(tally.steps[-1].at, period.start)
    below = _below_since(tally, version, since, zone)
    if below is None:
        return None
    at = _due(tally, version, below, max(settled, since), zone)
    return Fall(version, tally.level, _after(tally, version, at, zone), at)


def _can_fall(tally: Tally, version: LevelSetVersion) -> bool:
    return version.terms.downgrade.when != "never" and version.rank(tally.level) > version.rank(version.base)


def _is_below(tally: Tally, version: LevelSetVersion, at: datetime, zone: ZoneInfo) -> bool:
    """Whether the customer has more than they earn at that time."""
    return _can_fall(tally, version) and version.rank(tally.earned(version.terms, at, zone)) < version.rank(tally.level)


def _below_since(tally: Tally, version: LevelSetVersion, since: datetime, zone: ZoneInfo) -> datetime | None:
    """From when on that is so: what counts only becomes less while nothing is bought."""
    if _is_below(tally, version, since, zone):
        return since
    ends = (tally.first_end(measure, zone, lambda at: _is_below(tally, version, at, zone)) for measure in version.terms.measures)
    return min((end for end in ends if end is not None), default=None)


def _due(tally: Tally, version: LevelSetVersion, below: datetime, not_before: datetime, zone: ZoneInfo) -> datetime:
    policy, step = version.terms.downgrade, tally.steps[-1]
    level = version.terms.levels[version.rank(step.level)]
    kept_until = days_later(step.at, level.minimum_days, zone) if level.minimum_days else step.at
    if policy.when == "period_end":
        return policy.period_end(max(below, not_before, kept_until - MOMENT), zone, tally.joined)
    if policy.when == "after_days":
        below = days_later(below, policy.days, zone)
    elif policy.lands_softly and not step.earned:
        below = max(below, policy.period_end(step.at, zone, tally.joined))
    return max(below, not_before, kept_until)


def _after(tally: Tally, version: LevelSetVersion, at: datetime, zone: ZoneInfo) -> str:
    """The level after a downgrade at that time; at the end of a period counts what was earned in it."""
    policy, terms = version.terms.downgrade, version.terms
    earned = tally.earned(terms, at - MOMENT if policy.when == "period_end" else at, zone) or version.base
    below = terms.levels[version.rank(tally.level) - 1].code if policy.one_step and version.rank(tally.level) else version.base
    return max(earned, below, key=version.rank)
