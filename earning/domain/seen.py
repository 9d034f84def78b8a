"""What a decision saw of a customer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerSeen:
    """The customer's `levels` (one for each level set that has one for them) and `segments`, as codes, when a purchase was decided."""

    levels: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()


NOTHING_SEEN = CustomerSeen()
