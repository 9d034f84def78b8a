"""Batches of codes for a reward: made, sent as a file, or the one that all customers share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Literal, TypeAlias, assert_never
from uuid import UUID

from loyalty.domain.aggregate import Aggregate
from loyalty.domain.errors import Conflict, DomainError, NotFound
from loyalty.domain.identity import derived_id
from rewards.domain.checks import check_amount, check_text
from rewards.domain.code import check_prefix
from rewards.events.batches import BatchSource, CodeBatchBegun, CodeBatchExported, CodeBatchFilled, CodeBatchWithdrawn

BatchState = Literal["making", "open", "withdrawn"]
BatchFact: TypeAlias = CodeBatchBegun | CodeBatchFilled | CodeBatchExported | CodeBatchWithdrawn
MOST_CODES = 1_000_000
"""Of one batch; a reward may have many."""
LONGEST_REASON = 500
NUMBERS = 32
"""The last bits of a code's id are its number in the batch."""


def code_id(batch_id: UUID, number: int) -> UUID:
    """The id of a code: the same number of the same batch is the same code, whoever makes it again."""
    return UUID(int=_first(batch_id) | number)


def ids_of(batch_id: UUID, since: int = 0) -> tuple[UUID, UUID]:
    """The first and the last id that codes of a batch can have, from the number `since` on: ids stand in the order of numbers."""
    return code_id(batch_id, since), code_id(batch_id, 2**NUMBERS - 1)


@lru_cache(maxsize=64)
def _first(batch_id: UUID) -> int:
    """What the ids of all codes of a batch begin with."""
    return derived_id("rewards.code", batch_id).int >> NUMBERS << NUMBERS


class CodeBatch(Aggregate):
    """making → open → withdrawn; its codes go out as a file at most once."""

    stream = "code_batch"
    stays_folded = False

    def __init__(self, stream_id: UUID) -> None:
        super().__init__(stream_id)
        self.begun: CodeBatchBegun | None = None
        self.filled: CodeBatchFilled | None = None
        self.exported: CodeBatchExported | None = None
        self.withdrawn: CodeBatchWithdrawn | None = None

    @property
    def state(self) -> BatchState:
        """Whether its codes are being made, can be had, or are good no more."""
        if self.withdrawn is not None:
            return "withdrawn"
        return "making" if self.filled is None else "open"

    def begin(self, reward_id: UUID, source: BatchSource, wanted: int | None, prefix: str, now: datetime) -> None:
        """Let it be made. Raises DomainError for a number that cannot be, and another prefix than codes have."""
        if wanted is not None:
            check_amount(wanted, "codes", least=1, most=MOST_CODES)
        check_prefix(prefix, "code_prefix")
        self.record(
            CodeBatchBegun(batch_id=self.id, reward_id=reward_id, source=source, prefix=prefix, codes=wanted, begun_at=now),
        )

    def fill(self, codes: int, digest: str, key_version: int, now: datetime) -> None:
        """Say that its codes are there. The same again changes nothing. Raises Conflict `rewards.batch_withdrawn`."""
        reward_id = self._open().reward_id
        if self.filled is None:
            filled = CodeBatchFilled(
                batch_id=self.id, reward_id=reward_id, codes=codes, digest=digest, key_version=key_version, filled_at=now
            )
            self.record(filled)

    def export(self, reason: str, now: datetime, by_whom: Callable[[], str]) -> None:
        """Let its codes out, once. Raises Conflict `rewards.batch_exported`, with who did, and others that say why not."""
        begun = self._open()
        check_text(reason, LONGEST_REASON, "reason", needed=True)
        if begun.source == "shared":
            raise Conflict("rewards.batch_for_all")
        if self.exported is not None:
            raise Conflict("rewards.batch_exported", exported_at=self.exported.exported_at, exported_by=by_whom())
        if self.filled is None:
            raise Conflict("rewards.batch_not_filled")
        self.record(CodeBatchExported(batch_id=self.id, reward_id=begun.reward_id, reason=reason, exported_at=now))

    def withdraw(self, reason: str, now: datetime) -> None:
        """Let the codes that nobody has be good no more."""
        begun = self._open()
        check_text(reason, LONGEST_REASON, "reason", needed=True)
        self.record(CodeBatchWithdrawn(batch_id=self.id, reward_id=begun.reward_id, reason=reason, withdrawn_at=now))

    def evolve(self, event: BatchFact) -> None:
        match event:
            case CodeBatchBegun():
                self.begun = event
            case CodeBatchFilled():
                self.filled = event
            case CodeBatchExported():
                self.exported = event
            case CodeBatchWithdrawn():
                self.withdrawn = event
            case _:
                assert_never(event)

    def _open(self) -> CodeBatchBegun:
        if self.begun is None:
            raise NotFound("rewards.batch_unknown", field="batch_id")
        if self.withdrawn is not None:
            raise Conflict("rewards.batch_withdrawn", withdrawn_at=self.withdrawn.withdrawn_at)
        return self.begun


def check_codes_of(terms: str, wanted: Literal["stock", "shared"]) -> None:
    """Raises DomainError `rewards.codes_not_from_stock` or `rewards.codes_not_shared` for a reward whose terms say otherwise."""
    if terms != wanted:
        raise DomainError("rewards.codes_not_from_stock" if wanted == "stock" else "rewards.codes_not_shared", field="reward_id")
