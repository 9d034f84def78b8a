"""Rewards for many customers at once."""

from __future__ import annotations

from collections.abc import Iterator

from loyalty.bus import Read, StreamRef, Unit, handles
from loyalty.domain.command import Circumstances
from rewards.commands.givings import GiveToSegment, GivingAnswer
from rewards.domain.giving import Giving
from rewards.giving import foreseen
from rewards.rewardbook import offer_of, reward_read


def stream_of_giving(command: GiveToSegment, circumstances: Circumstances) -> Iterator[StreamRef]:
    yield StreamRef(Giving, circumstances.command_id)


def read_of_giving(command: GiveToSegment, circumstances: Circumstances) -> Iterator[Read]:
    yield reward_read(command.reward_id)


@handles(GiveToSegment, streams=stream_of_giving, reads=read_of_giving)
def give_to_segment(command: GiveToSegment, unit: Unit) -> GivingAnswer:
    found = foreseen(offer_of(unit, command.reward_id), command.segment_id, unit.tenant_id, unit.now, unit.execute)
    giving = unit.load(Giving, unit.circumstances.command_id)
    giving.begin(command.reward_id, command.segment_id, found.customers, unit.now)
    return GivingAnswer(
        giving_id=giving.id,
        reward_id=command.reward_id,
        segment_id=command.segment_id,
        customers=found.customers,
        left=found.left,
        cost=found.cost,
    )
