"""Points that end with a level: once, to breakage, however late that is noticed, and nothing that came later."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from earning import queries
from earning.commands import AdjustPoints, HoldPoints, ResetPoints, ReturnLine, SpendPoints, TransferPoints
from earning.domain.levels.downgrading import Downgrade
from earning.streams import account_of
from earning.timekeeping import settle_levels
from loyalty.domain.errors import DomainError
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.rebuild import checksum, rebuild
from loyalty.tenancy import reading
from tests.earning.counter import Counter, in_parallel, rows
from tests.earning.levels_counted import GONE, SOLD_AT, active, bought_in_january, level_now, losing
from tests.earning.levels_given import DAY
from tests.pos.given import bring_level

PROCESS = "earning.points_of_lost_levels"


@pytest.fixture
def counter(tenant) -> Counter:
    """A level goes a month after what earned it, and the points with it."""
    made = Counter(tenant)
    made.rule()
    active(made, replace(losing(), downgrade=Downgrade(when="at_once", reset="points")))
    return made


def lost(counter: Counter) -> UUID:
    """A customer with 20 points who has lost `l1`, which was noticed now."""
    customer = counter.customer()
    bought_in_january(counter, customer, 200_000)
    return customer


def noticed(counter: Counter) -> None:
    settle_levels(counter.tenant.id)
    for _ in range(2):
        bring_level(PROCESS)


def balances(counter: Counter) -> list[Any]:
    return rows("earning_account", counter.tenant, "balance, expired")


@pytest.mark.usefixtures("own_log")
def test_what_is_left_of_the_points_ends_with_the_level_and_the_books_agree(counter: Counter) -> None:
    customer = lost(counter)
    counter.do(SpendPoints(customer_id=customer, points=5), at=SOLD_AT + DAY)
    noticed(counter)
    assert balances(counter) == [(0, 15)]
    with reading(counter.tenant.id):
        line = queries.statement(customer)[0]
        assert (line.kind, line.points, line.effective_at) == ("reset", -15, GONE)
        posted = queries.postings([account_of(customer, counter.tenant.id)])
        held = [queries.balance_at(customer, at, datetime.now(UTC)).balance for at in (GONE - DAY, GONE)]
    assert sum(one.points for one in posted) == 0
    assert {one.book: one.points for one in posted if one.position == posted[-1].position} == {"member": -15, "breakage": 15}
    assert held == [15, 0]
    live = {table: checksum(table) for table in PROJECTIONS["earning.accounts"].tables}
    assert rebuild(PROJECTIONS["earning.accounts"], batch=1, swap=False).checksums == live


def test_what_came_after_the_loss_or_is_held_stays(counter: Counter) -> None:
    customer = lost(counter)
    counter.do(HoldPoints(customer_id=customer, points=4, ends_at=GONE + 3 * DAY), at=GONE - DAY)
    counter.do(AdjustPoints(customer_id=customer, points=7, reason="Sorry"), at=GONE + DAY)
    settle_levels(counter.tenant.id, GONE + 2 * DAY)
    assert balances(counter) == [(4 + 7, 16)]
    noticed(counter)
    assert balances(counter) == [(4 + 7, 16)]


def test_a_purchase_that_notices_the_loss_takes_them_as_well(counter: Counter) -> None:
    customer = lost(counter)
    counter.sell(customer, 10_000)
    assert balances(counter) == [(1, 20)]
    bring_level(PROCESS)
    assert (balances(counter), level_now(counter, customer)) == ([(1, 20)], "l0")


def test_spends_and_the_end_at_the_same_time_take_no_point_twice(counter: Counter) -> None:
    customers = [lost(counter) for _ in range(3)]

    def work(n: int) -> Any:
        customer = customers[n % 3]
        return counter.do(
            ResetPoints(customer_id=customer, set_id=UUID(int=1), lost_at=GONE) if n % 2 else SpendPoints(customer_id=customer, points=10)
        )

    in_parallel(18, work)
    for balance, spent, expired in rows("earning_account", counter.tenant, "balance, spent, expired"):
        assert (balance, spent + expired) == (0, 20)


def test_points_that_ended_with_a_level_cannot_be_taken_though_nobody_had_noticed(counter: Counter) -> None:
    customer, friend = lost(counter), counter.customer()
    for order in (
        SpendPoints(customer_id=customer, points=1),
        HoldPoints(customer_id=customer, points=1, ends_at=datetime.now(UTC) + DAY),
        TransferPoints(customer_id=customer, recipient_id=friend, points=1),
    ):
        with pytest.raises(DomainError) as refused:
            counter.do(order)
        assert (refused.value.code, refused.value.params["available"]) == ("earning.not_enough_points", 0)
    assert balances(counter) == [(20, 0)]


def test_spends_that_notice_the_loss_beside_the_job_and_the_process_end_them_once(counter: Counter) -> None:
    customers = [lost(counter) for _ in range(3)]
    for customer in customers:
        counter.do(AdjustPoints(customer_id=customer, points=10, reason="Sorry"))

    def work(n: int) -> Any:
        return settle_levels(counter.tenant.id) if n % 6 == 5 else counter.do(SpendPoints(customer_id=customers[n % 3], points=5))

    in_parallel(18, work)
    noticed(counter)
    assert rows("earning_account", counter.tenant, "balance, spent, expired") == [(0, 10, 20)] * 3
    ended = [line.points for customer in customers for line in said(counter, customer) if line.kind == "reset"]
    assert ended == [-20] * 3


def shown(counter: Counter, customer: UUID, as_of: datetime, known_at: datetime) -> tuple[int, int, int]:
    with reading(counter.tenant.id):
        found = queries.balance_at(customer, as_of, known_at)
    return found.balance, found.available, found.held


def test_what_ended_with_a_level_is_left_out_though_nobody_had_noticed(counter: Counter) -> None:
    """And it was, as of any time and as it was known then, once somebody has."""
    customer = lost(counter)
    unnoticed = datetime.now(UTC)
    expected = {GONE - DAY: (20, 20, 0), GONE: (0, 0, 0), unnoticed: (0, 0, 0)}
    assert balances(counter) == [(20, 0)]
    assert {as_of: shown(counter, customer, as_of, unnoticed) for as_of in expected} == expected
    with reading(counter.tenant.id):
        assert (queries.account(customer).balance, queries.account(customer).available) == (0, 0)
        assert queries.lots(customer) == []
    noticed(counter)
    assert balances(counter) == [(0, 20)]
    for known_at in (unnoticed, datetime.now(UTC)):
        assert {as_of: shown(counter, customer, as_of, known_at) for as_of in expected} == expected


def test_what_is_held_when_a_level_goes_is_shown_until_then(counter: Counter) -> None:
    customer = lost(counter)
    counter.do(HoldPoints(customer_id=customer, points=4, ends_at=GONE + 3 * DAY), at=GONE - DAY)
    assert [shown(counter, customer, GONE + days * DAY, datetime.now(UTC)) for days in (-1, 0, 3)] == [(20, 16, 4), (4, 0, 4), (4, 4, 0)]


def test_a_return_takes_points_back_after_those_that_ended_with_a_level(counter: Counter) -> None:
    customer = counter.customer()
    sale = counter.order(customer, 200_000, purchased_at=SOLD_AT)
    made = counter.do(sale, channel="import", at=SOLD_AT)
    order = replace(counter.return_order(sale, made.purchase_id, ReturnLine(line=1, amount=100_000)), returned_at=datetime.now(UTC))
    with reading(counter.tenant.id):
        foreseen = queries.preview_return(order)
    answer = counter.do(order)
    assert (foreseen.points, foreseen.balance) == (answer.points, answer.balance) == (10, 0)
    assert balances(counter) == [(0, 20)]


def test_a_return_by_which_a_level_goes_takes_the_points_with_it_at_once(counter: Counter) -> None:
    customer, now = counter.customer(), datetime.now(UTC)
    first, later = (counter.order(customer, 200_000, purchased_at=now - days * DAY) for days in (35, 20))
    made = [counter.do(sale, channel="import", at=sale.purchased_at) for sale in (first, later)]
    assert level_now(counter, customer) == "l1"
    back = replace(counter.return_order(later, made[1].purchase_id), returned_at=now)
    with reading(counter.tenant.id):
        foreseen = queries.preview_return(back)
    answer = counter.do(back)
    assert (foreseen.points, foreseen.balance) == (answer.points, answer.balance) == (20, 0)
    assert (level_now(counter, customer), balances(counter)) == ("l0", [(0, 20)])
    noticed(counter)
    assert balances(counter) == [(0, 20)]


def said(counter: Counter, customer: UUID) -> list[Any]:
    with reading(counter.tenant.id):
        return queries.statement(customer)


def test_who_has_no_account_has_nothing_to_lose(counter: Counter) -> None:
    assert counter.do(ResetPoints(customer_id=counter.customer(), set_id=UUID(int=1), lost_at=GONE)) == 0
