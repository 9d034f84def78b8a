"""Fields of the forms of earning: moments, points and quantities, as people type them."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from babel.numbers import get_decimal_symbol
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from earning.commands import Thousandths, quantity_of
from earning.domain.exchange import MOST_DECIMALS
from earning.domain.lines import LARGEST_TAX, PRICE_DECIMALS, check_price
from loyalty.domain.errors import DomainError
from loyalty.domain.money import EXPONENTS
from loyalty.domain.points import LARGEST
from loyalty.house import formats
from loyalty.house.fields import SPACES, plain_amount
from loyalty.messages.refusals import message

TYPED = re.compile(r"\d{1,12}(?:[.,]\d{1,6})?", re.ASCII)
TWO_READINGS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
YEARS = range(1900, 9999)
FROM_NOW = _("Leave it empty for now.")
ENDS = _("Leave it empty for now. What is to count through 31 January ends on 1 February at 0:00.")


class MomentField(forms.DateTimeField):
    """A date and time of the tenant's zone; nothing means now."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def to_python(self, value: Any) -> datetime | None:
        typed = unicodedata.normalize("NFKC", value) if isinstance(value, str) else value
        at = super().to_python(typed)
        if at is None:
            return None
        if at.year not in YEARS:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return at.astimezone(UTC)


class NumberField(forms.Field):
    """A number above or below zero with few decimals, such as “2.5” or “2,5”; thousands are not separated."""

    default_error_messages = {"invalid": _("Enter a number without separators of thousands, such as 1000 or 2.5.")}
    typed = TYPED

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}), **kwargs)

    def to_python(self, value: Any) -> Any:
        typed = unicodedata.normalize("NFKC", str(value or "")).strip()
        if not typed:
            return None
        if not self.typed.fullmatch(typed):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        # “1.000” is one to some and a thousand to others.
        if TWO_READINGS.fullmatch(typed):
            raise self.two_readings(typed)
        return Decimal(typed.replace(",", "."))

    def two_readings(self, typed: str) -> ValidationError:
        """What is said of a number that means one thing to some and another to others."""
        return ValidationError(self.error_messages["invalid"], code="invalid")


class RateField(NumberField):
    """An exchange rate with all its decimals; one that can be read in two ways is asked for again."""

    default_error_messages = {"invalid": _("Enter a rate without separators of thousands, such as 25400 or 0.0000394.")}
    typed = re.compile(rf"\d{{1,12}}(?:[.,]\d{{1,{MOST_DECIMALS}}})?", re.ASCII)

    def two_readings(self, typed: str) -> ValidationError:
        return readings_of(typed)


class PercentField(NumberField):
    """A percentage from 0 to 100, with a percent sign or without: `clean` gives basis points, or None for nothing."""

    default_error_messages = {"invalid": _("Enter a percentage between 0 and 100 with at most two decimals, such as 8 or 7.5.")}

    def to_python(self, value: Any) -> int | None:
        percent = super().to_python(re.sub(r"\s*[%\ufe6a\uff05]\s*$", "", str(value or "")))
        if percent is None:
            return None
        points = percent * 100
        if points > LARGEST_TAX or points != int(points):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return int(points)


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


def readings_of(typed: str) -> ValidationError:
    """What is said of “1.234”, which is a thousand to some and a little more than one to others."""
    told = {"whole": re.sub(r"\D", "", typed), "fraction": f"{typed}0"}
    return ValidationError(_("This can be read in two ways. Enter %(whole)s or %(fraction)s."), code="invalid", params=told)


def as_typed(exact: Decimal) -> str:
    """As the reader would type it: “2.5” in English, “2,5” in Vietnamese; thousands are not grouped, and nothing reads in two ways."""
    digits = f"{exact.normalize():f}".replace(".", get_decimal_symbol(locale=formats.known(get_language() or formats.FALLBACK)))
    return f"{digits}0" if TWO_READINGS.fullmatch(digits) else digits


def smallest_units(typed: str, places: int) -> int:
    """What people type of points, such as “1.000” or “2,5”, in the smallest unit of a wallet with so many decimals.

    Raises ValidationError for what is no number above zero, has more decimals, or can be read in two ways.
    """
    try:
        amount = int(Decimal(plain_amount(unicodedata.normalize("NFKC", typed), places)).scaleb(places))
    except ValueError:
        amount = 0
    if 0 < amount <= LARGEST:
        return amount
    if places:
        raise ValidationError(
            _("Enter a number above zero with at most so many decimals: %(decimals)s.") % {"decimals": places}, code="invalid"
        )
    raise ValidationError(_("Enter a whole number above zero."), code="invalid")


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
