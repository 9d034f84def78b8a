"""Codes of coupons: an own prefix, twelve characters without look-alikes (60 random bits), and one that tells mistyped ones.

Alphabet: Crockford's base 32 (0–9, A–Z without I, L, O, U). The last character is a sum over GF(32), which finds every single wrong
character and every two neighbors that changed places.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import count

from loyalty.domain.errors import DomainError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
VALUE = {char: value for value, char in enumerate(ALPHABET)}
READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
LENGTH = 12
BITS = LENGTH * 5
LONGEST = 40
SHORTEST_GIVEN = 6
"""Characters of a code that others made, without spaces and hyphens."""
SPARSE = 1_000_000
"""Of so many codes that could be, one may be good."""
LONGEST_GIVEN = 60
"""As it is written."""
PREFIX = re.compile(r"[0-9A-HJKMNP-TV-Z]{0,8}\Z")


def check_prefix(prefix: str, field: str) -> None:
    """Raises DomainError for a prefix with other characters than codes have, or more than 8."""
    if not PREFIX.match(prefix):
        raise DomainError("rewards.prefix_invalid", field=field)


def made_code(prefix: str, random: int) -> str:
    """The code of `BITS` random bits: "SEN-7K2M-9QRT-0XZ4-W"."""
    body = "".join(ALPHABET[random >> 5 * place & 31] for place in range(LENGTH))
    blocks = [body[start : start + 4] for start in range(0, LENGTH, 4)]
    return "-".join([*([prefix] if prefix else []), *blocks, check_character(prefix + body)])


def normal_code(typed: str) -> str:
    """A code as it is compared: capitals, without spaces and hyphens, look-alikes read as the digits that they look like."""
    folded = unicodedata.normalize("NFKC", typed).upper()
    return "".join(char for char in folded if char.isalnum())[:LONGEST].translate(READ_AS)


def given_code(typed: str, field: str = "code") -> str:
    """A code that others made, as it is kept and shown. Raises DomainError `rewards.code_unreadable` for one that people could not type,
    or that is compared by less than all of it.
    """
    text = " ".join(unicodedata.normalize("NFKC", typed).split())
    plain = [char for char in text if char.isalnum()]
    if not SHORTEST_GIVEN <= len(plain) <= LONGEST or len(text) > LONGEST_GIVEN or not text.isascii() or not text.isprintable():
        raise DomainError("rewards.code_unreadable", field=field, least=SHORTEST_GIVEN, most=LONGEST)
    return text


def check_sparse(code: str, codes: int, field: str = "code") -> None:
    """Raises DomainError `rewards.codes_too_short` for a code that somebody guesses who tries `SPARSE` times, among so many of its kind."""
    plain = normal_code(code)
    least = _shortest(10 if plain.isdecimal() else len(ALPHABET), codes)
    if len(plain) < least:
        raise DomainError("rewards.codes_too_short", field=field, codes=codes, least=least)


@lru_cache(maxsize=64)
def _shortest(characters: int, codes: int) -> int:
    """How long so many codes of some kinds of `characters` must be."""
    return next(length for length in count(1) if characters**length >= codes * SPARSE)


def check_character(text: str) -> str:
    """The character that stands at the end of `text`, which is in normal form."""
    total = 0
    for char in text:
        total = _doubled(total) ^ VALUE.get(char, 0)
    return ALPHABET[_doubled(total)]


def _doubled(value: int) -> int:
    """Times α in GF(32), α⁵ = α² + 1."""
    value <<= 1
    return value ^ 0b100101 if value & 32 else value
