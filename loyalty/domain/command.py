"""Orders: what a caller wants done. Time, ids and randomness are not theirs to give."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar, dataclass_transform
from uuid import UUID

T = TypeVar("T")
R_co = TypeVar("R_co", covariant=True)


class Command(Generic[R_co]):
    """Base of all commands; `R_co` is what its handler answers with."""

    __slots__ = ()


@dataclass_transform(frozen_default=True, kw_only_default=True)
def command(cls: type[T]) -> type[T]:
    """Declare a frozen, keyword-only command: `@command class RecordPurchase(Command[PurchaseAnswer])`."""
    return dataclass(frozen=True, slots=True, kw_only=True)(cls)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What `dispatch` sets: the tenant, the clock, who asks and through which door."""

    tenant_id: int
    command_id: UUID
    now: datetime
    actor: str
    channel: str
    correlation_id: UUID
    causation_id: UUID | None = None
