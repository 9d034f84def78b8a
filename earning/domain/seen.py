"""What a decision saw of a customer."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerSeen:
    """The customer's `levels` (one for each level set that has one for them) and `segments`, as codes, when a purchase was decided.

    `met` are the questions about the person that rules asked and that were answered by yes; what was seen of the person is not kept.
    """

    levels: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    met: tuple[UUID, ...] = ()


NOTHING_SEEN = CustomerSeen()
