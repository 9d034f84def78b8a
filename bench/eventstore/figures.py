"""Figures: what was measured, beside what, in which rounds, and what was hoped for."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench import report

Measure = Callable[[], float]
"""Does some work and returns its rate per second."""


@dataclass(frozen=True)
class Figure:
    """Rates per second of the store and of what stands beside it, round by round; `aim` is the ratio hoped for."""

    what: str
    ours: Sequence[float]
    theirs: Sequence[float]
    aim: float | None = None

    @property
    def ratios(self) -> list[float]:
        return [a / b for a, b in zip(self.ours, self.theirs, strict=True)]

    def row(self) -> str:
        ratio = f"**× {digits(statistics.median(self.ratios))}** [{digits(min(self.ratios))}–{digits(max(self.ratios))}]"
        aim = f"≥ {self.aim:g}" if self.aim else ""
        return f"{self.what} | {rate(self.ours)} | {rate(self.theirs)} | {ratio} | {aim}"


def digits(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio < 10 else f"{ratio:.0f}"


def rate(rates: Sequence[float]) -> str:
    return f"{statistics.median(rates):,.0f}/s"


def compared(beside: str, figures: Sequence[Figure]) -> str:
    """A table of figures that stand beside the same thing."""
    return report.table(f"what | the store | {beside} | ratio [range] | aim", [f.row() for f in figures])


def side_by_side(rounds: int, *measures: Measure) -> list[list[float]]:
    """The rates of each of `measures`, which take turns; every other round goes the other way round."""
    rates: list[list[float]] = [[] for _ in measures]
    for number in range(rounds):
        turns = list(zip(measures, rates, strict=True))
        for measure, seen in turns if number % 2 == 0 else reversed(turns):
            seen.append(measure())
    return rates
