"""Words that people write about a customer, in one normal form."""

from __future__ import annotations

import re
import unicodedata

from loyalty.domain.errors import DomainError
from loyalty.domain.labels import each_once, with_two_values

LONGEST_NAME = 100
LONGEST_ADDRESS = 300
MOST_LABELS = 50
LONGEST_LABEL = 60
LONGEST_LABEL_VALUE = 200
_UNPRINTABLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_JOINERS = "\u200c\u200d"
"""Invisible, but part of how some scripts are spelled."""
_BLANKS = re.compile(r"[^\S\n]+")


def plain(text: str, field: str, longest: int) -> str:
    """`text` in NFC on one line, without blanks around it and with single blanks inside.

    Raises DomainError `customers.unprintable_text` for control, format and unassigned characters, and
    `customers.text_too_long` beyond `longest` characters.
    """
    normal = " ".join(part for part in _BLANKS.split(unicodedata.normalize("NFC", text)) if part)
    if not normal.isprintable() and any(unicodedata.category(c) in _UNPRINTABLE and c not in _JOINERS for c in normal):
        raise DomainError("customers.unprintable_text", field=field)
    if len(normal) > longest:
        raise DomainError("customers.text_too_long", field=field, longest=longest, length=len(normal))
    return normal


def on_one_line(text: str, field: str, longest: int) -> str:
    """Text of several lines, such as an address, with commas between them."""
    return plain(", ".join(line.strip() for line in text.splitlines() if line.strip()), field, longest)


def name(text: str, field: str) -> str:
    """A first or last name."""
    return plain(text, field, LONGEST_NAME)


def labels(given: dict[str, str]) -> dict[str, str]:
    """Labels by key, sorted, so that the same labels are the same fact: upper and lower case alike, in the spelling that came first.
    Raises DomainError when there are too many or one is bad, or has two values.
    """
    if len(given) > MOST_LABELS:
        raise DomainError("customers.too_many_labels", field="labels", most=MOST_LABELS)
    cleaned = {plain(key, "labels", LONGEST_LABEL): plain(value, "labels", LONGEST_LABEL_VALUE) for key, value in given.items()}
    if "" in cleaned:
        raise DomainError("customers.label_without_key", field="labels")
    if twice := with_two_values(cleaned.items()):
        raise DomainError("customers.label_twice", field="labels", label=twice)
    return dict(sorted(each_once(cleaned.items()).items()))
