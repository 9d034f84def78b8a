"""Which times there are, and how far from the server's clock that of a sale may lie."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from loyalty.domain.errors import DomainError

OLDEST, NEWEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9998, 1, 1, tzinfo=UTC)
"""Between them every zone can be reckoned in."""
AHEAD = timedelta(minutes=5)
"""A till's clock may be this far ahead."""
BACK: Mapping[str, timedelta] = {"till": timedelta(hours=24), "api": timedelta(days=90), "admin": timedelta(days=90)}
"""How far each channel may date back; the others (import, demo, process) as far as they like."""


def check_date(at: datetime, now: datetime, channel: str, field: str, *, may_date_back: bool = True) -> None:
    """Raises DomainError when `at` lies in the future or further back than `channel` allows, a till for who may not date back.

    `earning.too_long_ago` others may yet record, `earning.older_than_allowed` comes in by an import only.
    """
    if at > now + AHEAD:
        raise DomainError("earning.in_the_future", field=field, latest=now + AHEAD)
    back, till = BACK.get(channel if may_date_back else "till"), BACK["till"]
    if back is not None and at < now - back:
        code = "earning.too_long_ago" if back == till else "earning.older_than_allowed"
        raise DomainError(code, field=field, days=back.days, earliest=now - back)
