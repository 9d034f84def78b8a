"""Points per spend: so many for each amount of money."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar, Literal

from earning.domain.basket import Basket
from earning.domain.kinds.stage import SPEND, check_points
from earning.domain.selection import NOTHING, Picker, Selection
from loyalty.domain.errors import DomainError
from loyalty.domain.money import EXPONENTS, LARGEST, Money
from loyalty.domain.points import Rounding, rounded


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsPerAmount:
    """`points` for each `per` minor units of `currency`, in proportion: 5 per 40,000 give 7.5 on 60,000.

    With `whole_steps` only full amounts count (5); with `carry` what is left of them counts with the next purchase. The result is
    rounded once for a purchase. Of the lines it counts `only` some, if any are named, and `never` others. `delivery` says whether
    delivery counts; `rewards` whether the base is net (discounts are taken off) or gross.
    """

    stage: ClassVar[int] = SPEND

    points: Decimal
    per: int
    currency: str
    rounding: Rounding = "floor"
    whole_steps: bool = False
    carry: bool = False
    only: Selection = NOTHING
    never: Selection = NOTHING
    delivery: bool = True
    rewards: Literal["net", "gross"] = "net"

    def exact(self, amount: int) -> Fraction:
        """Points on `amount` minor units before rounding; nothing on nothing or less."""
        if amount <= 0:
            return Fraction(0)
        points, ones = self.points.as_integer_ratio()
        if self.whole_steps:
            return Fraction(amount // self.per * points, ones)
        return Fraction(amount * points, self.per * ones)

    def worth(self, amount: int, scale: int = 1) -> int:
        """Points on `amount` minor units, rounded to the smallest unit of a wallet: `scale` of it are a point."""
        return rounded(self.exact(amount) * scale, self.rounding)

    def least(self, scale: int = 1) -> int:
        """The smallest amount, in minor units, that gives the smallest unit of a wallet."""
        return self.more_than(0, scale)

    def more_than(self, amount: int, scale: int = 1) -> int:
        """The smallest amount, in minor units, that gives more than `amount` does."""
        given, step = self.worth(amount, scale), 1
        while self.worth(amount + step, scale) <= given:
            step *= 2
        short, enough = amount + step // 2, amount + step
        while enough - short > 1:
            middle = (short + enough) // 2
            short, enough = (short, middle) if self.worth(middle, scale) > given else (middle, enough)
        return enough

    def picker(self) -> Picker:
        """The lines that count."""
        kept_out = (("delivery", not self.delivery), ("discount", self.rewards == "gross"))
        return Picker(self.only, self.never, tuple(kind for kind, out in kept_out if out))

    def gives(self, basket: Basket, lines: int) -> Fraction:
        """Points on `lines` before rounding."""
        return self.exact(self.base(basket).amount(lines))

    def base(self, basket: Basket) -> Basket:
        """What lines count: with discounts taken off those on which they lie, or without."""
        return basket.net if self.rewards == "net" else basket

    def check(self) -> None:
        """Raises DomainError for terms that no rule can have."""
        check_points(self.points)
        if self.currency not in EXPONENTS:
            raise DomainError("money.unknown_currency", field="currency", currency=self.currency)
        if not 0 < self.per <= LARGEST:
            raise DomainError("earning.rule_amount_invalid", field="per", most=Money(LARGEST, self.currency))
        if self.carry and not self.whole_steps:
            raise DomainError("earning.rule_carries_nothing", field="carry")
        self.only.check("only")
        self.never.check("never")
