"""What a decision saw of a customer."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedSpend:
    """So much, in minor units, had counted by `carry_id` when a purchase was decided: by a rule that carries what is left over."""

    carry_id: UUID
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerSeen:
    """The customer's `levels` (one for each level set that has one for them) and `segments`, as codes, when a purchase was decided.

    `met` are the questions about the person that rules asked and that were answered by yes; what was seen of the person is not kept.
    `carried` is what earlier purchases counted by rules that carry over what is left of full amounts.
    """

    levels: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    met: tuple[UUID, ...] = ()
    carried: tuple[CarriedSpend, ...] = ()


NOTHING_SEEN = CustomerSeen()
