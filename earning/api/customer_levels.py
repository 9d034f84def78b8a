"""`/api/v1/customers/{id}/levels`: the levels that a customer has, and what is missing to the next ones."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from customers.queries import customer
from earning import queries
from earning.api.level_shapes import Level, level_shown
from earning.api.shapes import Moment, moment
from earning.api.spending import OrderView
from earning.commands import CustomerLevelAnswer, GiveLevel, WithdrawLevel
from earning.domain.levels.measures import MeasureKind
from earning.domain.levels.terms import Match
from earning.permissions import GIVE_LEVELS, SEE_LEVELS
from loyalty.api.views import QueryView
from loyalty.domain.command import Command


class Reaching(msgspec.Struct, frozen=True):
    """How far the customer is in one measure: `total` counts now, `missing` until the next level (null: it does not ask for this)."""

    kind: MeasureKind
    total: int
    missing: int | None


class CustomerLevel(msgspec.Struct, frozen=True, kw_only=True):
    """The customer's place in one level set, which is called `set_name` in the caller's language: the level (null: none yet), since when,
    and the next one (null: the top).

    It was earned, given by hand or paid for (`source`). If nothing more is bought, they have the level `after` from `loses_at` on
    (null: they keep it). Of special `rewards` only those in force are told: promises that the shop keeps, nothing redeems them here.
    """

    set_id: UUID
    set_name: str
    currency: str
    match: Match
    level: Level | None
    since: datetime | None
    next_level: Level | None
    source: queries.LevelSource
    loses_at: datetime | None
    after: Level | None
    reaching: list[Reaching]


class GiveLevelBody(msgspec.Struct, forbid_unknown_fields=True):
    """Which level (its code), until when, and why.

    It is a floor: whatever the customer earns, they have at least this level until `ends_at`; a higher one that they earn counts.
    At the end they have what they have earned by then, by all the rules of the set. It takes the place of one given before.
    """

    level: str
    ends_at: Moment
    reason: str


class WithdrawLevelBody(msgspec.Struct, forbid_unknown_fields=True):
    """Which level that was given, and why it is taken back."""

    level: str
    reason: str


class GiveLevelView(OrderView):
    """Give a customer a level by hand, until an instant, with a reason."""

    permission = GIVE_LEVELS
    body = GiveLevelBody
    answer = CustomerLevelAnswer
    status = 201

    def command(self, body: GiveLevelBody, **path: Any) -> Command[CustomerLevelAnswer]:
        ends_at = moment(body.ends_at, "ends_at")
        return GiveLevel(customer_id=self.customer(path), level=body.level, ends_at=ends_at, reason=body.reason)


class WithdrawLevelView(OrderView):
    """Take a level back that was given by hand."""

    permission = GIVE_LEVELS
    body = WithdrawLevelBody
    answer = CustomerLevelAnswer

    def command(self, body: WithdrawLevelBody, **path: Any) -> Command[CustomerLevelAnswer]:
        return WithdrawLevel(customer_id=self.customer(path), level=body.level, reason=body.reason)


class CustomerLevelsView(QueryView):
    """Show the levels of a customer, one for each level set in force, and what is missing to the next."""

    permission = SEE_LEVELS
    answer = list[CustomerLevel]

    def ask(self, query: None, **path: Any) -> list[CustomerLevel]:
        now = datetime.now(UTC)
        return [_shown(card, now) for card in queries.customer_levels(customer(path["customer_id"]).id, now)]


def _shown(card: queries.LevelCard, now: datetime) -> CustomerLevel:
    same = ("set_id", "set_name", "currency", "match", "since", "source", "loses_at")
    return CustomerLevel(
        level=level_shown(card.level, now),
        next_level=level_shown(card.next_level, now),
        after=level_shown(card.after, now),
        reaching=[Reaching(one.measure.kind, one.total, one.missing) for one in card.reaching],
        **{name: getattr(card, name) for name in same},
    )
