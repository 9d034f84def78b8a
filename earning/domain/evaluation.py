"""What rules make of a purchase, in the one order that holds everywhere.

Points per spend, then multipliers (on points per spend only), then product points; within each, higher priority first, then the
older rule. A rule that gives nothing on the purchase does not apply: it neither stops later rules nor takes the place of its group.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Literal
from uuid import UUID

from earning.domain.basket import numbers
from earning.domain.facts import Facts
from earning.domain.kinds import Multiplier, PointsPerAmount, ProductPoints, Terms
from earning.domain.limits import Granting
from earning.domain.rules import RuleVersion
from earning.domain.terms import Contribution
from loyalty.domain.points import rounded

Outcome = Literal["gave", "too_little", "no_lines", "not_met", "stopped", "group_taken", "nothing_to_multiply", "limit_reached"]
"""What came of a rule."""
Factors = dict[int, Fraction]
"""By the place of a line, how often its points per spend count; once where none stands."""
ONCE = Fraction(1)


class Candidate:
    """A version of a rule, made ready once for many purchases."""

    __slots__ = ("picker", "scope", "stage", "terms", "version")

    def __init__(self, version: RuleVersion) -> None:
        self.version, self.terms, self.scope = version, version.terms, version.scope
        self.stage = version.terms.stage
        self.picker = version.terms.picker()

    def in_force(self, at: datetime, known: int | None = None) -> bool:
        """Whether it was in force at `at`, as far as was known when the log went to `known` (None: as is known now)."""
        if known is None:
            return any(at in period for period in self.version.periods)
        return any(at in period for one in self.version.periods if (period := one.as_known(known)) is not None)


@dataclass(slots=True)
class Spend:
    """Points per spend of one rule on its `lines`: what it gives on all of them, and what was granted of that."""

    terms: PointsPerAmount
    lines: int
    full: int
    granted: int


def evaluate(candidates: Iterable[Candidate], facts: Facts, granting: Granting | None = None) -> tuple[Contribution, ...]:
    """What each of `candidates`, which come in their order, gives on a purchase; those that give no whole point are left out.

    `granting` says what there is room for where a rule has limits (None: for all).
    """
    turn = Evaluation(facts, granting)
    for candidate in candidates:
        turn.take(candidate)
    return tuple(turn.contributions)


class Evaluation:
    """One purchase, while rule after rule has its turn."""

    def __init__(self, facts: Facts, granting: Granting | None = None) -> None:
        self.facts, self.basket, self._granting = facts, facts.basket, granting
        self.contributions: list[Contribution] = []
        self._spends: list[Spend] = []
        self._compound: Factors = {}
        self._best: Factors = {}
        self._stopped: set[int] = set()
        self._groups: set[str] = set()

    def take(self, candidate: Candidate) -> None:
        """The turn of one rule."""
        if not self._has_a_turn(candidate):
            return
        lines = self.basket.pick(candidate.picker)
        if not lines or not self._apply(candidate, candidate.terms, lines):
            return
        if candidate.scope.stops:
            self._stopped.add(candidate.stage)
        if candidate.scope.group:
            self._groups.add(candidate.scope.group)

    def _has_a_turn(self, candidate: Candidate) -> bool:
        return self.kept_out(candidate) is None and candidate.scope.fits(self.facts)

    def kept_out(self, candidate: Candidate) -> Outcome | None:
        """Which earlier rule leaves it no turn: one that stops its kind, or one of its group."""
        if candidate.stage in self._stopped:
            return "stopped"
        return "group_taken" if candidate.scope.group in self._groups else None

    def _apply(self, candidate: Candidate, terms: Terms, lines: int) -> bool:
        """Whether the rule gives anything at all, be it less than a point."""
        match terms:
            case PointsPerAmount() | ProductPoints():
                return self._give(candidate, terms, lines)
            case Multiplier():
                return self._multiply(candidate, terms, lines)

    def _give(self, candidate: Candidate, terms: PointsPerAmount | ProductPoints, lines: int) -> bool:
        exact = terms.gives(self.basket, lines)
        if exact <= 0:
            return False
        points = rounded(exact, terms.rounding)
        granted = self._granted(candidate, points)
        if points and not granted:
            return False
        self._contribute(candidate, granted, lines)
        if isinstance(terms, PointsPerAmount):
            self._spends.append(Spend(terms, lines, points, granted))
        return True

    def _multiply(self, candidate: Candidate, terms: Multiplier, lines: int) -> bool:
        touched = 0
        for spend in self._spends:
            touched |= spend.lines
        factors = terms.factors(self.basket, lines & touched, self.facts.level)
        if not factors:
            return False
        met = sum(1 << number for number in factors)
        before = {n: self._worth(s) for n, s in enumerate(self._spends) if s.lines & met}
        kept = dict(self._compound), dict(self._best)
        self._combine(terms, factors)
        added = sum(self._worth(self._spends[n]) - was for n, was in before.items())
        granted = self._granted(candidate, added) if added > 0 else added
        if added and not granted:
            self._compound, self._best = kept
            return False
        self._contribute(candidate, granted, met)
        return True

    def _granted(self, candidate: Candidate, points: int) -> int:
        """What of `points` the rule has room for."""
        if self._granting is None or not candidate.scope.limits:
            return points
        return self._granting.grant(candidate.version.rule_id, points)

    def _combine(self, terms: Multiplier, factors: Factors) -> None:
        for number, factor in factors.items():
            if terms.combine == "compound":
                self._compound[number] = self._compound.get(number, ONCE) * factor
            else:
                self._best[number] = max(self._best.get(number, factor), factor)

    def _worth(self, spend: Spend) -> int:
        """What a rule of points per spend gives under the factors so far, rounded once."""
        if not self._compound and not self._best:
            return spend.granted
        exact = multiplied(self._factors(spend.lines), lambda lines: spend.terms.gives(self.basket, lines))
        added = rounded(exact, spend.terms.rounding) - spend.full
        return spend.granted + (added if spend.granted == spend.full else added * spend.granted // spend.full)

    def _factors(self, lines: int) -> dict[Fraction, int]:
        """The lines by how often they count."""
        found: dict[Fraction, int] = {}
        for number in numbers(lines):
            factor = self._best.get(number, ONCE) * self._compound.get(number, ONCE)
            found[factor] = found.get(factor, 0) | 1 << number
        return found

    def _contribute(self, candidate: Candidate, points: int, lines: int) -> None:
        if points:
            amounts = self.basket.amounts_of(lines)
            made = candidate.version
            self.contributions.append(Contribution(rule_id=made.rule_id, version=made.version, points=points, amounts=amounts))


def multiplied(by_factor: dict[Fraction, int], exact: Callable[[int], Fraction]) -> Fraction:
    """Points when lines count several times: Σ (f − the next smaller f) × `exact`(lines that count at least f times).

    In proportion that is Σ f × points of the line. Of full amounts only, those count f times that lie in lines which do, so that
    less bought is never worth more.
    """
    total, lines, before = Fraction(0), 0, Fraction(0)
    for members in by_factor.values():
        lines |= members
    for factor in sorted(by_factor):
        total += (factor - before) * exact(lines)
        lines &= ~by_factor[factor]
        before = factor
    return total


def _version(contribution: Contribution) -> tuple[UUID, int]:
    return contribution.rule_id, contribution.version


def difference(was: Iterable[Contribution], now: Iterable[Contribution], at_most: int) -> tuple[Contribution, ...]:
    """What each rule gives less `now` than it `was`, together `at_most` so many points."""
    before, after = {_version(c): c for c in was}, {_version(c): c for c in now}
    found = [_less(before.get(key), after.get(key)) for key in {**before, **after}]
    excess = sum(c.points for c in found) - at_most
    if excess > 0:
        found = list(_reduced(found, excess))
    return tuple(c for c in found if c.points)


def _less(was: Contribution | None, now: Contribution | None) -> Contribution:
    known = was or now
    assert known is not None
    amounts = [one.amounts if one else (0,) * len(known.amounts) for one in (was, now)]
    return Contribution(
        rule_id=known.rule_id,
        version=known.version,
        points=(was.points if was else 0) - (now.points if now else 0),
        amounts=tuple(w - n for w, n in zip(*amounts, strict=True)),
    )


def _reduced(found: list[Contribution], excess: int) -> Iterable[Contribution]:
    """The same, `excess` points less, the first rules spared first."""
    for contribution in found:
        spared = max(0, min(excess, contribution.points))
        excess -= spared
        yield replace(contribution, points=contribution.points - spared)
