"""How much a coupon can take off at most, where somebody says how much it took off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from loyalty.domain.money import LARGEST
from rewards.domain.checks import check_amount
from rewards.domain.goods import WHOLE
from rewards.domain.kinds import Cashback, DiscountAmount, DiscountPercent, FreeDelivery, FreeProduct, ValueCode
from rewards.domain.terms import RewardTerms
from rewards.domain.totals import BasketLine, ToApply, alone, is_for

LARGEST_SALE = 10**12
"""No document is about more (minor units)."""
TAKES_OFF = (Cashback, DiscountAmount, DiscountPercent, FreeDelivery, FreeProduct, ValueCode)
"""Kinds that say what they take off; of others nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedOn:
    """The lines of the purchase on which a coupon is used; without discounts beside them (`net`) they are what is left after it."""

    lines: tuple[BasketLine, ...]
    net: bool


def check_worth(worth: int, terms: RewardTerms, points: int, on: UsedOn | None = None) -> None:
    """Raises DomainError where a coupon, for which so many `points` were paid, takes off more than it can of a purchase (None: any)."""
    check_amount(worth, "worth", most=most_worth(terms, points, on))


def most_worth(terms: RewardTerms, points: int, on: UsedOn | None = None) -> int:
    """As much as it can take off: of what is known of the purchase, else of the largest that there is (minor units)."""
    if on is not None and not on.net:
        return _of_prices(terms, points, on.lines)
    match benefit := terms.benefit:
        case DiscountAmount() | ValueCode() | Cashback():
            return benefit.worth(LARGEST, 0, points)
        case DiscountPercent():
            return benefit.worth(LARGEST_SALE if on is None else _before(benefit, terms, on.lines), 0, 0)
        case FreeDelivery():
            return benefit.worth(0, LARGEST_SALE, 0)
    return LARGEST_SALE


def _of_prices(terms: RewardTerms, points: int, lines: Sequence[BasketLine]) -> int:
    if isinstance(terms.benefit, TAKES_OFF):
        return alone(lines, ToApply(number=0, reward_id=UUID(int=0), terms=terms, points=points))[1]
    return sum(line.total for line in lines if line.kind == "goods")


def _before(benefit: DiscountPercent, terms: RewardTerms, lines: Sequence[BasketLine]) -> int:
    """What goods cost that cost so much less a percentage, rounded up."""
    paid = sum(line.total for line in lines if line.kind == "goods" and is_for(terms, line))
    return LARGEST_SALE if benefit.basis_points == WHOLE else -(-paid * WHOLE // (WHOLE - benefit.basis_points))
