"""Who is told that a level ends: once, with its last day, also by jobs that were away for a week; and nobody who keeps it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import time_machine

from earning.commands import DeactivateLevelSet, GiveLevel, WithdrawLevel
from earning.domain.levels.downgrading import Downgrade
from earning.domain.levels.measures import Measure
from earning.events import LevelLossAnnounced
from earning.timekeeping import settle_levels
from loyalty.messages.outbox import send_waiting
from loyalty.tenancy.models import Tenant
from tests.earning.counter import Counter, rows
from tests.earning.levels_counted import active, facts
from tests.earning.levels_given import DAY, steps
from tests.omnichannel.senders import Recording
from tests.pos.given import bring_level

ROLLING = Measure(kind="points", window="rolling_months", months=1)
SOLD_AT = datetime(2026, 1, 10, 5, tzinfo=UTC)
LAST = datetime(2026, 2, 10, 16, 59, tzinfo=UTC)
"""Within the last minute in Vietnam of what was bought on 10 January."""


@pytest.fixture
def counter(tenant: Tenant) -> Counter:
    made = Counter(tenant)
    made.rule()
    return made


@pytest.fixture
def member(counter: Counter) -> UUID:
    """Who has `l1` until 10 February, of which is told seven days before."""
    active(counter, replace(steps(20, 100), measures=(ROLLING,), downgrade=Downgrade(when="at_once", warn_days=7)))
    customer = counter.customer(phone="+84912345678", language="pl")
    counter.do(counter.order(customer, 300_000, purchased_at=SOLD_AT), channel="import", at=SOLD_AT)
    return customer


def told(counter: Counter) -> list[str]:
    sender = Recording()
    bring_level("omnichannel.level_messages")
    send_waiting(counter.tenant.id, sender)
    return [sent.text for sent in sender.sent]


@pytest.mark.parametrize("week", [(-7, -6, -5, -4, -3, -2, -1), (-1, -1), (-2,)])
def test_a_customer_is_told_once_and_of_the_last_day_though_the_job_was_away(counter: Counter, member: UUID, week: tuple[int, ...]) -> None:
    assert settle_levels(counter.tenant.id, LAST - 8 * DAY) == 0
    found = []
    for days in week:
        with time_machine.travel(LAST + days * DAY):
            settle_levels(counter.tenant.id)
            found += told(counter)
    (text,) = found
    assert "10.02.2026" in text
    assert "Poziom l1" in text
    (fact,) = [fact for fact in facts(counter, member) if isinstance(fact, LevelLossAnnounced)]
    assert fact.loses_at == datetime(2026, 2, 10, 17, tzinfo=UTC)


def test_whose_level_went_while_the_job_was_away_is_told_nothing(counter: Counter, member: UUID) -> None:
    with time_machine.travel(LAST + DAY):
        assert settle_levels(counter.tenant.id) == 1
        assert told(counter) == []


def buys(counter: Counter, member: UUID) -> None:
    counter.do(counter.order(member, 300_000, purchased_at=LAST - DAY), channel="import", at=LAST - DAY)


def stops(counter: Counter, member: UUID) -> None:
    (set_id,) = {fact.set_id for fact in facts(counter, member) if isinstance(fact, LevelLossAnnounced)}
    counter.do(DeactivateLevelSet(set_id=set_id), at=LAST - DAY)


def is_given_it(counter: Counter, member: UUID) -> None:
    counter.do(GiveLevel(customer_id=member, level="l1", ends_at=LAST + 90 * DAY, reason="A prize"), at=LAST - DAY)


@pytest.mark.parametrize("keeps", [buys, stops, is_given_it])
def test_who_keeps_the_level_by_the_time_that_messages_are_written_is_told_nothing(
    counter: Counter, member: UUID, keeps: Callable[[Counter, UUID], Any]
) -> None:
    settle_levels(counter.tenant.id, LAST - 3 * DAY)
    keeps(counter, member)
    with time_machine.travel(LAST - DAY):
        assert told(counter) == []


def test_who_keeps_it_by_a_gift_that_is_taken_back_is_told_of_the_loss_after_all(counter: Counter, member: UUID) -> None:
    is_given_it(counter, member)
    settle_levels(counter.tenant.id, LAST - DAY)
    counter.do(WithdrawLevel(customer_id=member, level="l1", reason="By mistake"), at=LAST - DAY / 2)
    with time_machine.travel(LAST - DAY / 3):
        settle_levels(counter.tenant.id)
        assert len(told(counter)) == 1
    assert len(rows("outbox_message", counter.tenant, "id")) == 1
