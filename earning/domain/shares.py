"""Points of lots: what every movement is made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """So many `points` of one lot, in the wallet's smallest unit."""

    lot_id: UUID
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLot:
    """A lot that came out of another one, `origin_id`: it counts from the same time, and ends at an end of its own (None: never). Where it
    is `rolling`, it lives as long as the customer is active, and until then at least. One that came out of itself is back in its account.
    """

    lot_id: UUID
    origin_id: UUID
    points: int
    earned_at: datetime
    expires_at: datetime | None = None
    rolling: bool = False

    @property
    def is_back(self) -> bool:
        """Whether the account has it already, and gets back what it had given."""
        return self.lot_id == self.origin_id


def total(shares: Iterable[Share | NewLot]) -> int:
    """The points of all of them."""
    return sum(share.points for share in shares)
