"""How codes and figures in the events of earning are read in a history."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from earning.admin import shown
from earning.domain.lines import quantity_text
from earning.wording import LINE_KINDS, REFERENCES, ROUNDINGS
from loyalty.admin.facts import name_codes, name_facts, read_as
from loyalty.house import formats

name_facts(
    {
        "rules_position": _("Rules as of entry"),
        "zone": _("Time zone"),
        "claimed_at": _("Given to the customer"),
        "matched_by": _("Customer found by"),
        "voided_at": _("Voided"),
        "about_id": _("About"),
        "kinds": _("References, the first one first"),
        "programme_id": _("Loyalty program"),
        "set_at": _("Decided"),
    }
)
name_codes("matched_by", REFERENCES)
name_codes("wallet", {"points": _("Points")})
name_codes("standing", {"new": _("New"), "active": _("Active"), "inactive": _("Inactive")})
name_codes("rounding", ROUNDINGS)
name_codes("kind", {"points_per_amount": _("Points per amount")} | LINE_KINDS)
read_as(shown.money, "total", "amount", "amount_kept", "amounts", "per")
read_as(lambda thousandths, _currency: formats.number(Decimal(quantity_text(thousandths)), shown.language()), "quantity")
read_as(lambda basis_points, _currency: formats.percent(basis_points, shown.language()), "tax_rate")
read_as(lambda exact, _currency: formats.number(exact, shown.language()), "unit_price", "points")
