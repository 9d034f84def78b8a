"""Figures of rules in the reader's language."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from earning.domain.kinds.stage import decimals
from earning.domain.wallets import Unit
from earning.units import phrase
from loyalty.house import formats

END_OF_DAY = 24 * 60
ROUNDINGS = {
    "floor": _("rounded down"),
    "ceil": _("rounded up"),
    "half_up": _("rounded to the nearest whole number"),
}


def points_of(points: Decimal, unit: Unit) -> str:
    """“1 point”, “2.5 stars”: so many whole units of a wallet."""
    places = decimals(points)
    return phrase(replace(unit, decimals=places), int(points.scaleb(places)), language())


def amount_of(unit: Unit, amount: int) -> str:
    """“1,250 stars”: so many of the smallest unit of a wallet."""
    return phrase(unit, amount, language())


def number(exact: Decimal) -> str:
    """“2.5”."""
    return formats.number(exact.normalize(), language())


def money(minor: int, currency: str) -> str:
    """“₫10,000”."""
    return formats.money(minor, currency, language())


def language() -> str:
    """The reader's."""
    return get_language() or formats.FALLBACK


def moment(at: datetime, zone: str) -> str:
    """A date and time on the clock of `zone`."""
    return formats.day_and_clock(at, ZoneInfo(zone), language())


def since(at: datetime, zone: str) -> str:
    """When something begins on the clock of `zone`: a day alone where it begins with it."""
    clock = ZoneInfo(zone)
    return formats.day(at, clock, language()) if formats.is_midnight(at, clock) else moment(at, zone)


def until(at: datetime, zone: str) -> str:
    """When something ends: “31 Jan 2026 inclusive” where that is with a day, as people say it; else date and time."""
    return formats.end(at, ZoneInfo(zone), language())


def day(on: date) -> str:
    """A day as people write it."""
    return formats.day(on, ZoneInfo("UTC"), language())


def weekday(number: int) -> str:
    """“Monday” for 0."""
    return formats.weekday(number + 1, language())


def clock(minute: int) -> str:
    """“8:30 AM” for the 510th minute of a day; its end is 24:00."""
    if minute >= END_OF_DAY:
        return "24:00"
    return formats.clock(time(minute // 60, minute % 60), ZoneInfo("UTC"), language())


def month(number: int) -> str:
    """“January” for 1."""
    return format_date(date(2024, number, 1), "LLLL", locale=formats.known(language()))
