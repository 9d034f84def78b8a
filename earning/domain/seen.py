"""What a decision saw of a customer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerSeen:
    """The customer's `level` and `segments` (codes) when a purchase was decided; "" and () where there were none."""

    level: str = ""
    segments: tuple[str, ...] = ()


NOTHING_SEEN = CustomerSeen()
