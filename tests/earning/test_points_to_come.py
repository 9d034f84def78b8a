"""Who has not enough points is told what is kept aside until when, and what is pending since when it can be spent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from earning.commands import HoldPoints, SpendPoints, WalletTerms
from loyalty.domain.errors import DomainError
from loyalty.messages.refusals import message
from tests.earning.counter import Counter
from tests.earning.ledger_given import configure, give
from tests.support.client import ApiClient


def refused(counter: Counter, who: Any, points: int = 200) -> DomainError:
    with pytest.raises(DomainError, match="not_enough_points") as told:
        counter.do(SpendPoints(customer_id=who, points=points))
    return told.value


def test_points_that_are_kept_say_until_when(counter: Counter) -> None:
    who = counter.customer()
    give(counter, 100, who)
    first, second = (datetime.now(UTC) + timedelta(minutes=minutes) for minutes in (2, 5))
    for points, ends_at in ((50, second), (30, first)):
        counter.do(HoldPoints(customer_id=who, points=points, ends_at=ends_at))
    told = refused(counter, who)
    later = told.params["later"]
    assert (later.held, later.held_until, later.pending, later.pending_until) == (80, first, 0, None)
    assert "short of 180 points. Kept aside: 80 points, until" in message(told)


def test_points_that_are_pending_say_from_when(counter: Counter, api: ApiClient) -> None:
    configure(counter, WalletTerms(pending_days=3))
    who = counter.customer()
    counter.sell(who, 500_000)
    told = refused(counter, who)
    assert (told.params["available"], told.params["later"].pending) == (0, 50)
    assert "Pending: 50 points, from" in message(told)
    answer = api.post(f"/api/v1/customers/{who}/account/spend", {"points": 1}).json()
    assert answer["params"]["later"]["pending"] == 50
    assert answer["params"]["later"]["pending_until"] == told.params["later"].pending_until.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_where_nothing_is_to_come_nothing_is_said_of_it(counter: Counter) -> None:
    who = counter.customer()
    give(counter, 100, who)
    assert message(refused(counter, who)).endswith("it is short of 100 points.")
