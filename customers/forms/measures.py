"""Numbers of criteria as people type them: amounts of money, points of a wallet, days, percent, how many."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.formats import get_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from customers.domain.criteria import CriterionKind
from earning.queries import wallet
from loyalty.house import formats
from loyalty.house.fields import AmountField, plain_amount

MONEY: frozenset[CriterionKind] = frozenset({"total", "average"})
INVALID = _("Enter a number without separators of thousands, such as 1000 or 2.5.")


def measured(kind: CriterionKind, typed: str, wallet_code: str, currency: str) -> int | None:
    """What was typed, in the smallest unit; None for nothing. Raises ValidationError."""
    text = unicodedata.normalize("NFKC", typed).strip()
    if not text:
        return None
    if kind in MONEY:
        amount: int = AmountField(currency=currency, zero=True).clean(text)
        return amount
    decimals = wallet(wallet_code).decimals if kind == "points" else 0
    try:
        sign, digits = (-1, text[1:]) if text[:1] in {"-", "−"} else (1, text)
        exact = Decimal(plain_amount(digits.replace(" ", ""), decimals, get_format("DECIMAL_SEPARATOR"))).scaleb(decimals)
    except (ValueError, ArithmeticError):
        raise ValidationError(INVALID) from None
    if exact != exact.to_integral_value() or exact.adjusted() > 18:
        raise ValidationError(INVALID)
    return sign * int(exact)


def shown_measure(kind: CriterionKind, number: int | None, wallet_code: str, currency: str) -> Any:
    """The same as it stands in the field."""
    if number is None:
        return ""
    if kind in MONEY:
        return AmountField(currency=currency).shown(number)
    decimals = wallet(wallet_code).decimals if kind == "points" else 0
    return formats.scaled(number, decimals, get_language() or formats.FALLBACK) if decimals else str(number)
