"""Fields of the forms of earning: prices, rates and quantities, as people type them."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from earning.commands import Thousandths, quantity_of
from earning.domain.exchange import MOST_DECIMALS
from earning.domain.lines import PRICE_DECIMALS, check_price
from loyalty.domain.errors import DomainError
from loyalty.domain.money import EXPONENTS
from loyalty.house.fields import SPACES, plain_amount
from loyalty.house.typed import ENDS, FROM_NOW, TWO_READINGS, MomentField, NumberField, PercentField, as_typed, readings_of, smallest_units
from loyalty.messages.refusals import message

__all__ = [
    "ENDS", "FROM_NOW", "MomentField", "NumberField", "PercentField", "PriceField", "QuantityField", "RateField", "as_typed",
    "smallest_units",
]  # fmt: skip


class RateField(NumberField):
    """An exchange rate with all its decimals; one that can be read in two ways is asked for again."""

    default_error_messages = {"invalid": _("Enter a rate without separators of thousands, such as 25400 or 0.0000394.")}
    typed = re.compile(rf"\d{{1,12}}(?:[.,]\d{{1,{MOST_DECIMALS}}})?", re.ASCII)

    def two_readings(self, typed: str) -> ValidationError:
        return readings_of(typed)


class PriceField(NumberField):
    """A price with all its decimals, such as “1.5275”: `clean` gives an exact Decimal.

    Three digits behind one separator are thousands in a currency without decimals, and asked for again in any other.
    """

    default_error_messages = {"invalid": _("Enter a price, such as %(example)s.")}

    def __init__(self, *, currency: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.decimals = EXPONENTS[currency]

    def to_python(self, value: Any) -> Decimal | None:
        typed = SPACES.sub("", unicodedata.normalize("NFKC", str(value or "")))
        if self.decimals and TWO_READINGS.fullmatch(typed):
            raise readings_of(typed)
        try:
            price = Decimal(_plain_price(typed)) if typed else None
        except ValueError:
            told = {"example": "12.50" if self.decimals else "45000"}
            raise ValidationError(self.error_messages["invalid"], code="invalid", params=told) from None
        if price is not None:
            _check_price(price)
        return price


def _plain_price(typed: str) -> str:
    """Digits with a point. Raises ValueError for what is no price."""
    try:
        return plain_amount(typed, PRICE_DECIMALS if typed.startswith("0") else 0)
    except ValueError:
        return plain_amount(typed, PRICE_DECIMALS)


def _check_price(price: Decimal) -> None:
    try:
        check_price(price, "unit_price")
    except DomainError as refusal:
        raise ValidationError(message(refusal), code="invalid") from None


class QuantityField(NumberField):
    """A quantity: `clean` gives thousandths, or None for nothing typed, and with `zero` for 0 too."""

    def __init__(self, *, zero: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.zero = zero

    def to_python(self, value: Any) -> Thousandths | None:
        typed = super().to_python(value)
        try:
            return None if typed is None or (self.zero and not typed) else quantity_of(typed)
        except DomainError as refusal:
            raise ValidationError(message(refusal), code="invalid") from None
