"""Goods that came back, and how much of a reward lay on them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from loyalty.domain.money import share_half_up

WHOLE = 10_000


def share_of(amount: int, share: int) -> int:
    """So many basis points of an amount, rounded down."""
    return max(0, amount) * share // WHOLE


@dataclass(frozen=True, slots=True, kw_only=True)
class LineLeft:
    """How much of a line was bought and is left: thousandths, or minor units of a sale by amount."""

    bought: int
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsBack:
    """Goods of a purchase came back: of its `total` (minor units) so much is `kept` by now, and of each line so much is left."""

    purchase_id: UUID
    return_id: UUID
    total: int
    kept: int
    nothing_left: bool
    lines: tuple[LineLeft, ...] = ()

    def back_of(self, worth: int, shares: tuple[int, ...]) -> int:
        """How much of a `worth` lay on what is back by now; without `shares` on the lines it lay on all by their value."""
        if self.nothing_left:
            return worth
        if shares:
            pairs = zip(shares, self.lines, strict=False)
            return min(worth, sum(share - share_half_up(share, line.left, line.bought) for share, line in pairs if line.bought > 0))
        return worth - share_half_up(worth, max(0, min(self.kept, self.total)), self.total) if self.total > 0 else 0
