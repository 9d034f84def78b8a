"""What people write about a shop, in one normal form."""

from __future__ import annotations

import re
import unicodedata

from loyalty.domain.errors import DomainError

LONGEST_NAME = 100
LONGEST_DESCRIPTION = 500
LONGEST_ADDRESS = 300
LONGEST_EMAIL = 254
_SHOWN_NOWHERE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_EMAIL = re.compile(r"[^\s@<>(),;:\\\"\[\]]{1,64}@(?:[\w-]{1,63}\.)+[\w-]{2,63}\Z")


def plain(text: str, field: str, longest: int) -> str:
    """`text` in NFC on one line, with single blanks.

    Raises DomainError `pos.unprintable_text` for characters that cannot be shown, `pos.text_too_long` beyond `longest`.
    """
    normal = " ".join(unicodedata.normalize("NFC", text).split())
    if any(unicodedata.category(c) in _SHOWN_NOWHERE for c in normal):
        raise DomainError("pos.unprintable_text", field=field)
    if len(normal) > longest:
        raise DomainError("pos.text_too_long", field=field, longest=longest, length=len(normal))
    return normal


def name(text: str) -> str:
    """A name that says something. Raises DomainError `pos.name_missing`, and what `plain` does."""
    if not (normal := plain(text, "name", LONGEST_NAME)):
        raise DomainError("pos.name_missing", field="name")
    return normal


def email(text: str | None) -> str | None:
    """A business address in lower case; None for none. Raises DomainError `pos.email_invalid`."""
    normal = unicodedata.normalize("NFC", text or "").strip().lower()
    if not normal:
        return None
    if len(normal) > LONGEST_EMAIL or not normal.isprintable() or ".." in normal or not _EMAIL.match(normal):
        raise DomainError("pos.email_invalid", field="email")
    return normal
