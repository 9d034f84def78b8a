"""What qualifies for a level: points, money, purchases or visits, within a stretch of time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from earning.domain.lines import check_text
from loyalty.domain.errors import DomainError

MeasureKind = Literal["points", "amount", "purchases", "visits"]
Window = Literal["lifetime", "rolling_months", "calendar_year", "membership_year"]
MOST_MONTHS, MOST_EXCLUDED, LONGEST_EXCLUDED = 120, 200, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Points earned, amount spent (minor units), number of purchases, or of visits: days with a purchase, in the zone of the tenant;
    of goods that were kept, within a window.

    lifetime: since ever. rolling_months: in the last `months`. calendar_year: since 1 January. membership_year: since the last
    anniversary of the first purchase that counted. Lines of `excluded_skus` and `excluded_categories` do not count, delivery only
    `with_delivery` towards an amount; a purchase of nothing else is none; purchases and visits of one
    set leave out the same. Points count whatever was bought.
    """

    kind: MeasureKind
    window: Window = "lifetime"
    months: int = 0
    with_delivery: bool = False
    excluded_skus: tuple[str, ...] = ()
    excluded_categories: tuple[str, ...] = ()

    @property
    def skus(self) -> frozenset[str]:
        """Articles that do not count, in small letters."""
        return _folded(self.excluded_skus)

    @property
    def categories(self) -> frozenset[str]:
        """Categories that do not count, in small letters."""
        return _folded(self.excluded_categories)

    def check(self) -> None:
        """Raises DomainError for what cannot be measured."""
        if self.kind == "points" and (self.excluded_skus or self.excluded_categories):
            raise DomainError("earning.level_points_exclude", field="excluded_skus" if self.excluded_skus else "excluded_categories")
        if self.window == "rolling_months" and not 0 < self.months <= MOST_MONTHS:
            raise DomainError("earning.level_months_invalid", field="months", most=MOST_MONTHS)
        for name in ("excluded_skus", "excluded_categories"):
            listed = getattr(self, name)
            if len(listed) > MOST_EXCLUDED:
                raise DomainError("earning.level_too_many_excluded", field=f"{name}.{MOST_EXCLUDED}", most=MOST_EXCLUDED)
            for place, text in enumerate(listed):
                if not text.strip():
                    raise DomainError("earning.selection_empty", field=f"{name}.{place}")
                check_text(text, LONGEST_EXCLUDED, f"{name}.{place}")


@lru_cache(maxsize=256)
def _folded(texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(text.casefold() for text in texts)
