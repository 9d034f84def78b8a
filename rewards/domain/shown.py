"""What a customer shows of a coupon: digits that change every minute.

A nine, thirty-nine digits of the coupon's id, then minute and proof: as many as fit into a small QR code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from loyalty.domain import turning

_ID = 39
_WRITTEN = re.compile(rf"9([0-9]{{{_ID}}}){turning.ENDING}\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class ShownCoupon:
    """What was read: the coupon, the step (minute since 1970) in which it was shown, and what proves both."""

    coupon_id: UUID
    step: int
    proof: str

    def is_good(self, now: datetime) -> bool:
        """Whether it is still to be read."""
        return turning.is_good(self.step, now)


def proven_text(coupon_id: UUID, step: int) -> str:
    """The text whose digest proves a coupon in a step."""
    return f"{coupon_id}/{step}"


def written(coupon_id: UUID, step: int, digest: bytes) -> str:
    """The digits of a coupon in a step, proven by the digest of `proven_text`."""
    return f"9{coupon_id.int:0{_ID}}{turning.ending_of(step, digest)}"


def read(text: str, now: datetime) -> ShownCoupon | None:
    """What the digits say, proven or not; None for what is written otherwise."""
    found = _WRITTEN.match(turning.plain(text))
    if found is None or int(found[1]) >> 128:
        return None
    return ShownCoupon(UUID(int=int(found[1])), turning.step_ending(found[2], now), found[3])
