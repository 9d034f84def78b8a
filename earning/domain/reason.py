"""Why somebody did what needs a reason."""

from __future__ import annotations

import unicodedata

from loyalty.domain.errors import DomainError

LONGEST_REASON = 500


def check_reason(reason: str) -> str:
    """The reason without blanks around it. Raises DomainError when there is none, or it is none."""
    text = unicodedata.normalize("NFC", reason).strip()
    if not text:
        raise DomainError("earning.reason_missing", field="reason")
    if len(text) > LONGEST_REASON or not text.isprintable():
        raise DomainError("earning.reason_invalid", field="reason", longest=LONGEST_REASON)
    return text
