"""Points for a custom event: so many each time, or for each of a number that the event tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar

from earning.domain.attributes import NAME
from earning.domain.event_fields import TYPE
from earning.domain.kinds.stage import DEED, check_points
from earning.domain.selection import NOTHING, Selection
from loyalty.domain.errors import DomainError
from loyalty.domain.points import Rounding


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomEventPoints:
    """`points` for a custom event of a `type` (its code); with `attribute`, for each one of that number among its attributes. No purchase
    brings them, and no return takes them. Programs report the events; `by_customers`: who had one may say so themselves, too.
    """

    stage: ClassVar[int] = DEED
    only: ClassVar[Selection] = NOTHING
    never: ClassVar[Selection] = NOTHING

    type: str
    points: Decimal
    attribute: str = ""
    rounding: Rounding = "floor"
    by_customers: bool = False

    def gives(self, attributes: Mapping[str, Any]) -> Fraction:
        """Points before rounding: none where the number is not told, or is none above zero."""
        if not self.attribute:
            return Fraction(self.points)
        told = attributes.get(self.attribute)
        number = Fraction(told) if isinstance(told, int | Decimal) and not isinstance(told, bool) else Fraction(0)
        return Fraction(self.points) * max(number, Fraction(0))

    def check(self) -> None:
        """Raises DomainError for terms that no rule can have."""
        if not TYPE.match(self.type):
            raise DomainError("earning.rule_event_type_invalid", field="type")
        check_points(self.points)
        if self.attribute and not NAME.match(self.attribute):
            raise DomainError("earning.rule_attribute_invalid", field="attribute")
