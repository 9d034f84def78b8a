"""The customer code: eight characters that a person can say over the counter and a typing slip cannot turn into another's."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from uuid import UUID

from loyalty.domain.errors import DomainError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base32: no I, L, O, U."""
LENGTH = 8
_LOOKALIKES = str.maketrans("OIL", "011", " -")
_FULL_WIDTH = {0xFF01 + n: 0x21 + n for n in range(94)}


def _powers() -> list[int]:
    """The powers of 2 in GF(32) with x⁵ + x² + 1: 31 different factors, one for each place of a code."""
    found, value = [], 1
    for _ in range(31):
        found.append(value)
        value = value << 1 ^ (0b100101 if value & 0b10000 else 0)
    return found


_POWERS = _powers()
_LOG = {power: n for n, power in enumerate(_POWERS)}


def check_character(body: str) -> str:
    """The last character of a code: the sum in GF(32) of each character times its place's factor.

    It differs for every single wrong character and for every two characters that changed places.
    """
    total = 0
    for place, character in enumerate(body, 1):
        if digit := ALPHABET.index(character):
            total ^= _POWERS[(_LOG[digit] + place) % 31]
    return ALPHABET[total]


@lru_cache(maxsize=1024)
def code_for(tenant_id: int, customer_id: UUID, attempt: int = 0) -> str:
    """The code of a customer; the next `attempt` gives another one for when a code is taken."""
    digest = sha256(f"customer code/{tenant_id}/{customer_id}/{attempt}".encode()).digest()
    number = int.from_bytes(digest[:5], "big")
    body = "".join(ALPHABET[number >> 5 * place & 31] for place in range(LENGTH - 1))
    return body + check_character(body)


def parse_code(text: str) -> str:
    """A code in its normal form: capitals, O as 0, I and L as 1, without hyphens and blanks.

    Raises DomainError `customers.code_invalid` when it is not a code or holds a typing slip.
    """
    code = text.translate(_FULL_WIDTH).upper().translate(_LOOKALIKES)
    if len(code) != LENGTH or any(c not in ALPHABET for c in code) or check_character(code[:-1]) != code[-1]:
        raise DomainError("customers.code_invalid", field="code")
    return code
