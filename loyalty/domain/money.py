"""Money: integer minor units of an ISO 4217 currency. Never a float."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from loyalty.domain.errors import DomainError

EXPONENTS = {
    "VND": 0, "JPY": 0, "KRW": 0, "EUR": 2, "GBP": 2, "PLN": 2, "USD": 2, "AUD": 2, "CAD": 2, "CHF": 2, "CNY": 2, "CZK": 2, "DKK": 2,
    "HKD": 2, "HUF": 2, "INR": 2, "KWD": 3, "MYR": 2, "NOK": 2, "RON": 2, "SEK": 2, "SGD": 2, "THB": 2, "TWD": 2, "UAH": 2,
}  # fmt: skip
"""Decimals of each currency that a programme or a purchase may be in (ISO 4217, minor unit column)."""
LARGEST = 10**15
"""Largest amount in minor units: sums of a hundred such still fit a BIGINT."""


@dataclass(frozen=True, slots=True)
class Money:
    """`minor` units (đồng, pence, grosz) of `currency`. Raises DomainError for an unknown currency or a huge amount."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if self.currency not in EXPONENTS:
            raise DomainError("money.unknown_currency", currency=self.currency)
        if abs(self.minor) > LARGEST:
            raise _too_large(self.currency)

    @classmethod
    def parse(cls, text: str | Decimal | int, currency: str) -> Money:
        """Exact amount in major units ("12.50") to minor units; more decimals than the currency has are refused."""
        if currency not in EXPONENTS:
            raise DomainError("money.unknown_currency", currency=currency)
        try:
            scaled = Decimal(text).scaleb(EXPONENTS[currency])
            minor = int(scaled) if scaled.is_finite() and abs(scaled) <= LARGEST else None
        except (InvalidOperation, ValueError):
            raise DomainError("money.not_a_number", field="amount") from None
        if minor is None:
            raise _too_large(currency)
        if minor != scaled:
            raise DomainError("money.too_many_decimals", field="amount", decimals=EXPONENTS[currency])
        return cls(minor, currency)

    @property
    def major(self) -> Decimal:
        return Decimal(self.minor).scaleb(-EXPONENTS[self.currency])

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise DomainError("money.other_currency", expected=self.currency, given=other.currency)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return self + Money(-other.minor, other.currency)


def _too_large(currency: str) -> DomainError:
    return DomainError("money.too_large", field="amount", most=Money(LARGEST, currency))


def share_half_up(total: int, part: int, whole: int) -> int:
    """`total` × `part` ÷ `whole` rounded half up (away from zero), in integers.

    It is the value of the goods kept of a line: `share_half_up(line_total, kept, bought)`.
    """
    sign = -1 if (total < 0) != (part < 0) else 1
    return sign * ((2 * abs(total) * abs(part) + whole) // (2 * whole))


def spread(worth: int, bases: Sequence[int]) -> list[int]:
    """`worth` in whole units over `bases` by their size; what is left of the rounding goes to the largest remainders."""
    whole = sum(bases)
    if not whole:
        return [0] * len(bases)
    shares = [worth * base // whole for base in bases]
    places = sorted(range(len(bases)), key=lambda n: (-(worth * bases[n] % whole), n))
    for place in places[: worth - sum(shares)]:
        shares[place] += 1
    return shares
