"""One order, three partial returns, all six orders; bought and returned again and again; a void beside them."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from uuid import uuid4

import pytest

from earning.commands import ReturnLine, Thousandths
from earning.domain.rule_set import RuleSet
from loyalty.tenancy.models import Tenant
from tests.earning.counter import Counter, rows
from tests.earning.given import Shop, line, per, purchase_order, rules

SIX = list(
    permutations(
        (ReturnLine(line=1, quantity=Thousandths(1000)), ReturnLine(line=2, amount=33_333), ReturnLine(line=3, quantity=Thousandths(500)))
    )
)
SETS = [
    rules(per(10_000)),
    rules(per(7_000, "2.3", rounding="half_up")),
    rules(per(40_000, "5", whole_steps=True)),
    rules(per(1_000), per(30_000, rounding="ceil")),
]


@pytest.mark.parametrize("rule_set", SETS, ids=["floor", "half up", "whole steps", "two rules"])
def test_three_partial_returns_of_one_order_end_alike_in_all_six_orders(rule_set: RuleSet) -> None:
    ends = set()
    for order in SIX:
        shop = Shop(rule_set)
        shop.record(purchase_order(line(137_777, 3), 99_999, line(45_001, 1)))
        for n, part in enumerate(order):
            shop.take_back("A-1", part, by=f"R-{n}")
        ends.add((shop.account.balance, shop.document("A-1").values()))
    bought = Shop(rule_set)
    bought.record(purchase_order(*((line(total) if total else line(0)) for total in next(iter(ends))[1])))
    assert ends == {(bought.account.balance, next(iter(ends))[1])}


def test_so_do_they_in_the_database(tenant: Tenant) -> None:
    counter = Counter(tenant)
    counter.rule()
    for order in SIX:
        sale = counter.order(counter.customer(), line(137_777, 3), 99_999, line(45_001, 1))
        made = counter.do(sale)
        for part in order:
            counter.take_back(sale, made.purchase_id, part)
    (end,) = {(points, kept, state) for points, kept, state in rows("earning_purchase", tenant, "points, kept, state")}
    assert rows("earning_account", tenant, "balance, clawed_back") == [(end[0], 28 - end[0])] * 6


def test_bought_and_returned_ten_times_leaves_nothing_each_time(other_tenant: Tenant) -> None:
    """200.00 at 1 point for 1.00."""
    counter = Counter(other_tenant)
    counter.rule(replace(per(100), currency="PLN"))
    somebody = counter.customer()
    for _ in range(10):
        sale = counter.order(somebody, line(20_000, 1))
        made = counter.do(sale)
        assert (made.points, made.balance) == (200, 200)
        assert counter.take_back(sale, made.purchase_id, number=uuid4().hex[:12]).balance == 0
    assert rows("earning_account", other_tenant, "balance, earned, clawed_back") == [(0, 2000, 2000)]
