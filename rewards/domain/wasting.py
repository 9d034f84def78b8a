"""What would be used up for nothing in a basket, or for less than it costs."""

from __future__ import annotations

from loyalty.domain.errors import DomainError
from loyalty.domain.money import Money
from loyalty.domain.naming import Naming
from rewards.domain.kinds import Cashback
from rewards.domain.offer import Occasion
from rewards.domain.totals import ORDER, ToApply


def wasted(one: ToApply, amount: int, worth: int, name: Naming, occasion: Occasion, *, bought: bool) -> DomainError | None:
    """Why a reward that takes `worth` off the `amount` that it is for (minor units) is not to be used: it takes nothing off, or more
    points are spent than pay for that. None: it is well spent, or of a kind that takes nothing off anyway.
    """
    benefit = one.terms.benefit
    if bought and amount and isinstance(benefit, Cashback):
        return _points_wasted(benefit, one, amount, occasion)
    if type(benefit) in ORDER and not worth:
        return DomainError("rewards.takes_nothing_off", name=name)
    return None


def _points_wasted(benefit: Cashback, one: ToApply, amount: int, occasion: Occasion) -> DomainError | None:
    wallet, needed = one.terms.price.wallet, benefit.points_for(amount)
    least = occasion.counted(benefit.least_points, wallet)
    if needed < least:
        return DomainError("rewards.less_than_least_points", least=least, left=Money(amount, occasion.currency))
    most = needed if benefit.most is None else min(needed, benefit.most)
    if not least <= one.points <= most:
        return DomainError("rewards.points_of_choice", field="points", least=least, most=occasion.counted(most, wallet))
    return None
