"""What is left of full amounts, and what is missing to the next points, as a customer's account shows it."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from earning import queries
from earning.admin import shown
from earning.domain.wallets import Unit
from earning.kinds.words import points_of


def of_account(found: Sequence[queries.RemainderCard], currency: str, unit: Unit) -> shown.Table | None:
    """A row for each rule in force that carries what is left over to the next purchase, and gives points of the wallet of `unit`."""
    cards = [card for card in found if card.wallet == unit.wallet]
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
                points_of(card.points, unit),
            ]
            for card in cards
        ],
    }
