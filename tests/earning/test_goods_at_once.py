"""Fifty at a time on one document, on real Postgres: returns, voids, claims and matches take and give each point once."""

from __future__ import annotations

from collections import Counter as Tally
from typing import Any

import pytest

from earning import queries
from earning.commands import ClaimAnswer, ClaimPurchase, ReturnAnswer, ReturnLine, Thousandths, VoidPurchase
from earning.domain.references import Reference
from loyalty.domain.errors import DomainError
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.counter import Counter, in_parallel, rows
from tests.earning.given import line
from tests.pos.given import bring_level

ONE = ReturnLine(line=1, quantity=Thousandths(1000))


@pytest.fixture
def counter(tenant: Tenant) -> Counter:
    made = Counter(tenant)
    made.rule()
    return made


def refusals(answers: Any) -> Tally[str]:
    return Tally(answer.code for answer in answers if isinstance(answer, DomainError))


@pytest.mark.rounds
def test_of_fifty_returns_of_one_line_only_what_was_sold_comes_back(counter: Counter) -> None:
    """10 of it were sold, for 10 points: ten returns of one count, forty are told."""
    sale = counter.order(counter.customer(), line(100_000, 10))
    made = counter.do(sale)
    answers = in_parallel(50, lambda n: counter.take_back(sale, made.purchase_id, ONE, number=f"R-{n}"))
    taken = [answer for answer in answers if isinstance(answer, ReturnAnswer)]
    assert (len(taken), sum(one.amount for one in taken), sum(one.points for one in taken)) == (10, 100_000, 10)
    assert sum(refusals(answers).values()) == 40
    assert set(refusals(answers)) <= {"earning.nothing_left", "earning.returned_too_much"}
    assert rows("earning_purchase", counter.tenant, "kept, points") == [(0, 0)]
    assert rows("earning_account", counter.tenant, "balance, clawed_back") == [(0, 10)]


@pytest.mark.rounds
def test_of_returns_and_voids_at_once_the_first_decides_for_all(counter: Counter) -> None:
    sale = counter.order(counter.customer(), line(300_000, 30))
    made = counter.do(sale)
    order = VoidPurchase(
        purchase_id=made.purchase_id, customer_id=sale.customer_id, merchant_id=sale.merchant_id, zone=sale.zone, reason="Wrong"
    )  # fmt: skip
    answers = in_parallel(50, lambda n: counter.do(order) if n % 2 else counter.take_back(sale, made.purchase_id, ONE, number=f"R-{n}"))
    told = refusals(answers)
    with reading(counter.tenant.id):
        shown, account = queries.purchase(made.purchase_id), queries.account(sale.customer_id)  # type: ignore[arg-type]
    if shown.state == "voided":
        assert (shown.kept, account.balance, told) == (0, 0, Tally({"earning.purchase_is_void": 25}))
    else:
        assert (shown.kept, account.balance, told) == (50_000, 5, Tally({"earning.void_after_return": 25}))


@pytest.mark.rounds
def test_of_claims_and_a_match_at_once_one_counts(counter: Counter) -> None:
    """The purchase names a phone that somebody got just now; 49 others claim it meanwhile."""
    made = counter.sell(None, 250_000, references=(Reference("phone", "+84912345678"),))
    people = [counter.customer(phone="+84912345678" if n == 0 else None, first_name=f"N{n}") for n in range(50)]

    def work(n: int) -> Any:
        if n == 0:
            return bring_level("earning.matching")
        return counter.do(ClaimPurchase(purchase_id=made.purchase_id, customer_id=people[n]))

    answers = in_parallel(50, work)
    ((whose, points),) = rows("earning_purchase", counter.tenant, "customer_id, points")
    assert (whose in people, points) == (True, 25)
    assert rows("earning_account", counter.tenant, "customer_id, balance") == [(whose, 25)]
    won = [answer for answer in answers if isinstance(answer, ClaimAnswer)]
    assert len(won) == (0 if whose == people[0] else 1)
    assert set(refusals(answers)) <= {"earning.purchase_is_anothers"}
    bring_level("earning.matching")
    assert rows("earning_account", counter.tenant, "customer_id, balance") == [(whose, 25)]
