"""Product points: so many for each matching line, or for each unit bought."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar, Literal

from earning.domain.basket import Basket, numbers
from earning.domain.kinds.stage import PRODUCT, check_points
from earning.domain.lines import ONE
from earning.domain.selection import NOTHING, Picker, Selection
from loyalty.domain.points import Rounding


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductPoints:
    """`points` for each line, or for each unit of 2.5 kg in proportion, of those that it counts: `only` some, if any are named,
    and `never` others. Discounts and rounding are no products.
    """

    stage: ClassVar[int] = PRODUCT

    points: Decimal
    each: Literal["line", "unit"] = "unit"
    rounding: Rounding = "floor"
    only: Selection = NOTHING
    never: Selection = NOTHING

    def picker(self) -> Picker:
        """The lines that count."""
        return Picker(self.only, self.never, ("discount", "rounding"))

    def gives(self, basket: Basket, lines: int) -> Fraction:
        """Points on `lines` before rounding."""
        if self.each == "line":
            return Fraction(self.points) * lines.bit_count()
        return Fraction(self.points) * sum(basket.quantities[n] for n in numbers(lines)) / ONE

    def check(self) -> None:
        """Raises DomainError for terms that no rule can have."""
        check_points(self.points)
        self.only.check("only")
        self.never.check("never")
