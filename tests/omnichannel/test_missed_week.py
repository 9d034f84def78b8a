"""The jobs were away for a week: what fell due is noted once, with its own time, and customers are told once of what is to come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine

from earning.commands import ConfigureWallet
from earning.domain.account import account_id
from earning.domain.expiry import Expiry
from earning.domain.levels.downgrading import Downgrade
from earning.domain.levels.measures import Measure
from earning.domain.wallets import WalletTerms
from earning.events import ExpiryAnnounced, LevelLossAnnounced, LevelLost, PointsActivated, PointsExpired
from earning.queries.wallets import STANDARD_UNITS
from earning.timekeeping import note_time, settle_levels
from loyalty.eventstore import store
from loyalty.jobs.periodic import run_slot
from loyalty.messages.outbox import send_waiting
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.counter import Counter
from tests.earning.levels_counted import active, facts
from tests.earning.levels_given import DAY, steps
from tests.omnichannel.senders import Recording
from tests.pos.given import bring_level

SOLD_AT = datetime(2026, 1, 10, 5, tzinfo=UTC)
ACTIVE = datetime(2026, 1, 12, 17, tzinfo=UTC)
"""Midnight in Vietnam, three days later."""
ENDS = datetime(2026, 2, 12, 17, tzinfo=UTC)
"""They are active on 13 January and the thirty days after it."""
LOST = datetime(2026, 2, 10, 17, tzinfo=UTC)
"""A month after the purchase."""


def beats(tenant: Tenant, now: datetime, number: int = 2) -> tuple[int, list[str]]:
    """Several beats order the jobs of the hour: how many facts were noted, and what customers are told then."""
    noted, slot = 0, now.replace(minute=5, second=0, microsecond=0)

    def of_this(work: Any) -> Any:
        return lambda run: work(run.tenant_id, run.now, run.go_on) if run.tenant_id == tenant.id else 0

    with time_machine.travel(now):
        for _ in range(number):
            noted += run_slot("test.note_time", slot, now, of_this(note_time))[0]
            noted += run_slot("test.settle_levels", slot, now, of_this(settle_levels))[0]
        sender = Recording()
        for name in ("omnichannel.expiry_messages", "omnichannel.level_messages"):
            bring_level(name)
        send_waiting(tenant.id, sender)
    return noted, [sent.text for sent in sender.sent]


def noted(counter: Counter, customer: UUID) -> Iterator[tuple[str, datetime]]:
    """What time did, and when."""
    with reading(counter.tenant.id):
        of_account = [r.event for r in store.load(account_id(counter.tenant.id, "points", customer))]
    for fact in (*of_account, *facts(counter, customer)):
        match fact:
            case PointsActivated():
                yield "active", fact.activated_at
            case ExpiryAnnounced():
                yield "told of points", fact.expires_at
            case PointsExpired():
                yield "ended", fact.expired_at
            case LevelLossAnnounced():
                yield "told of a level", fact.loses_at
            case LevelLost():
                yield "lost", fact.lost_at


@pytest.mark.usefixtures("own_log")
def test_a_missed_week_is_caught_up_and_customers_are_told_once(tenant: Tenant) -> None:
    counter = Counter(tenant)
    counter.rule()
    terms = WalletTerms(expiry=Expiry(kind="after_days", days=30), pending_days=3, warn_days=7)
    counter.do(ConfigureWallet(code="points", decimals=0, units=STANDARD_UNITS, terms=terms, effective_at=datetime(2020, 1, 1, tzinfo=UTC)))
    rolling = Measure(kind="points", window="rolling_months", months=1)
    active(counter, replace(steps(20), measures=(rolling,), downgrade=Downgrade(when="at_once", warn_days=7)))
    customer = counter.customer(phone="+84912345678", language="pl")
    counter.do(counter.order(customer, 250_000, purchased_at=SOLD_AT), channel="import", at=SOLD_AT)

    assert beats(tenant, ACTIVE - timedelta(minutes=1)) == (0, [])
    assert beats(tenant, ACTIVE + 8 * DAY)[0] == 1, "became active while the jobs were away"
    assert beats(tenant, ENDS - 10 * DAY) == (0, [])
    number, texts = beats(tenant, ENDS - 3 * DAY)
    assert (number, [("12.02.2026" in text) for text in texts if "25 punkt" in text]) == (2, [True])
    assert [("10.02.2026" in text) for text in texts if "Poziom" in text] == [True]
    assert beats(tenant, ENDS - 3 * DAY + timedelta(hours=1)) == (0, [])
    assert beats(tenant, ENDS + 6 * DAY) == (2, [])
    assert beats(tenant, ENDS + 7 * DAY) == (0, [])
    assert list(noted(counter, customer)) == [
        ("active", ACTIVE),
        ("told of points", ENDS),
        ("ended", ENDS),
        ("told of a level", LOST),
        ("lost", LOST),
    ]
