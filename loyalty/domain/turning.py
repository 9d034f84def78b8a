"""Digits on a customer's screen that change every minute, so that a picture of them is soon worth nothing: what all such have in common.

They end in six digits of the minute and sixteen of the proof of all that they say. Digits only, since whatever reads them types them, and
keyboards agree about digits in every language.
"""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta

STEP = timedelta(seconds=60)
STEPS_GOOD = 2
"""They are good in their own minute and in the next: whoever shows them in the last second has time to be read."""
MINUTES, PROOF = 6, 16
ENDING = rf"([0-9]{{{MINUTES}}})([0-9]{{{PROOF}}})"
"""A pattern of the minute and the proof."""
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)


def step_of(now: datetime) -> int:
    """The minute since 1970."""
    return (now - _FIRST) // STEP


def good_until(step: int) -> datetime:
    """The moment at which what is shown in a step is over."""
    return _FIRST + (step + STEPS_GOOD) * STEP


def is_good(step: int, now: datetime) -> bool:
    """Whether what was shown in a step is still to be read."""
    return step_of(now) - STEPS_GOOD < step <= step_of(now)


def ending_of(step: int, digest: bytes) -> str:
    """The digits of the minute and of the proof."""
    return f"{step % 10**MINUTES:0{MINUTES}}{proof_of(digest)}"


def step_ending(digits: str, now: datetime) -> int:
    """The latest step that ends in these digits."""
    here = step_of(now) + 1
    back: int = (here - int(digits)) % 10**MINUTES
    return here - back


def proof_of(digest: bytes) -> str:
    """The digits that stand for a digest."""
    return f"{int.from_bytes(digest[:8], 'big') % 10**PROOF:0{PROOF}}"


def plain(text: str) -> str:
    """What was typed, in plain digits."""
    return unicodedata.normalize("NFKC", text[:100]).strip()
