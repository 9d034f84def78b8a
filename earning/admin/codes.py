"""How codes and figures in the events of earning are read in a history."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from earning import queries
from earning.admin import shown
from earning.domain.lines import quantity_text
from earning.domain.wallets import POINTS, Unit
from earning.events import WalletConfigured
from earning.kinds.words import amount_of, points_of
from earning.wording import LINE_KINDS, REFERENCES, ROUNDINGS
from loyalty.admin.facts import Around, name_codes, name_facts, read_as
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


def _money(minor: int, around: Around) -> str:
    """In the currency of its document."""
    return shown.money(minor, around.fact("currency") or around.currency)


def _counted(minor: int, around: Around) -> str:
    """In the programme's currency, whatever that of the document."""
    return shown.money(minor, around.currency)


def unit_around(around: Around) -> Unit:
    """What the points of a fact are counted in: the wallet that is named nearest to it."""
    terms = around.part(WalletConfigured)
    if terms is not None:
        return Unit(wallet=terms.code, decimals=terms.decimals, names=terms.units)
    return around.once(queries.wallets_here).unit(around.fact("wallet") or POINTS)


def _points(points: Decimal | int, around: Around) -> str:
    """“120 stars”: a rule says whole units, everything else the smallest."""
    unit = unit_around(around)
    return points_of(points, unit) if isinstance(points, Decimal) else amount_of(unit, points)


def _most(most: int, around: Around) -> str:
    """Of times or points, as the limit says."""
    return formats.number(most, shown.language()) if around.fact("of") == "times" else _points(most, around)


read_as(_money, "total", "amount", "amount_kept", "line_shares", "per")
read_as(_counted, "amounts", "minimum", "maximum")
read_as(_points, "points", "owed", "waived", "expired", "cancelled", "left", "lost", "wanted", "enough", "approval_above")
read_as(_most, "most")
read_as(lambda thousandths, _around: formats.number(Decimal(quantity_text(thousandths)), shown.language()), "quantity")
read_as(lambda basis_points, _around: formats.percent(basis_points, shown.language()), "tax_rate", "discount")
read_as(lambda exact, _around: formats.number(exact, shown.language()), "unit_price")
