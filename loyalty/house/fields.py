"""Form fields for what people type at a till."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from babel.numbers import get_currency_symbol, get_decimal_symbol, get_group_symbol
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from loyalty.domain.errors import DomainError
from loyalty.domain.money import EXPONENTS, Money
from loyalty.house import formats

SPACES = re.compile(r"[\s\u00a0\u202f]+")
FRACTION = re.compile(r"[\d.,']*\d[.,]\d{1,2}", re.ASCII)
"""An amount with decimals, in any grouping."""
WHOLE = re.compile(r"\d{1,3}(?:(?P<group>[.,'])\d{3}(?:(?P=group)\d{3})*)?|\d+", re.ASCII)


def plain_amount(text: str, decimals: int, decimal: str = "") -> str:
    """What people type to digits with a point: `250.000`, `250,000`, `250 000` → `250000`; with decimals `1.234,5` → `1234.5`.

    A separator followed by three digits groups, wherever the reader comes from; the last one followed by fewer is the
    decimal one. Of a currency with three decimals the reader's own `decimal` one tells them from a group. Raises ValueError for
    anything that could be read in two ways.
    """
    text = SPACES.sub("", text)
    whole, fraction = text, ""
    if decimals and (match := re.fullmatch(rf"(.+)([.,])(\d{{1,{decimals}}})", text, re.ASCII)):
        before, separator, behind = match.groups()
        if len(behind) < 3 or separator == (decimal or separator):
            if separator in before:
                raise ValueError(text)
            whole, fraction = before, behind
    if WHOLE.fullmatch(whole) is None:
        raise ValueError(text)
    digits = re.sub(r"\D", "", whole)
    return f"{digits}.{fraction}" if fraction else digits


class AmountField(forms.Field):
    """An amount of money: `clean` gives integer minor units of `currency`, more than nothing unless `zero` is allowed.

    Give the currency when the form is built: `self.fields["amount"].use(tenant.currency)`, or to the field itself.
    """

    default_error_messages = {
        "invalid": _("Enter an amount, for example %(example)s."),
        "positive": _("Enter an amount above zero."),
        "decimals": _("Amounts in %(currency)s have no decimals. Enter an amount, for example %(example)s."),
        "large": _("This amount is too large."),
    }

    def __init__(self, *, currency: str = "VND", zero: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput)
        super().__init__(**kwargs)
        self.zero = zero
        self.use(currency)

    def __deepcopy__(self, memo: dict[int, Any]) -> AmountField:
        """Each form has its own copy, grouped as the reader of that form groups."""
        copied: AmountField = super().__deepcopy__(memo)
        copied.use(self.currency)
        return copied

    def use(self, currency: str) -> None:
        """Switches to `currency`: its decimals, its sign, and how digits are grouped while typing."""
        self.currency, self.decimals = currency, EXPONENTS[currency]
        locale = formats.known(get_language() or formats.FALLBACK)
        self.symbol = get_currency_symbol(currency, locale=locale)
        self.widget.attrs |= {
            "inputmode": "decimal" if self.decimals else "numeric",
            "autocomplete": "off",
            "data-amount": "",
            "data-decimals": str(self.decimals),
            "data-group": get_group_symbol(locale=locale),
            "data-decimal": get_decimal_symbol(locale=locale),
        }

    def shown(self, minor: int) -> str:
        return formats.scaled(minor, self.decimals, get_language() or formats.FALLBACK)

    def prepare_value(self, value: Any) -> Any:
        """Minor units to what stands in the input; what was typed stays as it was."""
        if isinstance(value, int):
            return self.shown(value)
        return value

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        typed = SPACES.sub("", unicodedata.normalize("NFKC", str(value)))
        try:
            return Money.parse(plain_amount(typed, self.decimals, self.widget.attrs["data-decimal"]), self.currency).minor
        except ValueError:
            told = {"example": self.shown(125050 if self.decimals else 250000), "currency": self.currency}
            why = "decimals" if not self.decimals and FRACTION.fullmatch(typed) else "invalid"
            raise ValidationError(self.error_messages[why], code=why, params=told) from None
        except DomainError:
            raise ValidationError(self.error_messages["large"], code="large") from None

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and value <= 0 and not self.zero:
            raise ValidationError(self.error_messages["positive"], code="positive")


class CurrencySelect(forms.Select):
    """Each currency with what an amount field has to know of it: its decimals and its sign."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        symbol = get_currency_symbol(value, locale=formats.known(get_language() or formats.FALLBACK))
        option["attrs"] |= {"data-decimals": str(EXPONENTS[value]), "data-symbol": symbol}
        return option


class CurrencyField(forms.ChoiceField):
    """One of some currencies: `home`, which nothing means too, or one of the `others`. `of` is the id of the amount's input, if any."""

    def __init__(self, *, home: str, others: Sequence[str], of: str = "", **kwargs: Any) -> None:
        widget = CurrencySelect(attrs={"data-currency-of": of}) if of else forms.Select()
        super().__init__(choices=[(code, code) for code in (home, *others)], initial=home, widget=widget, **kwargs)
        self.home = home

    def clean(self, value: Any) -> str:
        return self.home if value in self.empty_values else str(super().clean(value))

    def meant(self, typed: Any) -> str:
        """The currency in which amounts of the same form are read, whatever was sent."""
        return typed if typed and self.valid_value(typed) else self.home
