"""Two customers turn out to be one, and to be two after all: points, purchases, levels and limits through the bus, on real Postgres."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from customers import queries as customers
from customers.commands import EraseCustomer, MergeCustomers, UnmergeCustomer
from customers.foreseeing import parted
from earning import queries
from earning.commands import (
    AdjustPoints,
    Expiry,
    HoldPoints,
    Limit,
    NoteTime,
    RecordPurchase,
    ReleaseHold,
    RestorePoints,
    SpendPoints,
    TransferPoints,
    WalletTerms,
)
from earning.domain.account import account_id
from loyalty.domain.errors import DomainError
from loyalty.tenancy import reading
from tests.earning.counter import Counter, in_parallel
from tests.earning.ledger_given import configure, give
from tests.earning.levels_counted import active, level_now
from tests.earning.levels_given import steps

COFFEE = 500_000
"""Brings 50 points."""


class Pair:
    """Hoa, who joined first, and Lan, who turns out to be her: each with so many points."""

    def __init__(self, counter: Counter, mine: int = 60, theirs: int = 60) -> None:
        self.counter = counter
        self.hoa = counter.customer(first_name="Hoa", phone="+84912345678")
        self.lan = counter.customer(first_name="Lan", phone="+84987654321", card="97040001")
        for whose, points in ((self.hoa, mine), (self.lan, theirs)):
            if points:
                give(counter, points, whose)

    def merge(self, **how: Any) -> Any:
        return self.counter.do(MergeCustomers(customer_id=self.lan, other_id=self.hoa, reason="one person"), **how)

    def unmerge(self) -> Any:
        return self.counter.do(UnmergeCustomer(customer_id=self.lan, reason="two persons"))

    def spend(self, whose: UUID, points: int) -> Any:
        return self.counter.do(SpendPoints(customer_id=whose, points=points))

    def balance(self, whose: UUID) -> tuple[int, int]:
        """What is there, and what can be spent."""
        with reading(self.counter.tenant.id):
            found = queries.balance(whose, datetime.now(UTC))
        return found.balance, found.available

    def alone(self, whose: UUID) -> int:
        """What one of them has, owed points taken off; while they are one, what they would have without the other."""
        with reading(self.counter.tenant.id):
            if apart := parted(self.lan):
                return apart[0].survivor if whose == self.hoa else apart[0].absorbed
            found = queries.balance(whose, datetime.now(UTC), alone=True)
        return found.balance - found.debt


@pytest.fixture
def pair(counter: Counter) -> Pair:
    return Pair(counter)


def test_what_both_have_is_one_pool_whoever_of_them_is_asked_for(pair: Pair) -> None:
    merged = pair.merge()
    assert (merged.survivor_id, merged.absorbed_id, merged.new) == (pair.hoa, pair.lan, True)
    assert pair.balance(pair.hoa) == pair.balance(pair.lan) == (120, 120)
    spent = pair.spend(pair.hoa, 100)
    assert (spent.points, spent.available, spent.balance) == (100, 20, 20)
    with pytest.raises(DomainError) as refused:
        pair.spend(pair.lan, 21)
    assert refused.value.code == "earning.not_enough_points"
    back = pair.counter.do(RestorePoints(customer_id=pair.hoa, spend_id=spent.id))
    assert (back.available, pair.balance(pair.lan)) == (120, (120, 120))


def test_what_comes_by_the_card_of_the_absorbed_goes_to_the_survivor_and_says_by_whom_it_came(pair: Pair) -> None:
    pair.merge()
    counter = pair.counter
    with reading(counter.tenant.id):
        card = customers.customer_by("card", "97040001")
    assert card is not None
    assert (card.id, card.side) == (pair.hoa, pair.lan)
    sold = counter.sell(card.side, COFFEE)
    assert (sold.points, sold.balance) == (50, 170)
    with reading(counter.tenant.id):
        assert [(one.purchase_id, one.customer_id) for one in queries.purchases(customer_id=pair.hoa)] == [(sold.purchase_id, pair.lan)]
        assert len(queries.statement(pair.hoa)) == 3
        assert queries.statement(pair.hoa)[0].balance == 170
        assert sum(lot.remaining for lot in queries.lots(pair.hoa)) == 170


def test_unmerged_each_has_what_came_by_what_leads_to_them_and_what_they_overspent_is_a_debt(pair: Pair) -> None:
    pair.merge()
    pair.counter.sell(pair.lan, COFFEE)
    pair.spend(pair.hoa, 100)
    pair.unmerge()
    assert (pair.alone(pair.hoa), pair.alone(pair.lan)) == (-40, 110)
    assert (pair.balance(pair.hoa)[1], pair.balance(pair.lan)) == (0, (110, 110))
    pair.counter.sell(pair.hoa, 10 * COFFEE)
    assert pair.balance(pair.hoa) == (460, 460)
    pair.spend(pair.lan, 110)


def test_a_hold_of_both_can_be_released_and_keeps_what_it_holds_from_either(pair: Pair) -> None:
    pair.merge()
    counter = pair.counter
    held = counter.do(HoldPoints(customer_id=pair.hoa, points=100, ends_at=datetime.now(UTC) + timedelta(hours=1)))
    assert held.available == 20
    with pytest.raises(DomainError):
        pair.spend(pair.lan, 21)
    assert pair.balance(pair.hoa) == (120, 20)
    assert counter.do(ReleaseHold(customer_id=pair.hoa, hold_id=held.id)).available == 120
    for whose in (pair.hoa, pair.lan):
        with pytest.raises(DomainError) as refused:
            counter.do(ReleaseHold(customer_id=whose, hold_id=held.id))
        assert refused.value.code == "earning.hold_released"


def test_points_are_passed_on_out_of_the_pool_and_never_to_oneself(pair: Pair) -> None:
    pair.merge()
    other = pair.counter.customer(phone="+84912000111")
    with pytest.raises(DomainError) as refused:
        pair.counter.do(TransferPoints(customer_id=pair.hoa, recipient_id=pair.lan, points=1))
    assert refused.value.code == "earning.transfer_to_oneself"
    pair.counter.do(TransferPoints(customer_id=pair.hoa, recipient_id=other, points=100))
    assert (pair.balance(other), pair.balance(pair.hoa)) == ((100, 100), (20, 20))
    pair.counter.do(TransferPoints(customer_id=other, recipient_id=pair.lan, points=100))
    assert pair.balance(pair.hoa) == (120, 120)


@pytest.mark.rounds
def test_fifty_merges_of_a_pair_and_the_other_way_round_at_once_are_one(pair: Pair) -> None:
    orders = [MergeCustomers(customer_id=a, other_id=b, reason="x") for a, b in ((pair.hoa, pair.lan), (pair.lan, pair.hoa))]
    answers = in_parallel(50, lambda n: pair.counter.do(orders[n % 2]))
    assert not [one for one in answers if isinstance(one, DomainError)]
    assert sum(one.new for one in answers) == 1
    assert {(one.survivor_id, one.absorbed_id) for one in answers} == {(pair.hoa, pair.lan)}


@pytest.mark.rounds
def test_nothing_is_lost_or_doubled_while_both_buy_and_spend_and_are_merged(counter: Counter) -> None:
    pair = Pair(counter, 100, 100)

    def work(n: int) -> Any:
        whose = (pair.hoa, pair.lan)[n % 2]
        if n == 20:
            return pair.merge()
        return counter.sell(whose, COFFEE) if n % 4 < 2 else pair.spend(whose, 30)

    done = in_parallel(40, work)
    sold = sum(getattr(one, "points", 0) for one in done if hasattr(one, "contributions"))
    spent = sum(one.points for one in done if hasattr(one, "shares"))
    assert not [one for one in done if isinstance(one, DomainError) and one.code != "earning.not_enough_points"]
    assert pair.balance(pair.hoa)[0] == 200 + sold - spent >= 0
    assert pair.balance(pair.lan) == pair.balance(pair.hoa)
    before = pair.balance(pair.hoa)[0]
    attempts = in_parallel(30, lambda n: pair.spend((pair.hoa, pair.lan)[n % 2], 50))
    taken = sum(not isinstance(one, DomainError) for one in attempts)
    assert taken == before // 50, "as often as there is enough, and not once more"


def test_random_orders_leave_each_what_they_would_have_without_the_merge(counter: Counter) -> None:
    chance = random.Random(5)
    pair, third = Pair(counter, 40, 40), counter.customer(phone="+84912000222")
    expected = {pair.hoa: 40, pair.lan: 40, third: 0}
    sales: list[tuple[RecordPurchase, UUID]] = []
    merged = False

    def buy(whose: UUID) -> None:
        order = counter.order(whose, chance.choice((100_000, 300_000)))
        sold = counter.do(order)
        expected[whose] += sold.points
        sales.append((order, sold.purchase_id))

    def give_back(whose: UUID) -> None:
        if sales:
            order, purchase_id = sales.pop(chance.randrange(len(sales)))
            assert order.customer_id is not None
            expected[order.customer_id] -= counter.take_back(order, purchase_id).points

    def spend(whose: UUID) -> None:
        points = chance.randint(1, 50)
        enough = points <= sum(expected[one] for one in (pair.hoa, pair.lan)) if merged else points <= expected[whose]
        try:
            pair.spend(whose, points)
        except DomainError:
            assert not enough
        else:
            assert enough
            expected[whose] -= points

    def pass_on(whose: UUID) -> None:
        there = sum(expected[one] for one in (pair.hoa, pair.lan)) if merged else expected[whose]
        if there > 0:
            counter.do(TransferPoints(customer_id=whose, recipient_id=third, points=1))
            expected[whose], expected[third] = expected[whose] - 1, expected[third] + 1

    for n in range(60):
        if n % 12 == 6:
            pair.merge()
            merged = True
        elif n % 12 == 0 and merged:
            pair.unmerge()
            merged = False
        chance.choice((buy, buy, give_back, spend, spend, pass_on if n % 20 == 0 else spend))(chance.choice((pair.hoa, pair.lan)))
        if merged:
            assert pair.balance(pair.hoa)[0] == expected[pair.hoa] + expected[pair.lan]
    if merged:
        pair.unmerge()
    assert {whose: pair.alone(whose) for whose in expected} == expected


def test_the_erased_are_both_and_stay_one(pair: Pair) -> None:
    pair.merge()
    pair.counter.do(EraseCustomer(customer_id=pair.lan, reason="asked"))
    with reading(pair.counter.tenant.id):
        assert customers.erased([pair.hoa, pair.lan]) == {pair.hoa, pair.lan}
        assert customers.customer_by("card", "97040001") is None
    with pytest.raises(DomainError) as refused:
        pair.unmerge()
    assert refused.value.code == "customers.not_found"


def test_a_document_is_known_again_whoever_of_them_is_named(pair: Pair) -> None:
    order = pair.counter.order(pair.lan, COFFEE, number="HD-1")
    pair.counter.do(order)
    pair.merge()
    again = pair.counter.do(replace(order, customer_id=pair.hoa))
    assert (again.duplicate, again.points, again.customer_id) == (True, 50, pair.lan)


def test_purchases_of_both_count_for_one_level_and_parted_each_has_their_own(counter: Counter) -> None:
    active(counter, steps(60, 500))
    pair = Pair(counter, 0, 0)
    counter.sell(pair.hoa, COFFEE)
    theirs = counter.order(pair.lan, COFFEE)
    bought = counter.do(theirs)
    assert (level_now(counter, pair.hoa), level_now(counter, pair.lan)) == ("l0", "l0")
    pair.merge()
    assert level_now(counter, pair.hoa) == level_now(counter, pair.lan) == "l1"
    assert counter.sell(pair.lan, COFFEE).levels == ("l1",)
    pair.unmerge()
    assert (level_now(counter, pair.hoa), level_now(counter, pair.lan)) == ("l0", "l1"), "50 are hers, 100 are the other one's"
    counter.take_back(theirs, bought.purchase_id)
    assert (level_now(counter, pair.hoa), level_now(counter, pair.lan)) == ("l0", "l0")


def test_a_limit_for_each_customer_counts_what_both_used(counter: Counter) -> None:
    configure(counter, WalletTerms(limits=(Limit(of="points", most=80, period="day"),)))
    pair = Pair(counter, 0, 0)
    counter.sell(pair.hoa, COFFEE)
    pair.merge()
    assert counter.sell(pair.lan, COFFEE).points == 30
    assert counter.sell(pair.hoa, COFFEE).points == 0
    pair.unmerge()
    assert counter.sell(pair.lan, COFFEE).points == 50


def test_what_was_spent_already_does_not_end_again_and_parted_it_is_owed(counter: Counter) -> None:
    configure(counter, WalletTerms(expiry=Expiry(kind="after_days", days=2)))
    past = datetime.now(UTC) - timedelta(days=5)
    pair = Pair(counter, 0, 0)
    for whose in (pair.hoa, pair.lan):
        counter.do(AdjustPoints(customer_id=whose, points=60, reason="welcome"), at=past)
    pair.merge(at=past)
    counter.do(SpendPoints(customer_id=pair.hoa, points=100), at=past)
    assert pair.balance(pair.hoa) == (0, 0), "20 ended, nobody has noted it yet"
    counter.do(NoteTime(account_id=account_id(counter.tenant.id, "points", pair.lan), customer_id=pair.lan))
    assert (pair.balance(pair.hoa), pair.alone(pair.hoa), pair.alone(pair.lan)) == ((0, 0), -40, 0)
    pair.unmerge()
    assert (pair.alone(pair.hoa), pair.alone(pair.lan)) == (-40, 0)
