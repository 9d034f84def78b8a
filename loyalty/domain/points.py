"""Points: BIGINT in the wallet's smallest unit, worked out with exact fractions and rounded once."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

Rounding = Literal["floor", "ceil", "half_up"]
LARGEST = 10**15


def rounded(value: Fraction, rounding: Rounding = "floor") -> int:
    """A non-negative exact number of points to whole smallest units."""
    match rounding:
        case "floor":
            return value.numerator // value.denominator
        case "ceil":
            return -(-value.numerator // value.denominator)
        case "half_up":
            return (2 * value.numerator + value.denominator) // (2 * value.denominator)
