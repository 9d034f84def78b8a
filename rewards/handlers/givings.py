"""Rewards for many customers at once."""

from __future__ import annotations

from collections.abc import Iterator

from customers.queries import counted_members
from loyalty.bus import Read, StreamRef, Unit, handles
from loyalty.domain.command import Circumstances
from loyalty.domain.errors import NotFound
from rewards.commands.givings import GiveToSegment, GivingAnswer
from rewards.domain.giving import Giving
from rewards.domain.room import stock_id
from rewards.domain.terms import RewardPrice
from rewards.rewardbook import offer_of, reward_read
from rewards.roombook import used_now


def stream_of_giving(command: GiveToSegment, circumstances: Circumstances) -> Iterator[StreamRef]:
    yield StreamRef(Giving, circumstances.command_id)


def read_of_giving(command: GiveToSegment, circumstances: Circumstances) -> Iterator[Read]:
    yield reward_read(command.reward_id)


@handles(GiveToSegment, streams=stream_of_giving, reads=read_of_giving)
def give_to_segment(command: GiveToSegment, unit: Unit) -> GivingAnswer:
    offer = offer_of(unit, command.reward_id)
    offer.refuse_not_given(unit.now)
    customers = counted_members(command.segment_id, unit.tenant_id, unit.execute)
    if customers is None:
        raise NotFound("customers.segment_unknown", field="segment_id")
    giving = unit.load(Giving, unit.circumstances.command_id)
    giving.begin(command.reward_id, command.segment_id, customers, unit.now)
    stock, left = offer.terms.stock, None
    if stock is not None:
        row = stock_id(command.reward_id)
        left = max(0, stock - used_now(unit.tenant_id, [row], unit.now, unit.execute).get(row, 0))
    each = offer.cost_of(RewardPrice(wallet=offer.terms.price.wallet))
    get = customers if left is None else min(customers, left)
    return GivingAnswer(
        giving_id=giving.id,
        reward_id=command.reward_id,
        segment_id=command.segment_id,
        customers=customers,
        left=left,
        cost=each * get,
    )
