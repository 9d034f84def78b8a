"""What a customer shows at the till: digits that change every minute.

One digit that says what it is (7: who stands there, 8: who also agrees that points are spent), eleven of the customer code, then minute
and proof. As many fit into the smallest QR code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from customers.domain.code import ALPHABET, LENGTH, check_character
from loyalty.domain import turning

_WHO, _AGREES = "7", "8"
_CODE = 11
_WRITTEN = re.compile(rf"([{_WHO}{_AGREES}])([0-9]{{{_CODE}}}){turning.ENDING}\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class MemberCode:
    """What was read: the `code` of the customer, the `step` (minute since 1970) in which it was shown, what proves both, and whether
    they `agree` that points are spent.
    """

    code: str
    step: int
    proof: str
    agrees: bool = False

    @property
    def proven(self) -> str:
        """What the proof is of."""
        return proven_text(self.code, self.step, agrees=self.agrees)

    def is_good(self, now: datetime) -> bool:
        """Whether it is still to be read."""
        return turning.is_good(self.step, now)


def proven_text(code: str, step: int, *, agrees: bool = False) -> str:
    """The text whose digest proves a customer code in a step."""
    return f"{code}/{step}{'/agrees' if agrees else ''}"


def written(code: str, step: int, digest: bytes, *, agrees: bool = False) -> str:
    """The digits of a customer code (its normal form) in a step, proven by the digest of `proven_text`."""
    number = sum(ALPHABET.index(c) << 5 * place for place, c in enumerate(code[:-1]))
    return f"{_AGREES if agrees else _WHO}{number:0{_CODE}}{turning.ending_of(step, digest)}"


def is_member_code(text: str) -> bool:
    """Whether what was typed is written as one: a scanner read it from a customer's screen, or nearly so."""
    return _WRITTEN.match(turning.plain(text)) is not None


def read(text: str, now: datetime) -> MemberCode | None:
    """What the digits say, proven or not; None for what is written otherwise. The step is the latest one that ends in its digits."""
    found = _WRITTEN.match(turning.plain(text))
    if found is None:
        return None
    mark, number, ending, proof = found[1], int(found[2]), found[3], found[4]
    if number >> 5 * (LENGTH - 1):
        return None
    body = "".join(ALPHABET[number >> 5 * place & 31] for place in range(LENGTH - 1))
    return MemberCode(body + check_character(body), turning.step_ending(ending, now), proof, mark == _AGREES)
