"""Purchases made before a level set was in force: they count when that is wanted, once, beside whatever is sold meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command

from earning import past, queries
from earning.commands import (
    ActivateLevelSet,
    ClaimPurchase,
    CountPast,
    CountPastOfCustomer,
    CreateLevelSet,
    DeactivateLevelSet,
)
from earning.domain.levels.climb import Climb
from earning.domain.levels.level_set import EVER
from earning.domain.levels.measures import Measure
from earning.domain.levels.terms import LevelTerms
from earning.events import LevelReached, PastCounted
from earning.tasks import count_past_purchases
from loyalty.domain.errors import DomainError
from loyalty.domain.period import Period
from loyalty.jobs.models import JobRun
from loyalty.jobs.work import begin
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.rebuild import checksum, rebuild
from loyalty.tenancy import reading
from tests.earning.counter import Counter, in_parallel, rows
from tests.earning.given import NOON, line
from tests.earning.levels_counted import facts, level_now
from tests.earning.levels_given import DAY, Climber, in_force, level, steps, terms
from tests.pos.given import bring_level

LAST_YEAR = Measure(kind="points", window="rolling_months", months=12)


@pytest.fixture
def counter(tenant) -> Counter:
    made = Counter(tenant)
    made.rule()
    return made


def drafted(counter: Counter, said: LevelTerms | None = None) -> UUID:
    """`l1` from 20 points on and `l2` from 100, unless told otherwise."""
    return counter.do(CreateLevelSet(terms=said or steps(20, 100))).set_id


def sold(counter: Counter, customer: UUID | None, amount: int, days_ago: int = 30) -> Any:
    at = datetime.now(UTC) - timedelta(days=days_ago)
    order = counter.order(customer, amount, purchased_at=at)
    return counter.do(order, channel="import", at=at), order


def counted(counter: Counter) -> JobRun:
    """The work, done here."""
    run_id = begin(counter.tenant.id, past.KIND, "Past", "system")
    count_past_purchases(counter.tenant.id, str(run_id))
    with reading(counter.tenant.id):
        return JobRun.objects.get(tenant_id=counter.tenant.id, pk=run_id)


@pytest.mark.usefixtures("own_log")
def test_customers_get_the_level_that_their_past_earns_and_nothing_is_counted_twice(counter: Counter) -> None:
    customers = [counter.customer() for _ in range(3)]
    for customer, amount in zip(customers, (100_000, 200_000, 1_000_000), strict=True):
        sold(counter, customer, amount)
    set_id = drafted(counter)
    with reading(counter.tenant.id):
        foreseen = queries.levels_by_past(set_id)
    assert [(one.code if one else None, number) for one, number in foreseen.levels] == [("l0", 1), ("l1", 1), ("l2", 1)]
    counter.do(ActivateLevelSet(set_id=set_id, past_since=EVER))
    run = counted(counter)
    assert (run.state, run.done, run.summary) == ("done", 3, {past.COUNTED: 3})
    assert [level_now(counter, customer) for customer in customers] == ["l0", "l1", "l2"]
    assert counted(counter).summary == {}
    assert [len([fact for fact in facts(counter, customer) if isinstance(fact, PastCounted)]) for customer in customers] == [1, 1, 1]
    live = {table: checksum(table) for name in ("earning.customer_levels", "earning.level_sets") for table in PROJECTIONS[name].tables}
    again = {
        k: v
        for name in ("earning.customer_levels", "earning.level_sets")
        for k, v in rebuild(PROJECTIONS[name], batch=1, swap=False).checksums.items()
    }
    assert again == live


def test_the_past_does_not_count_unless_that_is_wanted(counter: Counter) -> None:
    customer = counter.customer()
    sold(counter, customer, 1_000_000)
    counter.do(ActivateLevelSet(set_id=drafted(counter)))
    assert counted(counter).summary == {}
    assert level_now(counter, customer) == "l0"


def test_goods_that_come_back_of_a_past_purchase_cost_its_level(counter: Counter) -> None:
    customer = counter.customer()
    answer, order = sold(counter, customer, 200_000)
    part, whole = sold(counter, customer, 900_000)
    counter.do(replace(counter.return_order(whole, part.purchase_id), returned_at=datetime.now(UTC)), channel="import")
    counter.do(ActivateLevelSet(set_id=drafted(counter), past_since=EVER))
    counted(counter)
    assert level_now(counter, customer) == "l1"
    counter.do(replace(counter.return_order(order, answer.purchase_id), returned_at=datetime.now(UTC)), channel="import")
    assert level_now(counter, customer) == "l0"


def test_only_what_lies_in_the_window_and_since_the_day_counts(counter: Counter) -> None:
    customer = counter.customer()
    for days in (500, 200, 40):
        sold(counter, customer, 100_000, days_ago=days)
    set_id = drafted(counter, replace(steps(20, 100), measures=(LAST_YEAR,)))
    for days, code in ((100, "l0"), (600, "l1")):
        since = datetime.now(UTC) - timedelta(days=days)
        with reading(counter.tenant.id):
            assert {one.code: number for one, number in queries.levels_by_past(set_id, since).levels if one}[code] == 1
    counter.do(ActivateLevelSet(set_id=set_id, past_since=datetime.now(UTC) - timedelta(days=100)))
    counted(counter)
    assert level_now(counter, customer) == "l0"
    counter.do(CountPast(set_id=set_id))
    counted(counter)
    assert level_now(counter, customer) == "l1"


def test_purchases_and_returns_go_on_while_the_past_is_counted_and_all_count_once(counter: Counter) -> None:
    customers = [counter.customer() for _ in range(4)]
    before = [sold(counter, customer, 50_000) for customer in customers for _ in range(3)]
    counter.do(ActivateLevelSet(set_id=drafted(counter), past_since=EVER))

    def work(n: int) -> Any:
        if n < 3:
            return counted(counter).state
        if n < 11:
            return counter.sell(customers[n % 4], 50_000)
        answer, order = before[n]
        return counter.do(replace(counter.return_order(order, answer.purchase_id), returned_at=datetime.now(UTC)), channel="import")

    answers = in_parallel(12, work)
    assert [one for one in answers if isinstance(one, DomainError)] == []
    counted(counter)
    kept = dict.fromkeys(customers, 15 + 10)
    kept[customers[11 // 3]] -= 5
    with reading(counter.tenant.id):
        assert {c: queries.customer_levels(c)[0].reaching[0].total for c in customers} == kept
    for customer in customers:
        assert len([fact for fact in facts(counter, customer) if isinstance(fact, LevelReached) and fact.level == "l1"]) == 1


def test_goods_of_who_has_no_account_do_not_come_back_unseen_while_their_past_is_counted(tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    counter = Counter(tenant)
    customer = counter.customer()
    answer, order = sold(counter, customer, 100_000)
    brought = replace(counter.return_order(order, answer.purchase_id), returned_at=datetime.now(UTC))
    said = terms(level("l0", 0), level("l1", 50_000), measures=(Measure(kind="amount"),), currency=tenant.currency)
    counter.do(ActivateLevelSet(set_id=drafted(counter, said), past_since=EVER))
    real = Climb.past

    def meanwhile(climb: Climb, purchase: Any, points: int) -> Any:
        comes_back.start()
        comes_back.join(0.5)
        return real(climb, purchase, points)

    comes_back = Thread(target=in_parallel, args=(1, lambda n: counter.do(brought, channel="import")))
    monkeypatch.setattr(Climb, "past", meanwhile)
    counter.do(CountPastOfCustomer(customer_id=customer))
    comes_back.join()
    assert level_now(counter, customer) == "l0"


def test_work_that_was_interrupted_goes_on_where_it_was(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    customers = [counter.customer() for _ in range(3)]
    for customer in customers:
        sold(counter, customer, 200_000)
    counter.do(ActivateLevelSet(set_id=drafted(counter), past_since=EVER))
    real, calls = past.dispatch, []

    def dies(order: CountPastOfCustomer, **how: Any) -> int:
        calls.append(order)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(order, **how)

    monkeypatch.setattr(past, "dispatch", dies)
    with pytest.raises(KeyboardInterrupt):
        counted(counter)
    assert sorted(level_now(counter, customer) for customer in customers) == ["l0", "l0", "l1"]
    assert counted(counter).summary == {past.COUNTED: 2}
    assert [level_now(counter, customer) for customer in customers] == ["l1"] * 3


def test_whoever_was_left_out_after_a_failure_is_counted_by_a_command(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    customers = sorted(counter.customer() for _ in range(2))
    for customer in customers:
        sold(counter, customer, 200_000)
    counter.do(ActivateLevelSet(set_id=drafted(counter), past_since=EVER))
    with monkeypatch.context() as broken:
        real = past.dispatch
        broken.setattr(past, "dispatch", lambda order, **how: 1 / 0 if order.customer_id == customers[0] else real(order, **how))
        assert counted(counter).summary == {past.FAILED: 1, past.COUNTED: 1}
    said = StringIO()
    call_command("count_past_purchases", counter.tenant.code, stdout=said)
    assert "1 purchases counted, 0 customers left out." in said.getvalue()
    assert [level_now(counter, customer) for customer in customers] == ["l1", "l1"]


def test_what_is_recorded_or_claimed_late_counts_at_once(counter: Counter) -> None:
    customer = counter.customer()
    nobodys, _ = sold(counter, None, 100_000)
    counter.do(ActivateLevelSet(set_id=drafted(counter), past_since=EVER))
    counter.do(counter.order(customer, 100_000, purchased_at=datetime.now(UTC) - 20 * DAY), channel="import")
    counter.do(ClaimPurchase(purchase_id=nobodys.purchase_id, customer_id=customer))
    assert level_now(counter, customer) == "l1"


def test_a_customer_with_many_purchases_is_counted_in_pieces(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("earning.levelbook.MOST_PURCHASES", 2)
    monkeypatch.setattr(past, "MOST_PURCHASES", 2)
    customer = counter.customer()
    for _ in range(5):
        sold(counter, customer, 40_000)
    counter.do(ActivateLevelSet(set_id=drafted(counter), past_since=EVER))
    assert counted(counter).summary == {past.COUNTED: 5}
    assert level_now(counter, customer) == "l1"


def test_the_decision_begins_the_work_once_however_often_it_is_seen(counter: Counter) -> None:
    counter.do(ActivateLevelSet(set_id=drafted(counter), past_since=EVER))
    bring_level("earning.past_of_levels")
    with reading(counter.tenant.id):
        assert JobRun.objects.filter(tenant_id=counter.tenant.id, kind=past.KIND).count() == 1


@pytest.mark.parametrize(
    ("active", "since", "code"),
    [
        (False, None, "level_set_is_not_active"),
        (True, datetime.now(UTC) + 9 * DAY, "level_since_invalid"),
        (True, EVER, "all_past_counts"),
    ],
)
def test_what_cannot_count_is_refused(counter: Counter, active: bool, since: datetime | None, code: str) -> None:
    set_id = drafted(counter)
    if active:
        counter.do(ActivateLevelSet(set_id=set_id, past_since=EVER))
    with pytest.raises(DomainError, match=code):
        counter.do(CountPast(set_id=set_id, since=since))


def test_a_gap_counts_only_where_that_was_decided_after_it(counter: Counter) -> None:
    set_id = drafted(counter)
    counter.do(ActivateLevelSet(set_id=set_id, past_since=EVER))
    counter.do(DeactivateLevelSet(set_id=set_id))
    customer = counter.customer()
    counter.sell(customer, 200_000, purchased_at=datetime.now(UTC))
    counter.do(ActivateLevelSet(set_id=set_id))
    counted(counter)
    assert level_now(counter, customer) == "l0"
    counter.do(CountPast(set_id=set_id))
    counted(counter)
    assert level_now(counter, customer) == "l1"


def test_before_a_set_was_in_force_its_first_version_counts() -> None:
    told = {"past_since": NOON - 9 * DAY, "past_until": NOON}
    first = replace(in_force(steps(20), 1, Period(NOON, NOON + DAY)), **told)
    book = Climber(first, replace(in_force(steps(50), 2, Period(NOON + DAY)), **told)).book
    assert [[version.version for version in book.counting(NOON + days * DAY)] for days in (-10, -9, 0, 2)] == [[], [1], [1], [2]]


def test_a_level_of_several_measures_is_earned_by_the_past(counter: Counter) -> None:
    measures = (Measure(kind="amount", excluded_skus=("GC-1",)), Measure(kind="purchases"))
    customer = counter.customer()
    for lines in ((line(300_000, 1, sku="CF-1"),), (line(900_000, 1, sku="GC-1"), line(100_000, 1, sku="CF-1"))):
        counter.do(counter.order(customer, *lines, purchased_at=datetime.now(UTC) - DAY), channel="import")
    said = terms(level("base", 0, None), level("vip", 400_000, 2), measures=measures)
    counter.do(ActivateLevelSet(set_id=drafted(counter, said), past_since=EVER))
    counted(counter)
    assert level_now(counter, customer) == "vip"
    assert rows("earning_progress", counter.tenant, "amount", "amount") == [(100_000,), (300_000,)]
