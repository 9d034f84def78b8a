"""A reward given to everybody in a segment, one stretch of customers after the other. Taken up again, it goes past who has it already."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from customers.queries import cards, counted_members, members_after
from loyalty.bus import Outcome, dispatch_all
from loyalty.domain.errors import NotFound
from loyalty.domain.identity import derived_id
from loyalty.jobs.models import name_counts, name_kinds
from loyalty.jobs.work import Line, Work
from loyalty.tenancy import reading
from rewards.commands import GiveReward
from rewards.domain.offer import Offer
from rewards.domain.room import stock_id
from rewards.domain.terms import RewardPrice
from rewards.queries.here import asked
from rewards.roombook import used_now

KIND, GIVEN, NOT_GIVEN = "rewards.give_to_segment", "coupons_given", "coupons_not_given"
FIRST = UUID(int=0)
Ask = Callable[[str, Sequence[Any]], Iterable[Any]]
AT_ONCE = 100
"""Customers of one transaction."""
name_kinds({KIND: _("A reward for a segment")})
name_counts({GIVEN: _("customers got it"), NOT_GIVEN: _("customers did not get it")})


@dataclass(frozen=True, slots=True)
class Foreseen:
    """How many `customers` are to get it, how many more there are (`left`; None: enough), and what that costs at most, in minor units."""

    customers: int
    left: int | None
    cost: int


def foreseen(offer: Offer, segment_id: UUID, tenant_id: int, now: datetime, ask: Ask) -> Foreseen:
    """What giving it to a segment would come to. Raises DomainError `rewards.not_to_be_had`, NotFound `customers.segment_unknown`."""
    offer.refuse_not_given(now)
    if (customers := counted_members(segment_id, tenant_id, ask)) is None:
        raise NotFound("customers.segment_unknown", field="segment_id")
    row, left = stock_id(offer.reward_id), None
    if offer.terms.stock is not None:
        left = max(0, offer.terms.stock - used_now(tenant_id, [row], now, ask).get(row, 0))
    each = offer.cost_of(RewardPrice(wallet=offer.terms.price.wallet))
    return Foreseen(customers, left, each * (customers if left is None else min(customers, left)))


def give_to_segment(work: Work, giving: str, reward: str, segment: str) -> None:
    """Give it to whoever is in the segment when their turn comes, by their ids. Raises Cancelled when somebody asked to stop."""
    segment_id = UUID(segment)
    with reading(work.tenant_id):
        customers = counted_members(segment_id, work.tenant_id, asked) or 0
    work.done = 0
    work.expect(customers)
    after = FIRST
    while True:
        with reading(work.tenant_id):
            whose = members_after(segment_id, after, AT_ONCE)
        if not whose:
            return
        _give(work, UUID(giving), UUID(reward), whose)
        after = whose[-1]
        work.advance(len(whose))


def _give(work: Work, giving_id: UUID, reward_id: UUID, whose: Sequence[UUID]) -> None:
    done = dispatch_all(
        [GiveReward(customer_id=one, reward_id=reward_id, way="campaign") for one in whose],
        tenant_id=work.tenant_id,
        actor=work.actor,
        channel="process",
        command_ids=[derived_id("rewards.giving", giving_id, one) for one in whose],
    )
    work.count(GIVEN, sum(one.refusal is None for one in done))
    refused = {one: o for one, o in zip(whose, done, strict=True) if o.refusal is not None and o.refusal.code != "command.applied"}
    if refused:
        work.count(NOT_GIVEN, len(refused))
        _report(work, refused)


def _report(work: Work, refused: dict[UUID, Outcome]) -> None:
    with reading(work.tenant_id):
        codes = {card.side: card.code for card in cards([*refused])}
    lines = []
    for number, (one, outcome) in enumerate(refused.items(), work.done + 1):
        assert outcome.refusal is not None
        lines.append(Line.of(number, "refused", outcome.refusal, about=codes.get(one, "")))
    work.report(lines)
