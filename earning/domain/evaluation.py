"""What rules make of a purchase, in the one order that holds everywhere.

Points per spend, then multipliers (on points per spend only), then product points; within each, higher priority first, then the
older rule. A rule that gives nothing on the purchase does not apply: it neither stops later rules nor takes the place of its group.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, NamedTuple
from uuid import UUID

from earning.domain.basket import numbers
from earning.domain.carrying import Carrier, Counted, carry_id
from earning.domain.facts import Facts
from earning.domain.kinds import Multiplier, PointsPerAmount, ProductPoints, Terms
from earning.domain.kinds.stage import MULTIPLY
from earning.domain.limits import Granting
from earning.domain.rule_versions import RuleVersion
from earning.domain.terms import Contribution
from loyalty.domain.points import rounded

Outcome = Literal["gave", "too_little", "no_lines", "not_met", "stopped", "group_taken", "nothing_to_multiply", "limit_reached", "carried"]
"""What came of a rule."""
Factors = dict[int, Fraction]
"""By the place of a line, how often its points per spend count; once where none stands."""
ONCE = Fraction(1)
MILLION = 10**6


class Candidate:
    """A version of a rule, made ready once for many purchases."""

    __slots__ = ("carrier", "fits", "picker", "scope", "stage", "terms", "version")

    def __init__(self, version: RuleVersion) -> None:
        self.version, self.terms, self.scope = version, version.terms, version.scope
        self.stage = version.terms.stage
        self.picker = version.terms.picker()
        self.fits = version.scope.test()
        self.carrier = carrier(version)
        """Where it carries what is left over."""


@dataclass(slots=True)
class Spend:
    """Points per spend of one rule on its `lines`: what it gives on all of them, and what was granted of that."""

    terms: PointsPerAmount
    lines: int
    full: int
    granted: int


class Multiplying(NamedTuple):
    """A multiplier on its lines, and what it and those before it add: whole points of what is exact."""

    candidate: Candidate
    lines: int
    upto: int


def evaluate(candidates: Iterable[Candidate], facts: Facts, granting: Granting | None = None) -> tuple[Contribution, ...]:
    """What each of `candidates`, which come in their order, gives on a purchase; those that give no whole point are left out.

    `granting` says what there is room for where a rule has limits (None: for all).
    """
    turn = Evaluation(facts, granting)
    for candidate in candidates:
        turn.take(candidate)
    turn.finish()
    return tuple(turn.contributions)


class Evaluation:
    """One purchase, while rule after rule has its turn."""

    def __init__(self, facts: Facts, granting: Granting | None = None) -> None:
        self.facts, self.basket, self._granting = facts, facts.basket, granting
        self.contributions: list[Contribution] = []
        self.counted: list[Counted] = []
        """What counts together with other purchases."""
        self._spends: list[Spend] = []
        self._multipliers: list[Multiplying] = []
        self._weights: dict[int, int] = {}
        self._touched = 0
        self._steps: dict[int, list[tuple[Fraction, int]]] = {}
        self._compound: Factors = {}
        self._best: Factors = {}
        self._stopped: set[int] = set()
        self._groups: set[str] = set()

    def take(self, candidate: Candidate) -> None:
        """The turn of one rule."""
        if candidate.stage > MULTIPLY and self._multipliers:
            self.finish()
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
        return self.kept_out(candidate) is None and candidate.fits(self.facts)

    def kept_out(self, candidate: Candidate) -> Outcome | None:
        """Which earlier rule leaves it no turn: one that stops its kind, or one of its group."""
        if candidate.stage in self._stopped:
            return "stopped"
        return "group_taken" if candidate.scope.group in self._groups else None

    def _apply(self, candidate: Candidate, terms: Terms, lines: int) -> bool:
        """Whether the rule gives anything at all, be it less than a point."""
        match terms:
            case PointsPerAmount() if candidate.carrier is not None:
                return self._carry(candidate, candidate.carrier, lines)
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

    def _carry(self, candidate: Candidate, carrier: Carrier, lines: int) -> bool:
        """Full amounts of all that counts until now; multipliers look at those of this purchase alone."""
        if self.basket.amount(lines) <= 0:
            return False
        counted = counted_by(carrier, self.facts, lines)
        self.counted.append(counted)
        self._contribute(candidate, counted.points, lines)
        own = carrier.terms.worth(counted.amount)
        self._spends.append(Spend(carrier.terms, lines, own, own))
        return True

    def _multiply(self, candidate: Candidate, terms: Multiplier, lines: int) -> bool:
        if not self._weights:
            self._weigh()
        factors = terms.factors(self.basket, lines & self._touched, self.facts.levels)
        if not factors or not self._granted(candidate, 1):
            return False
        for number, factor in factors.items():
            if terms.combine == "compound":
                self._compound[number] = self._compound.get(number, ONCE) * factor
            else:
                self._best[number] = max(self._best.get(number, factor), factor)
        self._multipliers.append(Multiplying(candidate, sum(1 << number for number in factors), self._more()))
        return True

    def _weigh(self) -> None:
        """What each line brings of the points per spend, in millionths: to tell apart what several multipliers add."""
        for spend in self._spends:
            self._touched |= spend.lines
            exact, amount = spend.terms.gives(self.basket, spend.lines), self.basket.amount(spend.lines)
            millionths = int(exact * MILLION) * spend.granted // spend.full if spend.full else 0
            for number in numbers(spend.lines):
                self._weights[number] = self._weights.get(number, 0) + millionths * self.basket.amounts[number] // amount

    def _more(self) -> int:
        """What the factors so far add, before rounding, in whole points."""
        added = sum(weight * (self._factor(number) - 1) for number, weight in self._weights.items())
        return int(added // MILLION)

    def finish(self) -> None:
        """What multipliers add is rounded once, with the rules whose points they multiply, and told apart in their order."""
        multipliers, self._multipliers = self._multipliers, []
        if not multipliers:
            return
        total, told = sum(self._worth(spend) - spend.granted for spend in self._spends), 0
        for number, one in enumerate(multipliers, 1):
            upto = total if number == len(multipliers) else one.upto
            added = upto - told
            told = upto
            self._contribute(one.candidate, self._granted(one.candidate, added) if added > 0 else added, one.lines)

    def _granted(self, candidate: Candidate, points: int) -> int:
        """What of `points` the rule has room for."""
        if self._granting is None or not candidate.scope.limits:
            return points
        return self._granting.grant(candidate.version.rule_id, points)

    def _worth(self, spend: Spend) -> int:
        """What a rule of points per spend gives under all factors, rounded once."""
        steps = self._steps.get(spend.lines)
        if steps is None:
            steps = self._steps[spend.lines] = steps_of(self._by_factor(spend.lines))
        exact = sum((more * spend.terms.gives(self.basket, lines) for more, lines in steps), Fraction(0))
        added = rounded(exact, spend.terms.rounding) - spend.full
        return spend.granted + (added if spend.granted == spend.full else added * spend.granted // spend.full)

    def _by_factor(self, lines: int) -> dict[Fraction, int]:
        """The lines by how often they count."""
        found: dict[Fraction, int] = {}
        for number in numbers(lines):
            factor = self._factor(number)
            found[factor] = found.get(factor, 0) | 1 << number
        return found

    def _factor(self, number: int) -> Fraction:
        """How often a line counts."""
        return self._best.get(number, ONCE) * self._compound.get(number, ONCE)

    def _contribute(self, candidate: Candidate, points: int, lines: int) -> None:
        if points:
            amounts = self.basket.amounts_of(lines)
            made = candidate.version
            self.contributions.append(Contribution(rule_id=made.rule_id, version=made.version, points=points, amounts=amounts))


def carrier(version: RuleVersion) -> Carrier | None:
    """The version of a rule, where it carries what is left over."""
    match version.terms:
        case PointsPerAmount(carry=True) as terms:
            return Carrier(version.rule_id, version.version, carry_id(version.rule_id, terms), terms)
    return None


def counted_by(carrier: Carrier, facts: Facts, lines: int) -> Counted:
    """What `lines` count by a rule that carries what is left over."""
    return Counted(
        carry_id=carrier.carry_id,
        rule_id=carrier.rule_id,
        version=carrier.version,
        terms=carrier.terms,
        amounts=facts.basket.amounts_of(lines),
        before=facts.carried.get(carrier.carry_id, 0),
        amount=max(0, facts.basket.amount(lines)),
    )


def steps_of(by_factor: dict[Fraction, int]) -> list[tuple[Fraction, int]]:
    """Points of lines that count several times are Σ (f − the next smaller f) × points of the lines that count at least f times:
    these differences and lines.

    In proportion that is Σ f × points of the line. Of full amounts only, those count f times that lie in lines which do, so that
    less bought is never worth more.
    """
    lines, before, steps = 0, Fraction(0), []
    for members in by_factor.values():
        lines |= members
    for factor in sorted(by_factor):
        steps.append((factor - before, lines))
        lines &= ~by_factor[factor]
        before = factor
    return steps


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
