"""The levels of customers who turned out to be one: what both bought counts for who stands for them, as long as that lasts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from earning.domain.levels.book import LevelBook
from earning.domain.levels.counting import PastPurchase
from earning.domain.levels.customer import CustomerLevels
from earning.events import LevelGiven, LevelReached, PastCounted


def join(customer_id: UUID, levels: CustomerLevels, other: CustomerLevels, book: LevelBook, now: datetime) -> None:
    """Get the levels that another customer has who turned out to be the same: the higher ones, and those given or paid for."""
    for version in book.in_force(now):
        mine, theirs = levels.tally(version.set_id), other.tally(version.set_id)
        told: dict[str, Any] = {"customer_id": customer_id, "set_id": version.set_id, "version": version.version}
        if version.rank(theirs.level) > version.rank(mine.level):
            levels.record(LevelReached(**told, level=theirs.level, before=mine.level, reached_at=now))
        for grant in [grant for key, grant in theirs.grants.items() if key not in mine.grants]:
            if grant.purchase_id is None:
                levels.record(LevelGiven(**told, level=grant.level, reason="", given_at=grant.starts_at, ends_at=grant.ends_at))
            else:
                levels.note_paid(customer_id, version, grant)


def part(
    levels: CustomerLevels,
    parted_id: UUID,
    other: CustomerLevels,
    purchases: Sequence[PastPurchase],
    book: LevelBook,
    zone: ZoneInfo,
    now: datetime,
) -> None:
    """What another customer bought counts no longer, since they turned out to be somebody else; nor do the levels that came with them.

    What they paid for meanwhile is theirs.
    """
    theirs = {one.purchase_id for one in purchases}
    in_force = {version.set_id: version for version in book.in_force(now)}
    for set_id, tally in levels.tallies.items():
        for key, grant in list(tally.grants.items()):
            known = other.tally(set_id).grants.get(key)
            if grant.purchase_id in theirs or (grant.purchase_id is None and known == grant):
                levels.end_grant(set_id, grant, "by_hand", now)
            version = in_force.get(set_id)
            if grant.purchase_id in theirs and known is None and version is not None:
                other.note_paid(parted_id, version, grant)
    if levels.customer_id is not None:
        recount(levels.customer_id, levels, purchases, book, zone, now)


def recount(
    customer_id: UUID, levels: CustomerLevels, purchases: Sequence[PastPurchase], book: LevelBook, zone: ZoneInfo, now: datetime
) -> None:
    """Purchases count so much from now on, instead of what they counted before: levels are lost, or reached, at once."""
    if not purchases:
        return
    levels.record(PastCounted(customer_id=customer_id, purchases=tuple(purchases), counted_at=now))
    for version in book.in_force(now):
        levels.fall(customer_id, version, book, zone, now, None)
        levels.climb(customer_id, version, zone, now, None)
