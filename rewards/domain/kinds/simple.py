"""Kinds of rewards that take nothing off a purchase by themselves: goods, access, and what a shop makes up itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from loyalty.domain.errors import DomainError
from rewards.domain.checks import check_amount, check_text, check_year

LONGEST_PLACE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeDelivery:
    """The delivery of one purchase costs nothing, or `most` (minor units; None: whatever it costs) less."""

    most: int | None = None

    def check(self) -> None:
        if self.most is not None:
            check_amount(self.most, "most", least=1)

    def worth(self, amount: int, delivery: int, points: int) -> int:
        return max(0, delivery if self.most is None else min(delivery, self.most))


@dataclass(frozen=True, slots=True, kw_only=True)
class EventAccess:
    """A place at an event, or the right to buy something new or scarce first."""

    place: str = ""
    begins_at: datetime | None = None
    ends_at: datetime | None = None

    def check(self) -> None:
        check_text(self.place, LONGEST_PLACE, "place")
        check_year(self.begins_at, "begins_at")
        check_year(self.ends_at, "ends_at")
        if self.begins_at and self.ends_at and self.ends_at <= self.begins_at:
            raise DomainError("rewards.ends_before_start", field="ends_at")

    def worth(self, amount: int, delivery: int, points: int) -> int:
        return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialGift:
    """Something to hold in one's hands; with `delivered` it is sent to an address."""

    sku: str = ""
    delivered: bool = False

    def check(self) -> None:
        check_text(self.sku, 100, "sku")

    def worth(self, amount: int, delivery: int, points: int) -> int:
        return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Custom:
    """What the shop says in the texts of the reward."""

    def check(self) -> None:
        """Nothing can be wrong with it."""

    def worth(self, amount: int, delivery: int, points: int) -> int:
        return 0
