"""Points per spend of one wallet, and what multiplies them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple
from uuid import UUID

from earning.domain.basket import Basket, numbers
from earning.domain.candidates import Candidate
from earning.domain.kinds import Multiplier, PointsPerAmount
from loyalty.domain.points import rounded

Factors = dict[int, Fraction]
"""By the place of a line, how often its points per spend count; once where none stands."""
ONCE = Fraction(1)
MILLION = 10**6


@dataclass(slots=True)
class Spend:
    """Points per spend of one rule on its `lines`: what it gives on all of them, and what was granted of that.

    Of a rule that carries what is left over, the points are rounded with those of other purchases: what multiplies them is rounded
    `apart`, or its share would depend on how those fell.
    """

    terms: PointsPerAmount
    lines: int
    full: int
    granted: int
    apart: bool


class Multiplying(NamedTuple):
    """A multiplier with its factors, and what it and those before it add: whole points of what is exact."""

    candidate: Candidate
    terms: Multiplier
    factors: Factors
    upto: int


class Spending:
    """What rules of points per spend gave into one wallet, and the factors that its multipliers put on the lines.

    A point of the wallet is `scale` of its smallest unit.
    """

    def __init__(self, basket: Basket, scale: int) -> None:
        self.basket, self._scale = basket, scale
        self._spends: list[Spend] = []
        self._multipliers: list[Multiplying] = []
        self._weights: dict[int, int] = {}
        self._touched = 0
        self._steps: dict[int, list[tuple[Fraction, int]]] = {}
        self._compound: Factors = {}
        self._best: Factors = {}
        self.outdone: list[Candidate] = []
        """Of the multipliers of which the best counts those that are the best of no line."""
        self.lacking: dict[UUID, int] = {}
        """By rule, what a multiplier would have added whose own limits left no room (0: it would have changed no whole point)."""

    def add(self, terms: PointsPerAmount, lines: int, full: int, granted: int, *, apart: bool = False) -> None:
        """A rule gave points per spend."""
        self._spends.append(Spend(terms, lines, full, granted, apart))

    def multiply(self, candidate: Candidate, terms: Multiplier, lines: int, levels: Collection[str], has_room: Callable[[], bool]) -> bool:
        """Whether a multiplier multiplies anything.

        One with limits does so only where that changes whole points: by what it gave a return knows that it had room.
        """
        if not self._weights:
            self._weigh()
        factors = terms.factors(self.basket, lines & self._touched, levels)
        if not factors:
            return False
        limited = bool(candidate.scope.limits)
        before = (self._compound.copy(), self._best.copy(), self._rounded()) if limited else None
        self._put(terms, factors)
        upto = self._rounded() if limited else self._more()
        if before is not None and (upto == before[2] or not has_room()):
            self.lacking[candidate.version.rule_id] = upto - before[2]
            self._compound, self._best, _ = before
            return False
        self._tell(Multiplying(candidate, terms, factors, upto))
        return True

    def _put(self, terms: Multiplier, factors: Factors) -> None:
        for number, factor in factors.items():
            if terms.combine == "compound":
                self._compound[number] = self._compound.get(number, ONCE) * factor
            else:
                self._best[number] = max(self._best.get(number, factor), factor)

    def _tell(self, one: Multiplying) -> None:
        grows = min(one.factors.values()) >= 1
        self._multipliers.append(one._replace(upto=max(one.upto, self._told) if grows else one.upto))

    def added(self) -> Iterator[tuple[Candidate, int, int]]:
        """Each multiplier, its lines, and what it adds. That is rounded once, with the rules whose points it multiplies."""
        self._leave_out_the_outdone()
        multipliers, self._multipliers = self._multipliers, []
        if not multipliers:
            return
        total, told = self._rounded(), 0
        for number, one in enumerate(multipliers, 1):
            upto = total if number == len(multipliers) else one.upto
            yield one.candidate, sum(1 << line for line in one.factors), upto - told
            told = upto

    def _leave_out_the_outdone(self) -> None:
        """The part of what is the best of no line is that of the others. Where there are limits it stays: they count what was told."""
        said, owners = self._multipliers, dict[int, int]()
        best = [place for place, one in enumerate(said) if one.terms.combine == "best"]
        if len(best) < 2 or any(one.candidate.scope.limits for one in said):
            return
        for place in best:
            for number, factor in said[place].factors.items():
                if factor == self._best[number]:
                    owners.setdefault(number, place)
        lost = set(best) - set(owners.values())
        if not lost:
            return
        self.outdone += [said[place].candidate for place in sorted(lost)]
        self._multipliers, self._compound, self._best = [], {}, {}
        for place, one in enumerate(said):
            if place not in lost:
                self._put(one.terms, one.factors)
                self._tell(one._replace(upto=self._more()))

    @property
    def _told(self) -> int:
        """What the multipliers so far add, as it is told apart."""
        return self._multipliers[-1].upto if self._multipliers else 0

    def _rounded(self) -> int:
        """What the factors so far add, each rule rounded once."""
        self._steps = {}
        return sum(self._worth(spend) - spend.granted for spend in self._spends)

    def _weigh(self) -> None:
        """What each line brings of the points per spend, in millionths: to tell apart what several multipliers add."""
        for spend in self._spends:
            self._touched |= spend.lines
            basket = spend.terms.base(self.basket)
            exact, amount = self._gives(spend, spend.lines), basket.amount(spend.lines)
            millionths = int(exact * MILLION) * spend.granted // spend.full if spend.full else 0
            for number in numbers(spend.lines):
                self._weights[number] = self._weights.get(number, 0) + millionths * basket.amounts[number] // amount

    def _more(self) -> int:
        """What the factors so far add, before rounding, in whole points."""
        added = sum(weight * (self._factor(number) - 1) for number, weight in self._weights.items())
        return int(added // MILLION)

    def _worth(self, spend: Spend) -> int:
        """What a rule of points per spend gives under all factors, rounded once."""
        steps = self._steps.get(spend.lines)
        if steps is None:
            steps = self._steps[spend.lines] = steps_of(self._by_factor(spend.lines))
        exact = sum((more * self._gives(spend, lines) for more, lines in steps), Fraction(0))
        added = (
            rounded(exact - self._gives(spend, spend.lines), spend.terms.rounding)
            if spend.apart
            else (rounded(exact, spend.terms.rounding) - spend.full)
        )
        if spend.granted == spend.full:
            return spend.granted + added
        return spend.granted + rounded(Fraction(added * spend.granted, spend.full), spend.terms.rounding)

    def _gives(self, spend: Spend, lines: int) -> Fraction:
        return spend.terms.gives(self.basket, lines) * self._scale

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
