"""How long a coupon is good."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from loyalty.domain.period import business_day, local_midnight
from rewards.domain.terms import RewardTerms

DAY = timedelta(days=1)


def validity(terms: RewardTerms, at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime | None]:
    """From when, and until before when (None: without an end), what is issued at `at` is good: whole days on the clock of `zone`."""
    today = business_day(at, zone)
    begins = local_midnight(today + terms.valid_after_days * DAY, zone) if terms.valid_after_days else at
    if terms.valid_days is None:
        return begins, None
    return begins, local_midnight(today + (terms.valid_after_days + terms.valid_days) * DAY, zone)
