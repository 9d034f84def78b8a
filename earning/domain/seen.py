"""What a decision saw of a customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedSpend:
    """So much, in minor units, had counted by `carry_id` when a purchase was decided: by a rule that carries what is left over."""

    carry_id: UUID
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What a customer had bought before a purchase, and kept: how many `purchases`, what they are worth (`spent`, minor units of the
    programme's currency), and when the last of them was made that lies before it (None: none).
    """

    purchases: int = 0
    spent: int = 0
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerSeen:
    """The customer's `levels` (one for each level set that has one for them) and `segments`, as codes, when a purchase was decided.

    `met` are the questions about the person that rules asked and that were answered by yes; what was seen of the person is not kept.
    `history` is what they had bought before, where a rule asked for it. `carried` is what earlier purchases counted by rules that
    carry over what is left of full amounts.
    """

    levels: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    met: tuple[UUID, ...] = ()
    carried: tuple[CarriedSpend, ...] = ()
    history: History | None = None


NOTHING_SEEN = CustomerSeen()
