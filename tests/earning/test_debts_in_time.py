"""A debt is paid after it arose: the statement, the log and any moment that is looked back at say so, in one order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from earning import queries
from earning.commands import HoldPoints, ReleaseHold, SpendPoints
from loyalty.tenancy import reading
from tests.earning.counter import Counter

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def test_a_hold_that_ended_before_goods_came_back_dates_nothing(counter: Counter) -> None:
    """Of 100 points 40 are held for two hours and 60 until they are released at 20 h; at 10 h goods of 100 that were spent come back."""
    start = datetime.now(UTC) - 5 * DAY
    customer = counter.customer()
    sale = counter.order(customer, 1_000_000, purchased_at=start)
    bought = counter.do(sale, channel="import", at=start)
    counter.do(SpendPoints(customer_id=customer, points=100), at=start + HOUR)
    counter.do(counter.order(customer, 1_000_000, purchased_at=start + 2 * HOUR), channel="import", at=start + 2 * HOUR)
    counter.do(HoldPoints(customer_id=customer, points=40, ends_at=start + 5 * HOUR), at=start + 3 * HOUR)
    held = counter.do(HoldPoints(customer_id=customer, points=60, ends_at=start + 100 * HOUR), at=start + 3 * HOUR)
    back = replace(counter.return_order(sale, bought.purchase_id), returned_at=start + 10 * HOUR)
    counter.do(back, channel="import", at=start + 10 * HOUR)

    def shown() -> dict[int, tuple[int, int, int]]:
        with reading(counter.tenant.id):
            known = datetime.now(UTC)
            found = {hour: queries.balance_at(customer, start + hour * HOUR, known) for hour in (4, 7, 15)}
        return {hour: (one.balance, one.available, one.held) for hour, one in found.items()}

    before = shown()
    counter.do(ReleaseHold(customer_id=customer, hold_id=held.id), at=start + 20 * HOUR)
    assert shown() == before == {4: (100, 0, 100), 7: (100, 40, 60), 15: (0, 0, 60)}
    with reading(counter.tenant.id):
        told = [((line.effective_at - start) / HOUR, line.kind) for line in queries.statement(customer)]
    assert told[:3] == [(20.0, "debt_paid"), (20.0, "released"), (10.0, "clawed_back")]
