"""Figures of rules in the reader's language."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from earning.domain.kinds.stage import decimals
from loyalty.house import formats

ROUNDINGS = {
    "floor": _("rounded down"),
    "ceil": _("rounded up"),
    "half_up": _("rounded to the nearest whole number"),
}


def points_of(points: Decimal) -> str:
    """“1 point”, “2.5 points”."""
    places = decimals(points)
    return formats.points_phrase(int(points.scaleb(places)), language(), decimals=places)


def number(exact: Decimal) -> str:
    """“2.5”."""
    return formats.number(exact.normalize(), language())


def money(minor: int, currency: str) -> str:
    """“₫10,000”."""
    return formats.money(minor, currency, language())


def language() -> str:
    """The reader's."""
    return get_language() or formats.FALLBACK
