"""Which rewards go together in one basket."""

from __future__ import annotations

from collections.abc import Sequence

from loyalty.domain.errors import DomainError
from rewards.domain.terms import RewardContent
from rewards.domain.totals import BasketLine

MOST_CHOICES, MOST_LINES = 20, 1000


def check_basket(lines: Sequence[BasketLine], choices: int, currency: str = "") -> None:
    """Raises DomainError for a basket that nobody can buy in `currency`."""
    if not 1 <= len(lines) <= MOST_LINES:
        raise DomainError("rewards.lines_missing", field="lines", most=MOST_LINES)
    if not 1 <= choices <= MOST_CHOICES:
        raise DomainError("rewards.choices_missing", field="choices", most=MOST_CHOICES)
    for place, line in enumerate(lines):
        line.check(f"lines.{place}", currency)


def check_together(chosen: Sequence[RewardContent]) -> None:
    """Raises DomainError `rewards.not_together` for rewards of one exclusive group, and for one that is used alone."""
    for place, one in enumerate(chosen):
        for other in chosen[:place]:
            group = one.terms.exclusive_group
            if one.terms.alone or other.terms.alone or (group and group == other.terms.exclusive_group):
                raise DomainError("rewards.not_together", field=f"choices.{place}", name=one.naming, other=other.naming)
