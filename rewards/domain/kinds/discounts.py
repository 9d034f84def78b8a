"""Kinds of rewards that take something off a purchase. All amounts are minor units, and nothing is worth more than the goods."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from loyalty.domain.errors import DomainError
from loyalty.domain.money import share_half_up
from loyalty.domain.points import LARGEST as MOST_POINTS
from rewards.domain.checks import check_amount

WHOLE = 10_000
"""Basis points of everything."""
SMALLEST = Decimal("0.000001")
"""What a point pays for is a multiple of it, in minor units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscountAmount:
    """So much less on one purchase."""

    amount: int

    def check(self) -> None:
        check_amount(self.amount, "amount", least=1)

    def worth(self, amount: int, delivery: int, points: int) -> int:
        return min(self.amount, max(0, amount))


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscountPercent:
    """So many basis points (10,000 are everything) of one purchase less, at most `most` (None: without a bound)."""

    basis_points: int
    most: int | None = None

    def check(self) -> None:
        check_amount(self.basis_points, "basis_points", least=1, most=WHOLE)
        if self.most is not None:
            check_amount(self.most, "most", least=1)

    def worth(self, amount: int, delivery: int, points: int) -> int:
        less = share_half_up(max(0, amount), self.basis_points, WHOLE)
        return less if self.most is None else min(less, self.most)


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueCode:
    """A gift code of a value, to pay with once."""

    amount: int

    def check(self) -> None:
        check_amount(self.amount, "amount", least=1)

    def worth(self, amount: int, delivery: int, points: int) -> int:
        return min(self.amount, max(0, amount))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cashback:
    """Each point pays `per_point` minor units of a purchase (exact, such as 3 or 0.5): who spends says how many points, from `least`
    to `most` (None: as many as there are).
    """

    per_point: Decimal
    least: int = 1
    most: int | None = None

    def check(self) -> None:
        if not self.per_point.is_finite() or not 0 < self.per_point <= MOST_POINTS or self.per_point % SMALLEST:
            raise DomainError("rewards.per_point_invalid", field="per_point")
        check_amount(self.least, "least", least=1, most=MOST_POINTS)
        if self.most is not None:
            check_amount(self.most, "most", least=self.least_points, most=MOST_POINTS)

    @property
    def least_points(self) -> int:
        """The fewest points that can be spent: fewer pay for nothing."""
        return max(self.least, self.points_for(1))

    def points_for(self, amount: int) -> int:
        """The fewest points that pay so much."""
        above, below = self.per_point.as_integer_ratio()
        return -(-amount * below // above)

    def worth(self, amount: int, delivery: int, points: int) -> int:
        return min(int((self.per_point * points).to_integral_value(ROUND_FLOOR)), max(0, amount))


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeProduct:
    """One of these goods costs nothing: `quantity` (thousandths) of it, the dearest line that fits."""

    skus: tuple[str, ...]
    quantity: int = 1000

    def check(self) -> None:
        if not self.skus or len(self.skus) > 200:
            raise DomainError("rewards.skus_missing", field="skus")
        check_amount(self.quantity, "quantity", least=1, most=10**9)

    def worth(self, amount: int, delivery: int, points: int) -> int:
        return max(0, amount)
