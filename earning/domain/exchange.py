"""Purchases in another currency than the programme's: converted once, at a rate that stays with the purchase."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import NamedTuple

from earning.domain.lines import LARGEST_TOTAL, Line, check_total
from loyalty.domain.errors import DomainError
from loyalty.domain.money import EXPONENTS, Money
from loyalty.domain.points import rounded

LARGEST_RATE = 10**9
MOST_DECIMALS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What a purchase in another currency is worth in the programme's `currency`, at `rate`: units of it for one unit of the other.

    `lines` say what each line is worth, in minor units; they add up to `total`.
    """

    currency: str
    rate: Decimal
    total: int
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """An amount in another currency, worth so much in the programme's `currency` (minor units)."""

    currency: str
    amount: int


class RateSince(NamedTuple):
    """A rate that holds for purchases made from `since` on."""

    since: datetime
    rate: Decimal


def plain(rate: Decimal) -> Decimal:
    """The same without needless zeros."""
    whole = rate.to_integral_value()
    return whole if whole == rate else rate.normalize()


def rate_at(rates: Sequence[RateSince], currency: str, into: str, at: datetime) -> Decimal:
    """The rate of `currency` at `at`, of `rates` in their order. Raises DomainError `earning.exchange_rate_missing`, or
    `earning.exchange_rate_later` with the first moment (`since`) that has one.
    """
    held = [one.rate for one in rates if one.since <= at]
    if not held and rates:
        raise DomainError("earning.exchange_rate_later", field="currency", currency=currency, into=into, since=rates[0].since)
    if not held:
        raise DomainError("earning.exchange_rate_missing", field="currency", currency=currency, into=into)
    return plain(held[-1])


def exchange(lines: Sequence[Line], currency: str, rate: Decimal, into: str) -> Exchange:
    """What `lines` in `currency` are worth: the sum is rounded half up, and told apart by the largest remainder, the first line first."""
    scale = Fraction(10) ** (EXPONENTS[into] - EXPONENTS[currency])
    exact = [line.total * Fraction(rate) * scale for line in lines]
    total, worths = rounded(sum(exact, Fraction(0)), "half_up"), [floor(one) for one in exact]
    by_remainder = sorted(range(len(exact)), key=lambda n: (worths[n] - exact[n], n))
    for number in by_remainder[: total - sum(worths)]:
        worths[number] += 1
    return Exchange(currency=into, rate=rate, total=total, lines=tuple(worths))


def check_exchange(made: Exchange) -> None:
    """Raises DomainError for what is worth more than any purchase."""
    check_total(made.total, made.currency)
    if any(abs(worth) > LARGEST_TOTAL for worth in made.lines):
        raise DomainError("money.too_large", field="total", most=Money(LARGEST_TOTAL, made.currency))


def check_rate(currency: str, rate: Decimal, into: str) -> None:
    """Raises DomainError for a rate that cannot be."""
    if currency not in EXPONENTS:
        raise DomainError("money.unknown_currency", field="currency", currency=currency)
    if currency == into:
        raise DomainError("earning.exchange_rate_of_its_own", field="currency", currency=currency)
    if not rate.is_finite() or not 0 < rate <= LARGEST_RATE or rate.as_tuple().exponent < -MOST_DECIMALS:  # type: ignore[operator]
        raise DomainError("earning.exchange_rate_invalid", field="rate", most=LARGEST_RATE, decimals=MOST_DECIMALS)
