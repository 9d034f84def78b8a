"""The work that notes what time did locks what tills lock, in their order; and what was held is there until it is let go."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from django.db import connections

from earning import queries
from earning.commands import Expiry, HoldPoints, NoteTime, ReleaseHold, WalletTerms
from earning.domain.levels.downgrading import Downgrade
from earning.streams import account_of
from loyalty.bus import dispatch_all
from loyalty.domain.errors import DomainError
from loyalty.tenancy import reading
from tests.earning.counter import Counter, in_parallel
from tests.earning.ledger_given import configure
from tests.earning.levels_counted import active, losing

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SHOWN = 1.5
"""Seconds after which the database tells how many deadlocks there were."""


def deadlocks() -> int:
    with connections["owner"].cursor() as cursor:
        cursor.execute("select pg_stat_clear_snapshot()")
        cursor.execute("select deadlocks from pg_stat_database where datname = current_database()")
        return int(cursor.fetchone()[0])


def test_noting_time_and_tills_do_not_lock_each_other_out(counter: Counter) -> None:
    configure(counter, WalletTerms(expiry=Expiry(kind="after_days", days=2)))
    active(counter, replace(losing(), downgrade=Downgrade(when="at_once", reset="points")))
    people, start = [counter.customer() for _ in range(60)], datetime.now(UTC) - 10 * DAY
    for who in people:
        counter.do(counter.order(who, 100_000, purchased_at=start), channel="import", at=start)
    orders = [NoteTime(account_id=account_of(who, counter.tenant.id), customer_id=who) for who in people]
    orders.sort(key=lambda order: order.account_id)
    before = deadlocks()

    def work(n: int) -> int:
        if n == 0:
            noted = dispatch_all(orders, tenant_id=counter.tenant.id, actor="system", channel="process", at=lambda order: datetime.now(UTC))
            return sum(one.refusal is None for one in noted)
        return len([counter.sell(who, 10_000) for who in people[n::5]])

    done = in_parallel(5, work)
    assert not [one for one in done if isinstance(one, DomainError)]
    time.sleep(SHOWN)
    assert deadlocks() == before


def test_as_of_any_time_what_was_held_was_there_until_it_was_let_go(counter: Counter) -> None:
    """Of 100 points that end after two days 40 are held for an hour, 60 for a week."""
    configure(counter, WalletTerms(expiry=Expiry(kind="after_days", days=2)))
    customer, start = counter.customer(), datetime.now(UTC) - 8 * DAY
    counter.do(counter.order(customer, 1_000_000, purchased_at=start), channel="import", at=start)
    counter.do(HoldPoints(customer_id=customer, points=40, ends_at=start + 2 * HOUR), at=start + HOUR)
    held = counter.do(HoldPoints(customer_id=customer, points=60, ends_at=start + 160 * HOUR), at=start + HOUR)

    def was() -> int:
        with reading(counter.tenant.id):
            return queries.balance_at(customer, start + 100 * HOUR, datetime.now(UTC)).balance

    assert was() == 60
    counter.do(ReleaseHold(customer_id=customer, hold_id=held.id), at=start + 150 * HOUR)
    assert was() == 60
