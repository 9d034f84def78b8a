"""How facts that were written in older shapes are read today."""

from __future__ import annotations

from typing import Any

from loyalty.eventstore.codec import upcaster


@upcaster("earning.rule_created", from_version=1)
@upcaster("earning.rule_changed", from_version=1)
def name_the_kind(plain: dict[str, Any]) -> dict[str, Any]:
    """Once all rules gave points per amount; now terms stand under the name of their kind."""
    return plain | {"terms": {"points_per_amount": plain["terms"]}}
