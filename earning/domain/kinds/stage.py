"""When a kind of rule has its turn, and what all kinds ask of numbers."""

from __future__ import annotations

from decimal import Decimal

from loyalty.domain.errors import DomainError

SPEND, MULTIPLY, PRODUCT, INSTANT, DEED = range(1, 6)
"""Points per spend come first, then what multiplies them, then points for products, and instant rewards last; what no purchase decides
has its turn beside them.
"""
MOST_POINTS = 1_000_000
MOST_DECIMALS = 6


def check_points(points: Decimal) -> None:
    """Raises DomainError for a number of points that no rule can give."""
    if not points.is_finite() or not 0 < points <= MOST_POINTS:
        raise DomainError("earning.rule_points_invalid", field="points", most=MOST_POINTS)
    if decimals(points) > MOST_DECIMALS:
        raise DomainError("earning.rule_points_too_exact", field="points", decimals=MOST_DECIMALS)


def decimals(exact: Decimal) -> int:
    """How many decimals a finite number has, without needless zeros."""
    return max(0, -int(exact.normalize().as_tuple().exponent))
