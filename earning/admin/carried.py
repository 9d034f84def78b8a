"""What is left of full amounts, and what is missing to the next points, as a customer's account shows it."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from earning import queries
from earning.admin import shown
from earning.kinds.words import points_of


def of_customer(cards: Sequence[queries.RemainderCard], currency: str) -> shown.Table | None:
    """A row for each rule in force that carries what is left over to the next purchase."""
    if not cards:
        return None
    return {
        "headers": [_("Rule"), _("Counts already"), _("Still missing"), _("Points")],
        "figures": [1, 2, 3],
        "rows": [
            [
                shown.rule(card.rule_id, card.name, of_level=False),
                shown.money(card.left, currency),
                shown.money(card.missing, currency),
                points_of(card.points),
            ]
            for card in cards
        ],
    }
