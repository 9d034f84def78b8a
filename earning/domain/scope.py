"""What all kinds of rules have in common: for which purchases a rule is, and how it stands beside others."""

from __future__ import annotations

from dataclasses import dataclass

from earning.domain.basket import Basket
from earning.domain.lines import LARGEST_TOTAL, check_text
from loyalty.domain.errors import DomainError

LONGEST_GROUP = 40
MOST_PRIORITY = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleScope:
    """When a rule counts, and beside which others.

    `minimum` ≤ total of the purchase ≤ `maximum` (minor units; None: no limit). Higher `priority` comes first, then the older rule.
    A rule that `stops` and did apply keeps later rules of its kind from applying; of the rules of one `group` the first counts.
    """

    priority: int = 0
    stops: bool = False
    group: str = ""
    minimum: int | None = None
    maximum: int | None = None

    def fits(self, basket: Basket) -> bool:
        """Whether the purchase is one that the rule is for."""
        return (self.minimum is None or basket.total >= self.minimum) and (self.maximum is None or basket.total <= self.maximum)

    def check(self) -> None:
        """Raises DomainError for what no rule can have."""
        if abs(self.priority) > MOST_PRIORITY:
            raise DomainError("earning.rule_priority_invalid", field="priority", most=MOST_PRIORITY)
        check_text(self.group, LONGEST_GROUP, "group")
        for field in ("minimum", "maximum"):
            bound = getattr(self, field)
            if bound is not None and not 0 <= bound <= LARGEST_TOTAL:
                raise DomainError("earning.rule_basket_invalid", field=field)
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise DomainError("earning.rule_basket_impossible", field="maximum")


EVERYTHING = RuleScope()
