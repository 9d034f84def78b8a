"""What tests of levels at the counter say again and again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from earning import queries
from earning.commands import ActivateLevelSet, CreateLevelSet
from earning.domain.levels.customer import customer_levels_id
from earning.domain.levels.downgrading import Downgrade
from earning.domain.levels.measures import Measure
from earning.domain.levels.terms import LevelTerms
from loyalty.eventstore import store
from loyalty.tenancy import reading
from tests.earning.counter import Counter
from tests.earning.levels_given import steps

SOLD_AT = datetime(2026, 1, 10, 5, tzinfo=UTC)
GONE = datetime(2026, 2, 10, 17, tzinfo=UTC)
"""The midnight in Vietnam after a month."""


def active(counter: Counter, said: LevelTerms | None = None) -> UUID:
    """A set in force: `l1` from 20 points on and `l2` from 100, unless told otherwise. One point is 10,000 ₫."""
    set_id = counter.do(CreateLevelSet(terms=said or steps(20, 100))).set_id
    counter.do(ActivateLevelSet(set_id=set_id, effective_at=datetime(2000, 1, 1, tzinfo=UTC)))
    return set_id


def facts(counter: Counter, customer_id: UUID) -> list[object]:
    with reading(counter.tenant.id):
        return [r.event for r in store.load(customer_levels_id(counter.tenant.id, customer_id))]


def level_now(counter: Counter, customer_id: UUID) -> str:
    with reading(counter.tenant.id):
        (card,) = queries.customer_levels(customer_id)
    return card.level.code if card.level else ""


def losing(**more: Any) -> LevelTerms:
    policy = Downgrade(when="at_once", warn_days=7, **more)
    return replace(steps(20, 100), measures=(Measure(kind="points", window="rolling_months", months=1),), downgrade=policy)


def bought_in_january(counter: Counter, customer: UUID, amount: int) -> None:
    counter.do(counter.order(customer, amount, purchased_at=SOLD_AT), channel="import", at=SOLD_AT)


def card_of(counter: Counter, customer: UUID, at: datetime | None = None) -> queries.LevelCard:
    with reading(counter.tenant.id):
        (card,) = queries.customer_levels(customer, at)
    return card
