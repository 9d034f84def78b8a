"""What can be asked of batches of codes."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from loyalty.domain.command import Command, command


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchAnswer:
    """A batch as an order left it: making, open or withdrawn, with so many `codes` (None: they are being made)."""

    batch_id: UUID
    reward_id: UUID
    state: str
    codes: int | None = None


@command
class MakeCodes(Command[BatchAnswer]):
    """Make so many `codes` for a reward that takes its codes from stock, as long work that can be stopped and taken up again. The batch's
    id is the command's id. `code_prefix` None: that of the reward.

    Refusals: rewards.reward_unknown, rewards.codes_not_from_stock, rewards.is_ended, rewards.number_out_of_range, rewards.prefix_invalid.
    """

    reward_id: UUID
    codes: int
    code_prefix: str | None = None


@command
class FillBatch(Command[BatchAnswer]):
    """Say that all codes of a batch are there: for the work that makes them. The same again changes nothing.

    Refusals: rewards.batch_unknown, rewards.batch_withdrawn.
    """

    batch_id: UUID
    codes: int
    digest: str
    key_version: int


@command
class WithdrawBatch(Command[BatchAnswer]):
    """Let the codes of a batch that nobody has be good no more, with the reason; what customers have of it stays good.

    Refusals: rewards.batch_unknown, rewards.batch_withdrawn, rewards.text_personal (reason).
    """

    batch_id: UUID
    reason: str


@command
class AddSharedCode(Command[BatchAnswer]):
    """Add a `code` that all customers of a reward share, whose terms say so; the limits of the reward say who gets how many. It is kept as
    those of stock are, and stands in no event. The batch's id is the command's id.

    Refusals: rewards.reward_unknown, rewards.codes_not_shared, rewards.is_ended, rewards.code_unreadable, rewards.code_taken.
    """

    reward_id: UUID
    code: str


@command
class ExportBatch(Command[BatchAnswer]):
    """Let the codes of a batch that nobody has out as a file, once, with the reason: for paper, or for who hands them out. From then on
    they are had by who brings them, and by nobody else.

    Refusals: rewards.batch_unknown, rewards.batch_withdrawn, rewards.batch_not_filled, rewards.text_personal (reason),
    rewards.batch_exported (exported_at, exported_by).
    """

    batch_id: UUID
    reason: str


@command
class BeginUploaded(Command[BatchAnswer]):
    """Begin a batch of codes that come from a file, for the work that takes it in. The batch's id is the command's id.

    Refusals: rewards.reward_unknown, rewards.codes_not_from_stock, rewards.is_ended.
    """

    reward_id: UUID
