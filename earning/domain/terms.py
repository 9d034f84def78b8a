"""What a rule promises. The kind so far: points per amount."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from loyalty.domain.errors import DomainError
from loyalty.domain.money import EXPONENTS, LARGEST
from loyalty.domain.points import Rounding, rounded

Wallet = str
"""The code of a wallet."""
MOST_POINTS = 1_000_000
MOST_DECIMALS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsPerAmount:
    """`points` for each `per` minor units of `currency`, in proportion: 5 per 40,000 give 7.5 on 60,000.

    With `whole_steps` only full amounts count (5). The result is rounded once for a purchase.
    """

    points: Decimal
    per: int
    currency: str
    rounding: Rounding = "floor"
    whole_steps: bool = False

    def exact(self, amount: int) -> Fraction:
        """Points on `amount` minor units before rounding; nothing on nothing or less."""
        if amount <= 0:
            return Fraction(0)
        points, ones = self.points.as_integer_ratio()
        if self.whole_steps:
            return Fraction(amount // self.per * points, ones)
        return Fraction(amount * points, self.per * ones)

    def worth(self, amount: int) -> int:
        """Points on `amount` minor units, rounded."""
        return rounded(self.exact(amount), self.rounding)

    def check(self) -> None:
        """Raises DomainError for terms that no rule can have."""
        if not self.points.is_finite() or not 0 < self.points <= MOST_POINTS:
            raise DomainError("earning.rule_points_invalid", field="points", most=MOST_POINTS)
        if -int(self.points.normalize().as_tuple().exponent) > MOST_DECIMALS:
            raise DomainError("earning.rule_points_too_exact", field="points", decimals=MOST_DECIMALS)
        if not 0 < self.per <= LARGEST:
            raise DomainError("earning.rule_amount_invalid", field="per")
        if self.currency not in EXPONENTS:
            raise DomainError("money.unknown_currency", field="currency", currency=self.currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """What one version of a rule gave for a purchase, or what was taken back of it.

    `amounts` says for each line of the document, in order, how much of its value (minor units) counted; `points` is what
    the rule made of their sum, in the wallet's smallest unit.
    """

    rule_id: UUID
    version: int
    points: int
    amounts: tuple[int, ...]
