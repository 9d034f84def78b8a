"""What can be asked for many customers at once."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from loyalty.domain.command import Command, command


@dataclass(frozen=True, slots=True, kw_only=True)
class GivingAnswer:
    """How many `customers` are to get the reward, how many more of it there are (`left`; None: enough), and what it costs the company at
    most, in minor units.
    """

    giving_id: UUID
    reward_id: UUID
    segment_id: UUID
    customers: int
    left: int | None
    cost: int


@command
class GiveToSegment(Command[GivingAnswer]):
    """Give a reward to everybody who is in a segment, as long work that can be stopped and taken up again; nobody gets it twice by it.
    A dry run says how many that are, and what it costs.

    Refusals: rewards.reward_unknown, rewards.not_to_be_had, customers.segment_unknown, rewards.segment_empty. Limits, stock and budget
    are asked for each customer as GiveReward does; who gets none stands in the report of the work.
    """

    reward_id: UUID
    segment_id: UUID
