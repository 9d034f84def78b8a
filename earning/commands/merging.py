"""What customers asks of earning in its own transaction: who is one customer has one pool of points, and one level."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from loyalty.domain.command import Command, command


@command
class JoinAccounts(Command[None]):
    """Let what `joining` customers bought count for `customer_id`, who stands for all of `sides` already; `joined_id` stood for them.

    Their accounts are one pool from then on, since decisions ask who is one with whom. Part of `customers.commands.MergeCustomers`.
    """

    customer_id: UUID
    sides: tuple[UUID, ...]
    joined_id: UUID
    joining: tuple[UUID, ...]


@command
class PartAccounts(Command[None]):
    """Let what `parting` customers bought and did count for `parted_id` alone, and no longer for `customer_id` and the other `sides`: they
    were one since `merged_at`. `since` says for each of all of them after which position of the log.

    Part of `customers.commands.UnmergeCustomer`.
    """

    customer_id: UUID
    sides: tuple[UUID, ...]
    parted_id: UUID
    parting: tuple[UUID, ...]
    merged_at: datetime
    since: Mapping[UUID, int]
