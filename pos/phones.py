"""Phone numbers of businesses as people type them, hotlines too."""

from __future__ import annotations

import unicodedata

import phonenumbers

from loyalty.domain.errors import DomainError
from loyalty.domain.phone import E164

LONGEST_TYPED = 40


def business_phone(text: str | None, region: str) -> str | None:
    """What was typed, as E.164; None for nothing. `region` (ISO 3166) is the country meant when none is typed.

    Raises DomainError `pos.phone_invalid`. Unlike a customer's, the number may be a hotline or a freephone number.
    """
    typed = unicodedata.normalize("NFKC", text or "").strip()
    if not typed:
        return None
    try:
        number = phonenumbers.parse(typed[: LONGEST_TYPED + 1], region)
    except phonenumbers.NumberParseException:
        raise DomainError("pos.phone_invalid", field="phone") from None
    formatted = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if len(typed) > LONGEST_TYPED or number.extension or not phonenumbers.is_valid_number(number) or not E164.match(formatted):
        raise DomainError("pos.phone_invalid", field="phone")
    return formatted
