"""Prices and tax rates of lines, as people type them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from earning.forms.fields import PercentField, PriceField


def price(typed: str, currency: str) -> object:
    return PriceField(currency=currency, required=False).clean(typed)


@pytest.mark.parametrize(
    ("typed", "currency", "exact"),
    [
        ("45000", "VND", "45000"), ("45.000", "VND", "45000"), ("45,000", "VND", "45000"), ("1.234.567", "VND", "1234567"),
        ("４５．０００", "VND", "45000"), ("1234,5", "VND", "1234.5"), ("0.125", "VND", "0.125"), ("0", "VND", "0"),
        ("12.50", "PLN", "12.50"), ("12,5", "PLN", "12.5"), ("1.5275", "PLN", "1.5275"), ("1 234,567891", "PLN", "1234.567891"),
        ("1.234,567", "PLN", "1234.567"), ("0,125", "PLN", "0.125"), ("1,234,567", "PLN", "1234567"),
    ],
)  # fmt: skip
def test_a_price_keeps_all_its_decimals(typed: str, currency: str, exact: str) -> None:
    assert price(typed, currency) == Decimal(exact)


def test_a_price_that_can_be_read_in_two_ways_is_asked_for_again() -> None:
    with pytest.raises(ValidationError, match=r"Enter 1234 or 1\.2340"):
        price("1.234", "PLN")
    assert price("1.2340", "PLN") == Decimal("1.234")
    assert price("", "PLN") is None


@pytest.mark.parametrize("typed", ["many", "-5", "1e5", "NaN", "Infinity", "1..2", "1.2.3", "1.2345678", "9" * 16, "9" * 400, "1\0", "½"])
def test_what_is_no_price_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        price(typed, "VND")


@pytest.mark.parametrize(
    ("typed", "points"), [("8", 800), ("8 %", 800), ("7,5%", 750), ("0.01", 1), ("0", 0), ("100", 10_000), ("２３％", 2300), ("", None)]
)
def test_a_tax_rate_is_typed_in_percent(typed: str, points: int | None) -> None:
    assert PercentField(required=False).clean(typed) == points


@pytest.mark.parametrize("typed", ["101", "100.01", "-1", "8.125", "many", "8%%", "1e1", "NaN", "1.000", "9" * 50, "8\0"])
def test_what_is_no_tax_rate_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        PercentField(required=False).clean(typed)
