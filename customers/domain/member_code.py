"""What a customer shows at the till: digits that change every minute, so that a picture of them is soon worth nothing.

One digit that says what it is (7: who stands there, 8: who also agrees that points are spent), eleven of the customer code, six of the
minute, sixteen of the proof: digits only, since whatever reads them types them, and keyboards agree about digits in every language. As
many fit into the smallest QR code.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from customers.domain.code import ALPHABET, LENGTH, check_character

STEP = timedelta(seconds=60)
STEPS_GOOD = 2
"""It is good in its own minute and in the next: whoever shows it in the last second has time to be read."""
_WHO, _AGREES = "7", "8"
_CODE, _MINUTES, _PROOF = 11, 6, 16
_WRITTEN = re.compile(rf"([{_WHO}{_AGREES}])([0-9]{{{_CODE}}})([0-9]{{{_MINUTES}}})([0-9]{{{_PROOF}}})\Z", re.ASCII)
_DAYS_AGO = datetime(1970, 1, 1, tzinfo=UTC)


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
        return step_of(now) - STEPS_GOOD < self.step <= step_of(now)


def step_of(now: datetime) -> int:
    """The minute since 1970."""
    return (now - _DAYS_AGO) // STEP


def good_until(step: int) -> datetime:
    """The moment at which what is shown in a step is over."""
    return _DAYS_AGO + (step + STEPS_GOOD) * STEP


def proven_text(code: str, step: int, *, agrees: bool = False) -> str:
    """The text whose digest proves a customer code in a step."""
    return f"{code}/{step}{'/agrees' if agrees else ''}"


def written(code: str, step: int, digest: bytes, *, agrees: bool = False) -> str:
    """The digits of a customer code (its normal form) in a step, proven by the digest of `proven_text`."""
    number = sum(ALPHABET.index(c) << 5 * place for place, c in enumerate(code[:-1]))
    return f"{_AGREES if agrees else _WHO}{number:0{_CODE}}{step % 10**_MINUTES:0{_MINUTES}}{proof_of(digest)}"


def proof_of(digest: bytes) -> str:
    """The digits that stand for a digest."""
    return f"{int.from_bytes(digest[:8], 'big') % 10**_PROOF:0{_PROOF}}"


def is_member_code(text: str) -> bool:
    """Whether what was typed is written as one: a scanner read it from a customer's screen, or nearly so."""
    return _WRITTEN.match(_plain(text)) is not None


def read(text: str, now: datetime) -> MemberCode | None:
    """What the digits say, proven or not; None for what is written otherwise. The step is the latest one that ends in its digits."""
    found = _WRITTEN.match(_plain(text))
    if found is None:
        return None
    mark, number, ending, proof = found[1], int(found[2]), int(found[3]), found[4]
    if number >> 5 * (LENGTH - 1):
        return None
    body = "".join(ALPHABET[number >> 5 * place & 31] for place in range(LENGTH - 1))
    here = step_of(now) + 1
    return MemberCode(body + check_character(body), here - (here - ending) % 10**_MINUTES, proof, mark == _AGREES)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text[:100]).strip()
