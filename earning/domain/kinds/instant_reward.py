"""An instant reward: the purchase brings a reward besides its points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from earning.domain.kinds.stage import INSTANT
from earning.domain.selection import NOTHING, Picker, Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class InstantReward:
    """One reward for a purchase that has a line that counts: `only` some, if any are named, and `never` others. Discounts and rounding are
    no goods.
    """

    stage: ClassVar[int] = INSTANT

    reward_id: UUID
    only: Selection = NOTHING
    never: Selection = NOTHING

    def picker(self) -> Picker:
        """The lines that count."""
        return Picker(self.only, self.never, ("discount", "rounding"))

    def check(self) -> None:
        """Raises DomainError for terms that no rule can have."""
        self.only.check("only")
        self.never.check("never")
