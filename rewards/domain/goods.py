"""Goods that came back, and how much of a reward lay on them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from loyalty.domain.money import share_half_up

WHOLE = 10_000


def share_of(amount: int, share: int) -> int:
    """So many basis points of an amount, rounded down."""
    return max(0, amount) * share // WHOLE


def percent(share: int) -> Decimal:
    """Basis points as percent, without needless zeros: 1250 are 12.5."""
    exact = Decimal(share).scaleb(-2)
    return Decimal(share // 100) if share % 100 == 0 else exact.normalize()


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

    def back_of(self, worth: int, shares: tuple[int, ...], line: int | None = None) -> int:
        """How much of a `worth` lay on what is back by now: of its discount, which is line number `line`, so much came back. Without one it
        lay on the lines by its `shares`, without those on all by their value.
        """
        if self.nothing_left:
            return worth
        if line is not None and line <= len(self.lines):
            return min(worth, self.lines[line - 1].bought - self.lines[line - 1].left)
        if shares:
            pairs = zip(shares, self.lines, strict=False)
            return min(worth, sum(share - share_half_up(share, line.left, line.bought) for share, line in pairs if line.bought > 0))
        return worth - share_half_up(worth, max(0, min(self.kept, self.total)), self.total) if self.total > 0 else 0
