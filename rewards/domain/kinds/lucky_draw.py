"""Lucky draws: one of several prizes, by weight, drawn on the server with a seed that stands in the event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from loyalty.domain.errors import DomainError
from rewards.domain.checks import check_amount, check_text

MOST_PRIZES, MOST_WEIGHT = 100, 10**6


@dataclass(frozen=True, slots=True, kw_only=True)
class Prize:
    """One of the prizes: `stock` of them there are (None: as many as are drawn), each drawn `weight` times as often as one of weight 1."""

    code: str
    weight: int
    stock: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LuckyDraw:
    """One prize is drawn of those that are left."""

    prizes: tuple[Prize, ...]

    def check(self) -> None:
        if not self.prizes or len(self.prizes) > MOST_PRIZES or len({p.code for p in self.prizes}) < len(self.prizes):
            raise DomainError("rewards.prizes_invalid", field="prizes", most=MOST_PRIZES)
        for place, prize in enumerate(self.prizes):
            check_text(prize.code, 40, f"prizes.{place}.code", needed=True)
            check_amount(prize.weight, f"prizes.{place}.weight", least=1, most=MOST_WEIGHT)
            if prize.stock is not None:
                check_amount(prize.stock, f"prizes.{place}.stock", most=10**9)

    def worth(self, amount: int, delivery: int, points: int) -> int:
        return 0


def drawn(draw: LuckyDraw, seed: str, left: Mapping[str, int]) -> Prize | None:
    """The prize that the seed gives of those of which some are `left` (a code that is not in it: as many as wanted); None for none."""
    open_prizes = [prize for prize in draw.prizes if left.get(prize.code, 1) > 0]
    total = sum(prize.weight for prize in open_prizes)
    if not total:
        return None
    at = int.from_bytes(sha256(seed.encode()).digest()) % total
    for prize in open_prizes:
        at -= prize.weight
        if at < 0:
            return prize
    raise AssertionError("unreachable")
