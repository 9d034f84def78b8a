"""The kinds of earning rules. A new one is a module here, a field of `TermsOfKind`, and a module in `earning.kinds`."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TypeAlias, cast

from earning.domain.kinds.custom_event import CustomEventPoints
from earning.domain.kinds.instant_reward import InstantReward
from earning.domain.kinds.multiplier import LabelFactor, LevelFactor, Multiplier
from earning.domain.kinds.points_per_amount import PointsPerAmount
from earning.domain.kinds.product_points import ProductPoints

__all__ = [
    "CustomEventPoints", "InstantReward", "LabelFactor", "LevelFactor", "Multiplier", "PointsPerAmount", "ProductPoints",
    "PurchaseTerms", "Terms", "TermsOfKind", "kind_of",
]  # fmt: skip

PurchaseTerms: TypeAlias = PointsPerAmount | ProductPoints | Multiplier | InstantReward
"""Of rules that purchases decide."""
Terms: TypeAlias = PurchaseTerms | CustomEventPoints


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsOfKind:
    """What a rule gives, as facts keep it: the terms of its one kind stand under the kind's name."""

    points_per_amount: PointsPerAmount | None = None
    product_points: ProductPoints | None = None
    multiplier: Multiplier | None = None
    instant_reward: InstantReward | None = None
    custom_event: CustomEventPoints | None = None

    @classmethod
    def of(cls, terms: Terms) -> TermsOfKind:
        """The same terms under the name of their kind."""
        return cls(**{kind_of(terms): terms})  # type: ignore[arg-type]

    @property
    def terms(self) -> Terms:
        """The terms, of whatever kind. Raises LookupError when there are none: a newer program wrote them."""
        for name in KINDS.values():
            if (found := getattr(self, name)) is not None:
                return cast(Terms, found)
        raise LookupError("a rule of a kind that this program does not know")


KINDS: dict[type[Terms], str] = {
    PointsPerAmount: "points_per_amount", ProductPoints: "product_points", Multiplier: "multiplier", InstantReward: "instant_reward",
    CustomEventPoints: "custom_event",
}  # fmt: skip
assert list(KINDS.values()) == [f.name for f in fields(TermsOfKind)]


def kind_of(terms: Terms) -> str:
    """The published name of a kind: "points_per_amount"."""
    return KINDS[type(terms)]
