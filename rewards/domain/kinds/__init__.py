"""The kinds of rewards. A new one is a class here, a field of `BenefitOfKind`, and a line in `KINDS`."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from operator import attrgetter
from typing import Any, TypeAlias, cast

from rewards.domain.kinds.discounts import Cashback, DiscountAmount, DiscountPercent, FreeProduct, ValueCode
from rewards.domain.kinds.lucky_draw import LuckyDraw, Prize, drawn
from rewards.domain.kinds.simple import Custom, EventAccess, FreeDelivery, MaterialGift

__all__ = [
    "KINDS", "Benefit", "BenefitOfKind", "Cashback", "Custom", "DiscountAmount", "DiscountPercent", "EventAccess", "FreeDelivery",
    "FreeProduct", "LuckyDraw", "MaterialGift", "Prize", "ValueCode", "drawn", "kind_of",
]  # fmt: skip

Benefit: TypeAlias = (
    DiscountAmount | DiscountPercent | ValueCode | FreeDelivery | EventAccess | MaterialGift | Cashback | FreeProduct | LuckyDraw | Custom
)
"""What a reward gives. Each kind says what is wrong with it (`check`), and what it takes off goods and a delivery (`worth`)."""


@dataclass(frozen=True, kw_only=True)
class BenefitOfKind:
    """What a reward gives, as facts keep it: it stands under the name of its kind."""

    discount_amount: DiscountAmount | None = None
    discount_percent: DiscountPercent | None = None
    value_code: ValueCode | None = None
    free_delivery: FreeDelivery | None = None
    event_access: EventAccess | None = None
    material_gift: MaterialGift | None = None
    cashback: Cashback | None = None
    free_product: FreeProduct | None = None
    lucky_draw: LuckyDraw | None = None
    custom: Custom | None = None

    @classmethod
    def of(cls, benefit: Benefit) -> BenefitOfKind:
        """The same under the name of its kind."""
        return cls(**{kind_of(benefit): cast(Any, benefit)})

    @property
    def all(self) -> list[Benefit]:
        """What stands in it, of whatever kind: one, where nothing is wrong."""
        return [cast(Benefit, found) for name in KINDS.values() if (found := getattr(self, name)) is not None]

    @cached_property
    def benefit(self) -> Benefit:
        """What it gives. Raises LookupError when there is nothing: a newer program wrote it."""
        for found in ALL_KINDS(self):
            if found is not None:
                return cast(Benefit, found)
        raise LookupError("a reward of a kind that this program does not know")


KINDS: dict[type[Benefit], str] = {
    DiscountAmount: "discount_amount",
    DiscountPercent: "discount_percent",
    ValueCode: "value_code",
    FreeDelivery: "free_delivery",
    EventAccess: "event_access",
    MaterialGift: "material_gift",
    Cashback: "cashback",
    FreeProduct: "free_product",
    LuckyDraw: "lucky_draw",
    Custom: "custom",
}
ALL_KINDS = attrgetter(*KINDS.values())
assert list(KINDS.values()) == [f.name for f in fields(BenefitOfKind)]


def kind_of(benefit: Benefit) -> str:
    """The published name of a kind: "discount_amount"."""
    return KINDS[type(benefit)]
