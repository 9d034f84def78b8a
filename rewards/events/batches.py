"""What happened to batches of codes. No event holds a code, nor anything that a code could be found by."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from loyalty.domain.event import event

BatchSource = Literal["generated", "uploaded", "shared"]
"""Where its codes come from: made here, sent as a file, or the one code that all customers share."""


@event("rewards.code_batch_begun", version=1)
class CodeBatchBegun:
    """Codes are added to a reward; made ones have the `prefix`, and there will be so many `codes` (None: as many as the
    file holds).
    """

    batch_id: UUID
    reward_id: UUID
    source: BatchSource
    prefix: str = ""
    codes: int | None = None
    begun_at: datetime


@event("rewards.code_batch_filled", version=1)
class CodeBatchFilled:
    """All codes of a batch are there, and can be had. `digest` is the SHA-256 (hexadecimal) of the keyed digests of its `codes` codes in
    their order, under the key `key_version`.
    """

    batch_id: UUID
    reward_id: UUID
    codes: int
    digest: str
    key_version: int
    filled_at: datetime


@event("rewards.code_batch_exported", version=1)
class CodeBatchExported:
    """The codes of a batch that nobody has went out as a file, once, with the reason: from then on they are for who brings them."""

    batch_id: UUID
    reward_id: UUID
    reason: str
    exported_at: datetime


@event("rewards.code_batch_withdrawn", version=1)
class CodeBatchWithdrawn:
    """The codes of a batch that nobody has are good no more, with the reason. What customers have of it stays good."""

    batch_id: UUID
    reward_id: UUID
    reason: str
    withdrawn_at: datetime
