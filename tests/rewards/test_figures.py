"""Figures of baskets, worked out by hand, from the quote to the purchase."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from loyalty.tenancy import reading
from rewards.commands import BasketLine, Cashback, Choice, DiscountPercent, HoldBasket
from rewards.queries import quote
from tests.earning.counter import rows
from tests.rewards.given import RewardShop, bought, wrong_guards
from tests.support.people import new_tenant

TAXED = tuple(BasketLine(total=total, quantity=1_000, tax_rate=1_500) for total in (560, 892, 4_491, 21_726, 240_000))


def all_three(till: RewardShop, customer: Any, choice: Choice, lines: Any, **more: Any) -> Any:
    """The totals, which are the same in quote, hold and purchase."""
    place = {"merchant_id": till.merchant_id, "pos_id": till.pos_id}
    with reading(till.tenant.id):
        told = quote(HoldBasket(customer_id=customer, lines=lines, choices=(choice,), **place, **more)).totals
    held = till.hold(customer, choice, lines=lines, **more)
    done = till.confirm(held.basket_id)
    assert told == held.totals == done.totals
    assert rows("earning_purchase", till.tenant, "total") == [(told.total,)]
    assert wrong_guards(till.tenant) == []
    return told


@pytest.mark.usefixtures("own_log")
def test_3030_points_at_3_grosz_pay_90_zloty_90_and_none_is_left() -> None:
    till = RewardShop(new_tenant(currency="PLN", zone="Europe/Warsaw"))
    customer = till.with_points(3_030)
    cash = till.reward(Cashback(per_point=Decimal(3)), points=0)
    found = all_three(till, customer, bought(cash, 3_030), (BasketLine(total=300_000),))
    assert (found.discount, found.total, till.available(customer)) == (9_090, 290_910, 0)


@pytest.mark.usefixtures("own_log")
@pytest.mark.parametrize("rounding", ["line", "document"])
@pytest.mark.parametrize("includes", [True, False])
def test_everything_off_five_taxed_lines_is_a_purchase_of_nothing(rounding: str, includes: bool) -> None:
    till = RewardShop(new_tenant(currency="PLN", zone="Europe/Warsaw"))
    customer = till.with_points(100)
    every = till.reward(DiscountPercent(basis_points=10_000), points=100)
    found = all_three(till, customer, bought(every), TAXED, tax_rounding=rounding, prices_include_tax=includes)
    assert replace(found, lines=()) == replace(found, before=267_669, discount=267_669, total=0, tax=0, to_pay=0, lines=())
    assert (found.lines, till.available(customer)) == ((0,) * 5, 0)
