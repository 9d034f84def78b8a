"""What texts and numbers of rewards must be."""

from __future__ import annotations

from datetime import datetime

from loyalty.domain.contact import reaches_somebody
from loyalty.domain.errors import DomainError
from loyalty.domain.money import LARGEST

LINES = "\n\r\t"


def check_text(text: str, longest: int, field: str, *, needed: bool = False) -> None:
    """Raises DomainError for a text that is too long, cannot be shown, or is missing where it is needed."""
    if needed and not text.strip():
        raise DomainError("rewards.text_missing", field=field)
    if len(text) > longest:
        raise DomainError("rewards.text_too_long", field=field, longest=longest)
    if not all(char.isprintable() or char in LINES for char in text):
        raise DomainError("rewards.text_unprintable", field=field)


def check_reaches_nobody(text: str, field: str, currency: str) -> None:
    """Raises DomainError for a text with a phone number or an email address; `currency` (ISO 4217) is the tenant's."""
    if reaches_somebody(text, currency):
        raise DomainError("rewards.text_personal", field=field)


def check_amount(amount: int, field: str, *, least: int = 0, most: int = LARGEST) -> None:
    """Raises DomainError for a number outside of its bounds (minor units, points, basis points or pieces)."""
    if not least <= amount <= most:
        raise DomainError("rewards.number_out_of_range", field=field, least=least, most=most)


def check_year(at: datetime | None, field: str) -> None:
    """Raises DomainError for a year that is out of range."""
    if at is not None and not 2000 <= at.year < 2200:
        raise DomainError("rewards.date_out_of_range", field=field)
