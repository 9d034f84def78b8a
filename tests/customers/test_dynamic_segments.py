"""Dynamic segments are kept level: nobody is in one, or out of it, by what is no longer so."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from time import sleep
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connections, transaction

from customers.commands import (
    ActivateSegment,
    ChangeCriteria,
    CreateSegment,
    DeactivateCustomer,
    DeactivateSegment,
    EditCustomer,
    EnterSegment,
    EraseCustomer,
    MatchCriteria,
    RegisterCustomer,
)
from customers.refreshing import set_nightly_going
from customers.tasks import refresh_segments
from loyalty.domain.errors import DomainError
from loyalty.jobs.models import JobRun
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.customers.criteria_given import REGULARS, ask, bring_back, buy, days_ago, differing_now, do, met_by, night, one
from tests.customers.given import NOW, bring_level
from tests.earning.counter import in_parallel, rows

pytestmark = pytest.mark.usefixtures("own_log_of_module")
MEMBERS = "customers_segment_member"
WAITING = """select count(distinct w.pid) from pg_locks w where not w.granted and exists (select from pg_locks h
    where h.pid = w.pid and h.database = (select oid from pg_database where datname = current_database()))"""


@pytest.fixture
def regulars(tenant: Tenant) -> UUID:
    return do(tenant, CreateSegment(code="regulars", name="Khách quen", criteria=REGULARS)).segment_id


@pytest.fixture
def somebody(tenant: Tenant) -> UUID:
    return do(tenant, RegisterCustomer(first_name="Hương")).customer_id


def in_segment(tenant: Tenant, segment: UUID) -> set[UUID]:
    return {customer for customer, held in rows(MEMBERS, tenant, "customer_id, segment_id") if held == segment}


def come_level() -> None:
    for projection in ("customers.purchases", "customers.custom_events", "customers.dynamic_segments"):
        bring_level(projection)


def test_who_meets_criteria_comes_in_after_the_purchase_and_goes_out_after_the_return(
    tenant: Tenant, regulars: UUID, somebody: UUID
) -> None:
    buy(tenant, somebody, "1", days_ago(3))
    come_level()
    assert in_segment(tenant, regulars) == set()
    second = buy(tenant, somebody, "2", days_ago(2))
    bring_level("customers.dynamic_segments")
    assert in_segment(tenant, regulars) == set(), "nobody is judged by purchases that are not in the table yet, and none is passed over"
    come_level()
    assert rows(MEMBERS, tenant, "customer_id, way, entered_by") == [(somebody, "criteria", "process:customers.dynamic_segments")]
    bring_back(tenant, somebody, second, "R", days_ago(1), 1, 50_000)
    come_level()
    assert in_segment(tenant, regulars) == set()


def test_a_profile_a_barred_and_an_erased_customer_are_looked_at_too(tenant: Tenant, somebody: UUID) -> None:
    gold = do(tenant, CreateSegment(code="gold", name="Vàng", criteria=ask(one("label", name="tier", values=("gold",))))).segment_id
    steps: list[tuple[Any, bool]] = [
        (EditCustomer(customer_id=somebody, labels={"tier": "Gold"}), True),
        (DeactivateCustomer(customer_id=somebody, reason="Thử"), False),
    ]
    for command, there in steps:
        do(tenant, command)
        come_level()
        assert (in_segment(tenant, gold) == {somebody}) is there
    other = do(tenant, RegisterCustomer(first_name="Hoa", labels={"tier": "gold"})).customer_id
    come_level()
    assert in_segment(tenant, gold) == {other}
    do(tenant, EraseCustomer(customer_id=other))
    assert in_segment(tenant, gold) == set()
    night(tenant, gold)
    assert in_segment(tenant, gold) == set()


def test_the_night_finds_what_time_did(tenant: Tenant, somebody: UUID) -> None:
    asked = ask(one("last_purchase", at_least=30))
    away = do(tenant, CreateSegment(code="away", name="Lâu chưa ghé", criteria=asked)).segment_id
    buy(tenant, somebody, "1", days_ago(29))
    come_level()
    night(tenant, away)
    assert in_segment(tenant, away) == set()
    night(tenant, away, now=NOW + timedelta(days=1))
    assert in_segment(tenant, away) == {somebody}


def test_nobody_is_put_by_hand_where_criteria_decide(tenant: Tenant, regulars: UUID, somebody: UUID) -> None:
    with pytest.raises(DomainError, match=r"customers\.segment_has_criteria"):
        do(tenant, EnterSegment(segment_id=regulars, customer_id=somebody))


def test_only_active_dynamic_segments_of_the_tenant_are_matched(
    tenant: Tenant, other_tenant: Tenant, regulars: UUID, somebody: UUID
) -> None:
    static = do(tenant, CreateSegment(code="vip", name="VIP")).segment_id
    everybody = ask(one("purchases", at_least=0))
    theirs = do(other_tenant, CreateSegment(code="all", name="All", criteria=everybody)).segment_id
    do(tenant, ChangeCriteria(segment_id=regulars, criteria=everybody))
    do(tenant, DeactivateSegment(segment_id=regulars))
    order = MatchCriteria(segment_ids=(static, theirs, regulars, uuid4()), customer_ids=(somebody, uuid4(), somebody))
    assert do(tenant, order).entered == 0
    do(tenant, ActivateSegment(segment_id=regulars))
    assert do(tenant, order).entered == 1
    assert do(other_tenant, replace(order, segment_ids=(theirs,))).entered == 0
    assert rows(MEMBERS, tenant, "customer_id, segment_id") == [(somebody, regulars)]


def test_a_change_of_criteria_and_each_new_day_are_worked_on_once(tenant: Tenant, regulars: UUID, somebody: UUID) -> None:
    bring_level("customers.criteria_of_segments")
    everybody = ask(one("purchases", at_least=0))
    do(tenant, ChangeCriteria(segment_id=regulars, criteria=everybody))
    bring_level("customers.criteria_of_segments")
    for run in runs(tenant):
        refresh_segments(tenant.id, str(run.id))
    assert in_segment(tenant, regulars) == {somebody}
    days = [NOW, NOW + timedelta(minutes=1), NOW + timedelta(days=1)]
    in_parallel(6, lambda n: set_nightly_going(days[n % 3]))
    assert sorted(run.params["cause"] for run in runs(tenant) if run.actor == "system") == ["2025-03-01", "2025-03-02"]


def runs(tenant: Tenant) -> list[JobRun]:
    with reading(tenant.id):
        return list(JobRun.objects.filter(tenant_id=tenant.id, kind="customers.refresh_segments"))


def test_many_purchases_returns_and_refreshes_at_once_leave_who_belongs_there(tenant: Tenant, regulars: UUID) -> None:
    """Tills sell and take back while the night and the look after the commit go on: each entry is one event, and the end is right."""
    people = [do(tenant, RegisterCustomer(first_name=f"Số {n}")).customer_id for n in range(4)]
    for customer in people:
        buy(tenant, customer, f"first {customer}", days_ago(3))

    def act(n: int) -> None:
        if n % 4 == 0:
            night(tenant, regulars)
        elif n % 4 == 1:
            come_level()
        else:
            customer = people[n % 3]
            bought = buy(tenant, customer, f"{n} {customer}", days_ago(2))
            if n % 2:
                bring_back(tenant, customer, bought, f"R {n}", days_ago(1), 1, 50_000)

    for turn in range(3):
        answers = in_parallel(8, lambda n, turn=turn: act(n + 8 * turn))
        assert [answer for answer in answers if isinstance(answer, Exception)] == []
    come_level()
    assert in_segment(tenant, regulars) == met_by(tenant, REGULARS)
    assert differing_now(tenant) == []
    changes: dict[UUID, list[str]] = {}
    for name, stream, _ in rows("event.event", tenant, "name, stream_id, position", "position"):
        if name in {"customers.segment_entered", "customers.segment_left"}:
            changes.setdefault(stream, []).append(name.removeprefix("customers.segment_"))
    assert len(changes) == len(people) - 1
    for told in changes.values():
        assert told == (["entered", "left"] * len(told))[: len(told)]


def test_new_criteria_wait_for_an_evaluation_by_the_old_ones(tenant: Tenant, regulars: UUID, somebody: UUID) -> None:
    """So that nobody comes in by criteria that were replaced, after those who look for the difference have gone by."""
    for number in ("1", "2"):
        buy(tenant, somebody, number, days_ago(2))
    bring_level("customers.purchases")
    nobody = ask(one("purchases", at_least=1000))
    with ThreadPoolExecutor(2) as pool, transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("lock table customers_purchase in access exclusive mode")
        evaluated = pool.submit(closing, do, tenant, MatchCriteria(segment_ids=(regulars,), customer_ids=(somebody,)))
        until_waiting(cursor, 1)
        changed = pool.submit(closing, do, tenant, ChangeCriteria(segment_id=regulars, criteria=nobody))
        until_waiting(cursor, 2)
    assert (evaluated.result().entered, changed.result()) == (1, None)
    told = [name for name, _ in rows("event.event", tenant, "name, position", "position") if name.startswith("customers.segment_")]
    assert told == ["customers.segment_created", "customers.segment_entered", "customers.segment_criteria_changed"]
    night(tenant, regulars)
    assert in_segment(tenant, regulars) == set()


def closing(work: Any, *told: Any) -> Any:
    try:
        return work(*told)
    finally:
        connections.close_all()


def until_waiting(cursor: Any, clients: int) -> None:
    """Until so many clients of this database wait for a lock."""
    for _ in range(200):
        cursor.execute(WAITING)
        if cursor.fetchone()[0] >= clients:
            return
        sleep(0.05)
    pytest.fail(f"there were never {clients} clients waiting")
