"""Customers are merged and parted while they buy, bring back, spend, keep aside, pass on, are erased: fifty at once, on real Postgres."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from customers import queries as customers
from customers.commands import EraseCustomer, MergeCustomers, UnmergeCustomer
from earning.commands import ConfirmHold, HoldPoints, ReleaseHold, TransferPoints
from loyalty.domain.errors import DomainError
from loyalty.guards import disagreements
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.rebuild import checksum, rebuild
from loyalty.tenancy import reading
from tests.earning.counter import Counter, in_parallel, rows
from tests.earning.ledger_given import give
from tests.earning.test_merging import COFFEE, Pair

pytestmark = pytest.mark.usefixtures("own_log_of_module")
REFUSED = {
    "earning.hold_confirmed",
    "earning.hold_released",
    "earning.hold_unknown",
    "customers.not_merged",
    "earning.not_enough_points",
    "earning.transfer_to_oneself",
    "earning.too_many_transfers",
}
LIVE = ("customers.absorbed", "earning.accounts", "earning.purchases")


def whole(counter: Counter) -> None:
    """Guards agree with the log, and what is live is what is rebuilt."""
    assert [one for _, one in disagreements() if one.tenant_id == counter.tenant.id] == []
    tables = [table for name in LIVE for table in PROJECTIONS[name].tables]
    live = [checksum(table) for table in tables]
    for name in LIVE:
        rebuild(PROJECTIONS[name])
    assert [checksum(table) for table in tables] == live


@pytest.mark.rounds
def test_each_has_what_came_by_them_whenever_they_were_one(counter: Counter) -> None:
    pair = Pair(counter, 200, 200)
    other = give(counter, 10)
    sides = (pair.hoa, pair.lan)
    sales = [(order, counter.do(order).purchase_id) for order in (counter.order(sides[n % 2], COFFEE) for n in range(10))]
    holds = [counter.do(HoldPoints(customer_id=side, points=20, ends_at=datetime.now(UTC) + timedelta(hours=1))) for side in sides]
    moved: dict[UUID, list[int]] = {side: [450] for side in sides}

    def came(side: UUID | None, points: int) -> None:
        assert side is not None
        moved[side].append(points)

    def act(n: int, side: UUID) -> None:
        match n % 5:
            case 0:
                came(side, counter.sell(side, COFFEE).points)
            case 1:
                came(side, -pair.spend(side, 70).points)
            case 2:
                sent = counter.do(TransferPoints(customer_id=side, recipient_id=other, points=5)).sent
                came(side, -5 if sent else 0)
            case 3:
                order, purchase_id = sales[n // 5]
                came(order.customer_id, -counter.take_back(order, purchase_id).points)
            case _ if n in {9, 19}:
                came(sides[1], -counter.do(ConfirmHold(customer_id=side, hold_id=holds[1].id)).points)
            case _ if n == 14:
                counter.do(ReleaseHold(customer_id=side, hold_id=holds[0].id))

    def work(n: int) -> Any:
        if n in {4, 24, 44}:
            return pair.merge()
        return pair.unmerge() if n in {15, 35} else act(n, sides[n % 2])

    results = in_parallel(50, work)
    assert {one.code for one in results if isinstance(one, DomainError)} <= REFUSED
    pair.merge()
    pair.unmerge()
    assert [pair.alone(side) for side in sides] == [sum(moved[side]) for side in sides]
    assert sum(pair.alone(side) for side in (*sides, other)) == sum(sum(one) for one in moved.values()) + pair.alone(other)
    sent = sum(points == -5 for one in moved.values() for points in one)
    assert pair.alone(other) == 10 + 5 * sent
    whole(counter)


@pytest.mark.rounds
def test_a_merge_and_an_erasure_at_once_leave_nobody_half_erased(counter: Counter) -> None:
    for n in range(3):
        one, other = (counter.customer(phone=f"+849123456{n}{k}") for k in (1, 2))
        orders: list[Any] = [
            MergeCustomers(customer_id=one, other_id=other, reason="one person"),
            EraseCustomer(customer_id=other, reason="asked"),
            UnmergeCustomer(customer_id=other, reason="two persons"),
        ]
        results = in_parallel(15, lambda k, orders=orders: counter.do(orders[k % 3]))  # type: ignore[misc]
        assert {it.code for it in results if isinstance(it, DomainError)} <= {"customers.not_found", "customers.not_merged"}
        with reading(counter.tenant.id):
            gone = customers.erased([one, other])
            assert other in gone
            assert (one in gone) == (len(customers.sides(one)) == 2), "who was one with them then is erased with them, and nobody else"


@pytest.mark.rounds
def test_chains_that_form_at_once_are_one_hop_and_no_circle(counter: Counter) -> None:
    people = [counter.customer(phone=f"+8491234567{n}") for n in range(4)]
    pairs = [(people[n], people[(n + step) % 4]) for step in (1, 2, 3) for n in range(4)]
    results = in_parallel(50, lambda n: counter.do(MergeCustomers(customer_id=pairs[n % 12][0], other_id=pairs[n % 12][1], reason="x")))
    assert [one for one in results if isinstance(one, DomainError)] == []
    assert sum(one.new for one in results if not isinstance(one, DomainError)) == 3
    assert rows("customers_absorbed", counter.tenant, "id, survivor_id", "id") == sorted((one, people[0]) for one in people[1:])
    whole(counter)
