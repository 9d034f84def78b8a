"""Texts by which somebody can be reached, where none should stand."""

from __future__ import annotations

import re
import unicodedata

_EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@]{1,190}\.[^\W\d_]{2}")
_ABROAD = re.compile(r"(?<![\w+])\+[0-9](?:[ ().-]{0,2}[0-9]){7,14}(?!\w)", re.ASCII)
_VIETNAM = re.compile(r"(?<![\w.-])(?:0|84)[ ().-]{0,2}[35789](?:[ .-]?[0-9]){8}(?![\w-])", re.ASCII)


def reaches_somebody(text: str) -> bool:
    """Whether a text holds an email address, a phone number with its country ("+48 601 123 456"), or a Vietnamese mobile one.

    Numbers of other countries without their code look like any number; names like any word.
    """
    if len(text) < 6:
        return False
    plain = unicodedata.normalize("NFKC", text)
    return any(pattern.search(plain) for pattern in (_EMAIL, _ABROAD, _VIETNAM))
