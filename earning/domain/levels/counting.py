"""What one purchase counts towards levels: always of the goods that are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from earning.domain.discounts import net
from earning.domain.levels.measures import Measure
from earning.domain.levels.terms import LevelTerms
from earning.domain.lines import Line

if TYPE_CHECKING:
    from earning.events import PurchaseRecorded

COUNTED = {"goods", "discount", "rounding"}
PLAIN_AMOUNT = Measure(kind="amount")


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What a purchase counts in a level set, by the `version` of the set at its time.

    `points` in the wallet's smallest unit, `amount` in minor units of the set's currency, `purchases` 1, or 0 for one that came back.
    """

    set_id: UUID
    version: int
    points: int
    amount: int
    purchases: int

    @property
    def is_something(self) -> bool:
        """Whether anything counts of it."""
        return bool(self.points or self.amount or self.purchases)

    def of(self, measure: Measure) -> int:
        """What a measure makes of it alone: a visit, too, is a purchase."""
        return int(getattr(self, "purchases" if measure.kind == "visits" else measure.kind))


@dataclass(frozen=True, slots=True, kw_only=True)
class PastPurchase:
    """A purchase that was made before it could count, and what it counts in each level set."""

    purchase_id: UUID
    purchased_at: datetime
    counts: tuple[Count, ...]


def count(set_id: UUID, version: int, terms: LevelTerms, sale: PurchaseRecorded, kept: Sequence[int], points: int) -> Count:
    """What a sale counts, of whose lines so much is `kept` and whose points are `points` now."""
    by_kind = {measure.kind: measure for measure in terms.measures}
    of_amount = by_kind.get("amount", PLAIN_AMOUNT)
    of_purchases = by_kind.get("purchases") or by_kind.get("visits") or of_amount
    counted = [left if counts(line, of_amount) else 0 for line, left in zip(sale.lines, kept, strict=True)]
    amount = max(0, _worth(sale, kept, counted)) if sale.counted_in == terms.currency else 0
    bought = any(line.kind == "goods" and left and counts(line, of_purchases) for line, left in zip(sale.lines, kept, strict=True))
    return Count(set_id=set_id, version=version, points=points, amount=amount, purchases=int(bought))


def _worth(sale: PurchaseRecorded, kept: Sequence[int], counted: Sequence[int]) -> int:
    """What the lines that are `counted` are worth: of discounts that say on which lines they lie, what lies on these."""
    if not any(line.line_shares for line in sale.lines):
        return sale.worth(counted)
    return sum(amount for amount, counts_so in zip(net(sale.lines, kept, sale.worths), counted, strict=True) if counts_so)


def counts(line: Line, measure: Measure) -> bool:
    """Whether a line is of those that a measure counts."""
    if (line.sku and line.sku.casefold() in measure.skus) or (line.category and line.category.casefold() in measure.categories):
        return False
    return line.kind in COUNTED or (line.kind == "delivery" and measure.with_delivery)
