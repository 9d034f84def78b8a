"""What is left of full amounts, through the bus and over HTTP: parallel tills, previews, and what is missing to the next point."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from earning import queries
from earning.commands import ActivateLevelSet, ActivateRule, CreateLevelSet, CreateRule, Limit, ReturnLine, RuleScope, Thousandths
from earning.streams import account_of
from loyalty.domain.errors import DomainError
from loyalty.domain.period import LimitPeriod
from loyalty.guards import disagreements
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.counter import Counter, in_parallel, rows
from tests.earning.given import line, per
from tests.earning.levels_given import steps
from tests.earning.test_voids import void
from tests.support.pages import text_of

pytestmark = pytest.mark.usefixtures("own_log_of_module")
CARRYING = per(40_000, whole_steps=True, carry=True)


@pytest.fixture
def counter(tenant: Tenant) -> Counter:
    counter = Counter(tenant)
    counter.rule(CARRYING)
    return counter


def limited(tenant: Tenant, most: int, period: LimitPeriod = "ever") -> Counter:
    """Its rule gives each customer so many points at most in a period."""
    counter = Counter(tenant)
    scope = RuleScope(limits=(Limit(of="points", most=most, period=period),), zone=tenant.time_zone)
    made = counter.do(CreateRule(name="Carries", terms=CARRYING, scope=scope))
    counter.do(ActivateRule(rule_id=made.rule_id, effective_at=datetime(2000, 1, 1, tzinfo=UTC)))
    return counter


@pytest.mark.rounds
def test_twenty_parallel_purchases_of_one_customer_end_with_the_points_of_their_sum(counter: Counter, tenant: Tenant) -> None:
    whose = counter.customer()
    orders = [counter.order(whose, line(15_000 + n, 1)) for n in range(20)]
    answers = in_parallel(20, lambda n: counter.do(orders[n]))
    assert not [answer for answer in answers if isinstance(answer, DomainError)]
    total = sum(order.total for order in orders)
    assert rows("earning_account", tenant, "balance") == [(total // 40_000,)]
    assert rows("earning_carried_spend", tenant, "total") == [(total,)]


@pytest.mark.rounds
def test_purchases_and_returns_at_once_end_with_the_points_of_what_is_kept(counter: Counter, tenant: Tenant) -> None:
    whose = counter.customer()
    orders = [counter.order(whose, line(15_000 + 700 * n, 1)) for n in range(20)]
    ids = [counter.do(order).purchase_id for order in orders[:10]]

    def work(n: int) -> object:
        return counter.take_back(orders[n], ids[n]) if n < 10 else counter.do(orders[n])

    answers = in_parallel(20, work)
    assert not [answer for answer in answers if isinstance(answer, DomainError)]
    total = sum(order.total for order in orders[10:])
    assert rows("earning_account", tenant, "balance") == [(total // 40_000,)]
    assert rows("earning_carried_spend", tenant, "total") == [(total,)]


@pytest.mark.rounds
def test_fifty_parallel_purchases_at_a_limit_get_what_it_has_room_for_and_returns_give_it_back(tenant: Tenant) -> None:
    counter = limited(tenant, 12)
    whose = counter.customer()
    orders = [counter.order(whose, line(25_000, 1)) for _ in range(50)]
    answers = in_parallel(10, lambda n: [counter.do(order) for order in orders[5 * n : 5 * n + 5]])
    sold = [one for answer in answers for one in (answer if isinstance(answer, list) else [])]
    assert (len(sold), sum(one.points for one in sold)) == (50, 12)
    assert rows("earning_carried_spend", tenant, "total") == [(50 * 25_000,)]
    assert rows("earning_limit", tenant, "used") == [(12,)]
    by_id = {one.purchase_id: one.points for one in sold}
    order, made_of = next((o, one) for o, one in zip(orders, (s for a in answers for s in a), strict=True) if one.points)  # type: ignore[union-attr]
    taken = counter.take_back(order, made_of.purchase_id)
    assert rows("earning_limit", tenant, "used") == [(12 - taken.points,)] == [(counter_balance(tenant),)]
    assert taken.points == by_id[made_of.purchase_id] > 0
    later = counter.order(whose, line(400_000, 1))
    with reading(tenant.id):
        tried = queries.preview(later)
    assert (tried.points, tried.balance) == (taken.points, 12)
    recorded = counter.do(later)
    assert (recorded.points, recorded.balance) == (tried.points, tried.balance)
    assert [one for name, one in disagreements() if name == "earning.limits" and one.tenant_id == tenant.id] == []


def test_a_void_gives_back_the_room_of_points_that_others_had_by_its_goods(tenant: Tenant) -> None:
    counter = limited(tenant, 5)
    whose = counter.customer()
    first = counter.order(whose, 30_000)
    voided = counter.do(first)
    assert counter.sell(whose, 30_000).points == 1
    assert void(counter, first, voided.purchase_id).balance == 0
    assert rows("earning_limit", tenant, "used") == [(0,)]


def test_room_is_used_of_the_day_of_the_purchase_and_not_of_its_return(tenant: Tenant) -> None:
    counter = limited(tenant, 5, "day")
    order = counter.order(counter.customer(), line(160_000, 2), purchased_at=datetime.now(UTC) - timedelta(days=3))
    made = counter.do(order, channel="import")
    back = counter.return_order(order, made.purchase_id, ReturnLine(line=1, quantity=Thousandths(1000)))
    assert (made.points, counter.do(replace(back, returned_at=datetime.now(UTC))).points) == (4, 2)
    assert rows("earning_limit", tenant, "used") == [(2,)]
    assert [one for name, one in disagreements() if name == "earning.limits" and one.tenant_id == tenant.id] == []


def counter_balance(tenant: Tenant) -> int:
    ((balance,),) = rows("earning_account", tenant, "balance")
    return int(balance)


def test_a_preview_says_what_recording_then_gives(counter: Counter, tenant: Tenant) -> None:
    whose = counter.customer()
    for amount in (30_000, 30_000, 25_000):
        order = counter.order(whose, line(amount, 1))
        with reading(tenant.id):
            tried = queries.preview(order)
        dry = counter.do(order, dry_run=True)
        made = counter.do(order)
        assert (tried.points, tried.balance) == (dry.points, dry.balance) == (made.points, made.balance)
        with reading(tenant.id):
            explained = queries.explanation(made.purchase_id)
        assert explained.points.get("points", 0) == made.points


def test_goods_that_come_back_leave_what_is_kept(counter: Counter, tenant: Tenant) -> None:
    whose = counter.customer()
    orders = [counter.order(whose, line(30_000, 3)) for _ in range(3)]
    made = [counter.do(order) for order in orders]
    assert [one.points for one in made] == [0, 1, 1]
    back = counter.return_order(orders[0], made[0].purchase_id, ReturnLine(line=1, quantity=1000))  # type: ignore[arg-type]
    with reading(tenant.id):
        tried = queries.preview_return(back)
    taken = counter.do(back)
    assert (tried.points, tried.balance) == (taken.points, taken.balance) == (0, 2)
    assert counter.take_back(orders[0], made[0].purchase_id).points == 1
    again = counter.do(back)
    assert (again.duplicate, again.points, again.balance) == (True, 0, 1)
    assert rows("earning_carried_spend", tenant, "total") == [(60_000,)]
    assert sorted(rows("earning_purchase", tenant, "points")) == [(0,), (0,), (1,)]


def test_a_level_goes_with_points_that_another_purchase_had_helped_to_bring(counter: Counter, tenant: Tenant) -> None:
    made = counter.do(CreateLevelSet(terms=steps(1)))
    counter.do(ActivateLevelSet(set_id=made.set_id, effective_at=datetime(2000, 1, 1, tzinfo=UTC)))
    whose = counter.customer()
    order = counter.order(whose, line(30_000, 3))
    first = counter.do(order)
    assert counter.sell(whose, 30_000).levels == ("l1",)
    counter.take_back(order, first.purchase_id)
    with reading(tenant.id):
        (card,) = queries.customer_levels(whose)
    assert card.level is not None
    assert card.level.code == "l0"


def test_a_customer_is_told_what_is_missing_to_the_next_point(counter: Counter, tenant: Tenant) -> None:
    whose = counter.customer()
    counter.sell(whose, 50_000)
    with reading(tenant.id):
        (told,) = queries.remainders(whose, "VND")
    assert (told.left, told.missing, told.points) == (10_000, 30_000, 1)
    with reading(tenant.id):
        (ahead,) = queries.points_ahead(counter.order(whose, 5_000))
    assert (ahead.points, ahead.missing) == (1, 25_000)


def test_the_account_page_says_what_counts_towards_the_next_point(counter: Counter, tenant: Tenant, admin_site: Any) -> None:
    whose = counter.customer()
    counter.sell(whose, 50_000)
    said = text_of(admin_site.get(f"/admin/earning/account/{account_of(whose, tenant.id)}/change/"))
    assert "What counts towards the next points" in said
    assert "₫10,000 ₫30,000 1 point" in said
