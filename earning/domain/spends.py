"""What an account remembers of points that were spent."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

from earning.events import PointsSpent


@dataclass(slots=True)
class Spend:
    """What was spent, and which of it came back."""

    event: PointsSpent
    restored: Counter[UUID] = field(default_factory=Counter)
    """Points by lot; under the id of the spend those that the account had not had itself."""
    waived_before: int = 0
    """What the account had ever been let off until then: for want of later spends."""
