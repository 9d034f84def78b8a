"""What a rule promises, and what it gave."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from earning.domain.kinds import (
    CustomEventPoints,
    InstantReward,
    LabelFactor,
    LevelFactor,
    Multiplier,
    PointsPerAmount,
    ProductPoints,
    PurchaseTerms,
    Terms,
    TermsOfKind,
    kind_of,
)

__all__ = [
    "Contribution", "CustomEventPoints", "InstantReward", "LabelFactor", "LevelFactor", "Multiplier", "PointsPerAmount",
    "ProductPoints", "PurchaseTerms", "RewardDue", "Terms", "TermsOfKind", "Wallet", "kind_of",
]  # fmt: skip

Wallet = str
"""The code of a wallet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """What one version of a rule gave for a purchase, or what was taken back of it.

    `amounts` says for each line of the document, in order, how much of its value (minor units) counted, and nothing for a custom event;
    `points` is what the rule made of them, in the smallest unit of the `wallet`. A multiplier's points are what it added to those of
    other rules.
    """

    rule_id: UUID
    version: int
    wallet: Wallet = "points"
    points: int
    amounts: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardDue:
    """A reward that one version of a rule gave for a purchase."""

    rule_id: UUID
    version: int
    reward_id: UUID
