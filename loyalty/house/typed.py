"""Fields for moments, numbers, percentages and points, as people type them."""

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

from loyalty.domain.points import LARGEST
from loyalty.house import formats
from loyalty.house.fields import plain_amount

TYPED = re.compile(r"\d{1,12}(?:[.,]\d{1,6})?", re.ASCII)
TWO_READINGS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
YEARS = range(1900, 9999)
FROM_NOW = _("Leave it empty for now.")
ENDS = _("Leave it empty for now. What is to count through 31 January ends on 1 February at 0:00.")
WHOLE = 10_000
"""Basis points of everything."""


class MomentField(forms.DateTimeField):
    """A date and time of the tenant's zone; nothing means now, unless it is `required`."""

    def __init__(self, *, required: bool = False, **kwargs: Any) -> None:
        super().__init__(required=required, **kwargs)

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


class PercentField(NumberField):
    """A percentage from 0 to 100, with a percent sign or without: `clean` gives basis points, or None for nothing."""

    default_error_messages = {"invalid": _("Enter a percentage between 0 and 100 with at most two decimals, such as 8 or 7.5.")}

    def to_python(self, value: Any) -> int | None:
        percent = super().to_python(re.sub(r"\s*[%\ufe6a\uff05]\s*$", "", str(value or "")))
        if percent is None:
            return None
        points = percent * 100
        if points > WHOLE or points != int(points):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return int(points)


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


def points_as_typed(amount: int, places: int) -> str:
    """The smallest unit of a wallet with so many decimals as the reader would type it."""
    return as_typed(Decimal(amount).scaleb(-places))


class CountField(forms.CharField):
    """A whole number, or points of a wallet with decimals (`places`): `clean` gives it in the smallest unit, None for nothing typed."""

    def __init__(self, *, places: int = 0, required: bool = False, **kwargs: Any) -> None:
        mode = "decimal" if places else "numeric"
        widget = forms.TextInput(attrs={"inputmode": mode, "autocomplete": "off"})
        super().__init__(required=required, max_length=40, widget=widget, **kwargs)
        self.places = places

    def clean(self, value: Any) -> Any:
        typed = super().clean(value).strip()
        if not typed:
            return None
        return 0 if typed in {"0", "０"} else smallest_units(typed, self.places)

    def prepare_value(self, value: Any) -> Any:
        return points_as_typed(value, self.places) if isinstance(value, int) else value
