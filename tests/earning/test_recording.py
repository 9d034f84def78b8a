"""Purchases and returns through the bus on real Postgres: races, refusals, and read models that can be made again."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from customers.commands import DeactivateCustomer
from earning.commands import ActivateRule, ChangeRule, EndRule, PauseRule, PurchaseAnswer, ReturnLine, Thousandths
from earning.domain.account import Account, account_id
from loyalty.bus import dispatch_all
from loyalty.domain.errors import Conflict, DomainError
from loyalty.eventstore import store
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.rebuild import checksum, rebuild
from loyalty.tenancy import reading
from tests.earning.counter import Counter, in_parallel, rows
from tests.earning.given import line, per

EARNING = ("earning.accounts", "earning.purchases", "earning.rules")


@pytest.fixture
def counter(tenant) -> Counter:
    made = Counter(tenant)
    made.rule()
    return made


def replayed(counter: Counter, customer_id: UUID) -> Account:
    stream = account_id(counter.tenant.id, "points", customer_id)
    with reading(counter.tenant.id):
        return Account.replay(stream, [r.event for r in store.load(stream)])


def balances(counter: Counter) -> dict[UUID, int]:
    return dict(rows("earning_account", counter.tenant, "customer_id, balance"))


def test_a_purchase_is_seen_at_once(counter: Counter) -> None:
    customer = counter.customer()
    answer = counter.sell(customer, line(200_000, 4, sku="CF-1"), line(50_000, 1))
    assert (answer.points, answer.balance, answer.duplicate) == (25, 25, False)
    assert rows("earning_purchase", counter.tenant, "id, total, kept, points, state") == [
        (answer.purchase_id, 250_000, 250_000, 25, "recorded")
    ]
    assert rows("earning_lot", counter.tenant, "id, points, remaining") == [(answer.lot_id, 25, 25)]
    assert rows("earning_movement", counter.tenant, "kind, points, balance", "position") == [("earned", 25, 25)]
    assert balances(counter) == {customer: 25}


@pytest.mark.rounds
def test_50_parallel_records_of_one_document_are_one_purchase(counter: Counter) -> None:
    order = counter.order(counter.customer(), 250_000)
    answers = in_parallel(50, lambda n: counter.do(order))
    assert [a for a in answers if isinstance(a, DomainError)] == []
    assert sorted(a.duplicate for a in answers) == [False] + [True] * 49
    assert {(a.purchase_id, a.points, a.balance) for a in answers} == {(answers[0].purchase_id, 25, 25)}
    assert len(rows("earning_purchase", counter.tenant, "id")) == 1
    assert len(rows("earning_lot", counter.tenant, "id")) == 1


@pytest.mark.rounds
def test_one_document_with_50_contents_is_one_purchase_and_49_refusals(counter: Counter) -> None:
    order = counter.order(counter.customer(), 250_000)
    answers = in_parallel(50, lambda n: counter.do(replace(order, labels={"table": str(n)})))
    refused = [a for a in answers if isinstance(a, DomainError)]
    assert {r.code for r in refused} == {"earning.document_differs"}
    assert len(refused) == 49
    assert len(rows("earning_purchase", counter.tenant, "id")) == 1


@pytest.mark.rounds
def test_20_parallel_purchases_of_one_customer_all_count(counter: Counter) -> None:
    customer = counter.customer()
    answers = in_parallel(20, lambda n: counter.sell(customer, 10_000 * (n + 1)))
    assert all(isinstance(a, PurchaseAnswer) for a in answers)
    assert balances(counter) == {customer: 210}
    assert max(a.balance for a in answers) == 210
    statement = rows("earning_movement", counter.tenant, "points, balance", "position")
    assert [after - before for before, after in zip([0, *(b for _, b in statement)], [b for _, b in statement], strict=False)] == [
        p for p, _ in statement
    ]


@pytest.mark.rounds
def test_balances_are_the_sum_of_lots_are_the_replay(counter: Counter) -> None:
    customers = [counter.customer() for _ in range(4)]

    def one(n: int) -> None:
        chance = random.Random(n)
        for _ in range(10):
            order = counter.order(chance.choice(customers), line(chance.randrange(30_000, 900_000), 7), line(chance.randrange(20_000)))
            sold = counter.do(order)
            if chance.random() < 0.5:
                counter.take_back(order, sold.purchase_id, ReturnLine(line=1, quantity=Thousandths(chance.randrange(1, 7000))))
            if chance.random() < 0.3:
                counter.take_back(order, sold.purchase_id)

    assert [r for r in in_parallel(8, one) if r is not None] == []
    lots = {}
    for account, remaining in rows("earning_lot", counter.tenant, "account_id, remaining"):
        lots[account] = lots.get(account, 0) + remaining
    for customer, balance in balances(counter).items():
        again = replayed(counter, customer)
        assert balance == again.balance == sum(lot.remaining for lot in again.lots.values()) == lots[again.id]
        assert balance >= 0
    [(purchases,)] = rows("earning_purchase", counter.tenant, "sum(points)")
    assert purchases == sum(balances(counter).values())


@pytest.mark.usefixtures("own_log")
def test_read_models_are_the_same_when_made_again(counter: Counter) -> None:
    customers = [counter.customer(), counter.customer(), None]
    rule = counter.rule(per(40_000, "5", rounding="half_up"))
    for n in range(12):
        order = counter.order(customers[n % 3], line(100_000 + n, 3), line(-500, kind="discount"), labels={"table": str(n)})
        sold = counter.do(order)
        if n % 2:
            counter.take_back(order, sold.purchase_id, ReturnLine(line=1, quantity=Thousandths(1250)))
        if n == 5:
            counter.do(ChangeRule(rule_id=rule, name="3 per 40,000", terms=per(40_000, "3")))
        if n in {7, 9}:
            counter.take_back(order, sold.purchase_id)
    counter.do(PauseRule(rule_id=rule))
    counter.do(ActivateRule(rule_id=rule, effective_at=datetime(2099, 1, 1, tzinfo=UTC)))
    counter.do(EndRule(rule_id=rule, ends_at=datetime(2100, 1, 1, tzinfo=UTC)))
    counter.do(EndRule(rule_id=rule))
    live = {t: checksum(t) for name in EARNING for t in PROJECTIONS[name].tables}
    for batch in (1, 1000, 7):
        assert {t: c for name in EARNING for t, c in rebuild(PROJECTIONS[name], batch=batch, swap=False).checksums.items()} == live


def test_a_batch_carries_out_what_it_can(counter: Counter) -> None:
    customer = counter.customer()
    orders = [counter.order(customer, 10_000 * n, number=f"B-{n}") for n in range(1, 40)]
    orders.insert(20, replace(orders[3], labels={"other": "content"}))
    outcomes = dispatch_all(orders, tenant_id=counter.tenant.id, actor="system", channel="import")
    assert [o.refusal.code for o in outcomes if o.refusal] == ["earning.document_differs"]
    assert balances(counter) == {customer: sum(range(1, 40))}
    statement = rows("earning_movement", counter.tenant, "points, balance", "position")
    assert [b for _, b in statement] == [sum(p for p, _ in statement[: n + 1]) for n in range(39)]


def test_a_sale_and_its_return_may_come_in_one_batch(counter: Counter) -> None:
    order = counter.order(counter.customer(), line(90_000, 3))
    purchase_id = counter.do(order, dry_run=True).purchase_id
    back = counter.return_order(order, purchase_id, ReturnLine(line=1, quantity=Thousandths(1000)))
    outcomes = dispatch_all([order, back, back], tenant_id=counter.tenant.id, actor="system", channel="import")
    assert [(o.result.points, o.result.duplicate) for o in outcomes] == [(9, False), (3, False), (3, True)]
    assert rows("earning_purchase", counter.tenant, "kept, points, state") == [(60_000, 6, "partly_returned")]
    assert rows("earning_movement", counter.tenant, "points, balance", "position") == [(9, 9), (-3, 6)]


def test_an_inactive_customer_earns_nothing_and_an_unknown_one_is_refused(counter: Counter) -> None:
    customer = counter.customer()
    counter.do(DeactivateCustomer(customer_id=customer, reason="asked for it"))
    assert (counter.sell(customer, 250_000).points, counter.sell(None, 250_000).balance) == (0, None)
    assert {s for (s,) in rows("earning_purchase", counter.tenant, "standing")} == {"inactive", None}
    with pytest.raises(DomainError, match=r"^earning.customer_unknown"):
        counter.sell(uuid4(), 250_000)
    stranger = Counter(counter.tenant.__class__.objects.exclude(id=counter.tenant.id).latest("id")).customer()
    with pytest.raises(DomainError, match=r"^earning.customer_unknown"):
        counter.sell(stranger, 250_000)


def test_a_return_uses_the_rules_of_its_purchase(counter: Counter) -> None:
    rule = counter.rule(per(10_000, "10"), since=datetime.now(UTC) - timedelta(hours=1))
    order = counter.order(counter.customer(), line(100_000, 10))
    sold = counter.do(order)
    assert sold.points == 110
    counter.do(PauseRule(rule_id=rule))
    taken = counter.take_back(order, sold.purchase_id, ReturnLine(line=1, quantity=Thousandths(3000)))
    assert (taken.points, taken.balance) == (33, 77)


@pytest.mark.rounds
def test_two_returns_of_the_last_piece_race_and_one_wins(counter: Counter) -> None:
    order = counter.order(counter.customer(), line(100_000, 1))
    sold = counter.do(order)
    answers = in_parallel(
        10, lambda n: counter.take_back(order, sold.purchase_id, ReturnLine(line=1, quantity=Thousandths(1000)), number=f"R{n}")
    )
    assert sorted(a.code for a in answers if isinstance(a, DomainError)) == ["earning.returned_too_much"] * 9
    assert [b for _, b in rows("earning_movement", counter.tenant, "points, balance", "position")] == [10, 0]


@pytest.mark.rounds
def test_a_sale_and_a_return_that_want_one_number_race_and_one_wins(counter: Counter) -> None:
    order = counter.order(counter.customer(), line(100_000, 10))
    sold = counter.do(order)
    for n in range(5):
        back = counter.return_order(order, sold.purchase_id, ReturnLine(line=1, quantity=Thousandths(1000)), number=f"N-{n}")
        other = counter.order(order.customer_id, 10_000, number=f"n-{n}")
        answers = in_parallel(2, lambda k, both=(back, other): counter.do(both[k]))
        refused = [a for a in answers if isinstance(a, Conflict)]
        assert [r.code for r in refused] in (["earning.document_is_a_return"], ["earning.document_is_a_purchase"])
