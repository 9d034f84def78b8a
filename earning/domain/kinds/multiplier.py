"""Multipliers: points per spend count twice, half, or by what a label or the customer's level says."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar, Literal

from earning.domain.basket import Basket, numbers
from earning.domain.kinds.stage import MULTIPLY, decimals
from earning.domain.lines import LONGEST_LABEL, check_text
from earning.domain.selection import NOTHING, Picker, Selection, beyond_of, label_key
from loyalty.domain.errors import DomainError

MOST_FACTOR = 1000
MOST_FACTORS = 200
FACTOR_DECIMALS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelFactor:
    """Lines whose `label` has this `value` count `factor` times."""

    label: str
    value: str
    factor: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelFactor:
    """Customers at the level with this code get `factor` times the points."""

    level: str
    factor: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Multiplier:
    """Points per spend on its lines count `factor` times, or as often as a label or the level says: the largest that fits a line.

    Its lines are `only` some, if any are named, and `never` others. Factors of several rules `combine`: they are multiplied
    with each other («compound»), or the «best» of those that say so counts.
    """

    stage: ClassVar[int] = MULTIPLY

    factor: Decimal | None = None
    by_label: tuple[LabelFactor, ...] = ()
    by_level: tuple[LevelFactor, ...] = ()
    combine: Literal["compound", "best"] = "compound"
    only: Selection = NOTHING
    never: Selection = NOTHING

    def picker(self) -> Picker:
        """The lines that may count."""
        return Picker(self.only, self.never)

    def factors(self, basket: Basket, lines: int, levels: Collection[str]) -> dict[int, Fraction]:
        """By the place of a line, how often its points count; lines that it leaves alone are not there."""
        found: dict[int, Fraction] = {}
        for fitting, factor in self._offers(basket, lines, levels):
            for number in numbers(fitting):
                found[number] = max(found.get(number, factor), factor)
        return found

    def check(self) -> None:
        """Raises DomainError for terms that no rule can have."""
        if not self._all_factors():
            raise DomainError("earning.rule_factor_missing", field="factor")
        if (beyond := beyond_of({"by_label": self.by_label, "by_level": self.by_level}, MOST_FACTORS)) is not None:
            raise DomainError("earning.rule_too_many_factors", field=beyond, most=MOST_FACTORS)
        for factor, field in self._all_factors():
            _check_factor(factor, field)
        labels: set[str] = set()
        for place, one in enumerate(self.by_label):
            _check_named(one.label, f"by_label.{place}.label")
            _check_named(one.value, f"by_label.{place}.value")
            _check_once(f"{one.label}={one.value}".casefold(), labels, f"by_label.{place}", f"{one.label}={one.value}")
        levels: set[str] = set()
        for place, of_level in enumerate(self.by_level):
            _check_named(of_level.level, f"by_level.{place}.level")
            _check_once(of_level.level.casefold(), levels, f"by_level.{place}.level", of_level.level)
        self.only.check("only")
        self.never.check("never")

    def _offers(self, basket: Basket, lines: int, levels: Collection[str]) -> Iterator[tuple[int, Fraction]]:
        if self.factor is not None:
            yield lines, Fraction(self.factor)
        for one in self.by_label:
            yield lines & basket.with_any((label_key(one.label, one.value),)), Fraction(one.factor)
        held = {level.casefold() for level in levels}
        for at in self.by_level:
            if at.level.casefold() in held:
                yield lines, Fraction(at.factor)

    def _all_factors(self) -> list[tuple[Decimal, str]]:
        named: Iterable[tuple[Decimal | None, str]] = [
            (self.factor, "factor"),
            *((one.factor, f"by_label.{place}.factor") for place, one in enumerate(self.by_label)),
            *((one.factor, f"by_level.{place}.factor") for place, one in enumerate(self.by_level)),
        ]
        return [(factor, field) for factor, field in named if factor is not None]


def _check_factor(factor: Decimal, field: str) -> None:
    if not factor.is_finite() or not 0 < factor <= MOST_FACTOR or decimals(factor) > FACTOR_DECIMALS:
        raise DomainError("earning.rule_factor_invalid", field=field, most=MOST_FACTOR, decimals=FACTOR_DECIMALS)


def _check_named(text: str, field: str) -> None:
    if not text.strip():
        raise DomainError("earning.selection_empty", field=field)
    check_text(text, LONGEST_LABEL, field)


def _check_once(key: str, seen: set[str], field: str, name: str) -> None:
    if key in seen:
        raise DomainError("earning.rule_factor_twice", field=field, name=name)
    seen.add(key)
