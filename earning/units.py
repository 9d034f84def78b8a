"""Amounts of wallets in a reader's language: “5 stars”."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext

from earning.domain.lacking import Later
from earning.domain.wallets import STANDARD_UNITS, Amount, Unit, UnitName
from loyalty.house import formats

OF_A_FRACTION = {"punkt": "punktu", "kupon": "kuponu", "stempel": "stempla", "znaczek": "znaczka"}
"""Polish says of a fraction what it says of one that is not there: of many words as of 2 to 4 (“1,5 gwiazdki”), of these not."""


def phrase(unit: Unit, amount: int, language: str, *, signed: bool = False) -> str:
    """`amount` in the wallet's smallest unit, with what that is called: “5 stars”, “1,5 gwiazdki”."""
    if unit.names == STANDARD_UNITS:
        return formats.points_phrase(amount, language, decimals=unit.decimals, signed=signed)
    return f"{formats.points(amount, language, decimals=unit.decimals, signed=signed)} {word(unit, amount, language)}"


def later_phrase(later: Later, language: str) -> str:
    """“ 500 points are kept aside until 12:03.”, with a blank before each sentence; "" where nothing is on its way."""
    said = ""
    if later.held and later.held_until:
        said += " " + gettext("Kept aside: %(points)s, until %(time)s.") % _told(later.held, later.held_until, language)
    if later.pending and later.pending_until:
        said += " " + gettext("Pending: %(points)s, from %(time)s.") % _told(later.pending, later.pending_until, language)
    return said


def _told(points: Amount, at: datetime, language: str) -> dict[str, str]:
    return {"points": phrase(points.unit, points, language), "time": formats.day_and_clock(at, get_current_timezone(), language)}


def word(unit: Unit, amount: int, language: str) -> str:
    """What so many of the smallest unit are called."""
    name, exact = _name(unit, language), Decimal(abs(amount)).scaleb(-unit.decimals).normalize()
    form = formats.known(language).plural_form(exact)
    if form == "one":
        return name.singular
    if exact != exact.to_integral_value():
        return OF_A_FRACTION.get(name.singular) or name.few or name.plural
    return name.few or name.plural if form == "few" else name.plural


def several(unit: Unit, language: str) -> str:
    """What they are called without a number: “stars”, “gwiazdki”."""
    name = _name(unit, language)
    return name.few or name.plural


def _name(unit: Unit, language: str) -> UnitName:
    return next((name for name in unit.names if name.language == formats.known(language).language), unit.names[0])
