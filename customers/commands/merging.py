"""What can be asked about two customers who are one person, or are not after all."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from loyalty.domain.command import Command, command


@dataclass(frozen=True, slots=True)
class Merged:
    """Who stands for both from now on, who was merged into them, and whether that is new."""

    survivor_id: UUID
    absorbed_id: UUID
    new: bool


@command
class MergeCustomers(Command[Merged]):
    """Let two customers be one: who joined first stands for both, and everything that leads to the other leads there.

    Which of them is `customer_id` does not matter, and said again it changes nothing; who was merged before is spoken for by who stands
    for them. Refused with NotFound `customers.not_found`, and `customers.merged_with_itself`, `customers.reason_missing`,
    `customers.inactive_not_merged` when one of them does not take part.
    """

    customer_id: UUID
    other_id: UUID
    reason: str


@command
class MergeByCode(Command[Merged]):
    """Let a customer be one with who holds the phone to which the code was sent that they say. Their own phone they proved before,
    and which session asks, they have just shown to be theirs (`ProveSession`).

    Refused with `customers.proof_needed`, `customers.code_wrong`, `customers.phone_not_proven`, `customers.nobody_to_merge`,
    `customers.other_fact_needed` where a code alone would not let them spend what the other one has, and as `MergeCustomers` is.
    """

    customer_id: UUID
    session_id: UUID
    challenge_id: UUID
    code: str


@command
class UnmergeCustomer(Command[Merged]):
    """Let a customer who was merged, and who stands for them, be themselves again, each with what came by what leads to them.

    What one of them had spent beyond their own points they owe: the balance is negative, or a debt stands beside it, as the terms of the
    wallet say. Refused with NotFound `customers.not_found`, also when one of them
    was erased since, Conflict `customers.not_merged`, `customers.unmerge_survivor_first` when who stands for them was merged, too, and
    `customers.reason_missing`.
    """

    customer_id: UUID
    reason: str
