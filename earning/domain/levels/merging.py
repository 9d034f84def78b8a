"""The levels of customers who turned out to be one: what both bought counts for who stands for them, as long as that lasts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from earning.domain.levels.book import LevelBook, LevelSetVersion
from earning.domain.levels.catching_up import MOST_TOLD
from earning.domain.levels.counting import PastPurchase
from earning.domain.levels.customer import CustomerLevels
from earning.domain.levels.grants import GIVEN
from earning.events import LevelGiven, LevelReached, LevelStepsJoined, PastCounted


def join(customer_id: UUID, levels: CustomerLevels, joined_id: UUID, other: CustomerLevels, book: LevelBook, now: datetime) -> None:
    """Get the levels that another customer has who turned out to be the same: the higher ones, and those given or paid for.

    What they reached stands as it did: since then, by the goods of then, and for as long as the policy of its set leaves it.
    """
    for version in book.in_force(now):
        mine, theirs = levels.tally(version.set_id), other.tally(version.set_id)
        told: dict[str, Any] = {"customer_id": customer_id, "set_id": version.set_id}
        higher = version.rank(theirs.level) > version.rank(mine.level)
        if higher:
            levels.record(LevelReached(**told, version=version.version, level=theirs.level, before=mine.level, reached_at=now))
        if theirs.steps:
            levels.record(LevelStepsJoined(**told, joined_id=joined_id, steps=tuple(theirs.steps), instead=higher, joined_at=now))
        for grant in [grant for grant in theirs.grants.values() if grant.purchase_id is None or grant.key not in mine.grants]:
            if grant.purchase_id is None:
                given: dict[str, Any] = {"given_at": grant.starts_at, "ends_at": grant.ends_at, "joined_id": grant.joined_id or joined_id}
                levels.record(LevelGiven(**told, version=version.version, level=grant.level, reason="", **given))
            else:
                levels.note_paid(customer_id, version, grant)


def part(
    levels: CustomerLevels,
    parted_id: UUID,
    parting: Collection[UUID],
    other: CustomerLevels,
    purchases: Sequence[PastPurchase],
    book: LevelBook,
    zone: ZoneInfo,
    now: datetime,
) -> None:
    """What another customer bought counts no longer, since they and who else is `parting` with them turned out to be somebody else; nor do
    the levels that came with them.

    What they paid for meanwhile is theirs, also where it has ended: while it ran, they lost nothing.
    """
    theirs = {one.purchase_id for one in purchases}
    for set_id, tally in levels.tallies.items():
        version, had = _last(book, set_id, now), other.tally(set_id)
        told = tally.grants.keys() | had.grants.keys() | {grant.key for grant in had.ended}
        for grant in [grant for grant in tally.ended if grant.purchase_id in theirs and grant.key not in told]:
            if version is not None and grant.starts_at < grant.ends_at:
                other.note_paid(parted_id, version, grant)
        told_apart = any(joined_id in parting for joined_id, _ in tally.grants)
        for key, grant in list(tally.grants.items()):
            known = had.grants.get(key)
            came_unsaid = key == GIVEN and known == grant and not told_apart
            if grant.purchase_id in theirs or grant.joined_id in parting or came_unsaid:
                levels.end_grant(set_id, grant, "by_hand", now)
            if grant.purchase_id in theirs and known is None and version is not None:
                other.note_paid(parted_id, version, grant)
    if levels.customer_id is not None:
        recount(levels.customer_id, levels, purchases, book, zone, now)


def keep_ends(
    levels: CustomerLevels,
    parted_id: UUID,
    other: CustomerLevels,
    book: LevelBook,
    zone: ZoneInfo,
    merged_at: datetime,
    now: datetime,
) -> None:
    """What the other customer had on their own by gift or fee, and was taken back, shortened or moved while they were one, stays so for
    them.

    Before they `part`, since what came with them ends with that.
    """
    for set_id, had in other.tallies.items():
        tally, version = levels.tally(set_id), _last(book, set_id, now)
        for own in list(had.grants.values()):
            key = own.key if own.purchase_id else (own.joined_id or parted_id, "")
            shared = tally.grants.get(key)
            if shared is None and (last := tally.ended_last(key)) and merged_at <= last.ends_at:
                moved = own.purchase_id is not None and own.starts_at != last.starts_at < last.ends_at
                if moved and version is not None:
                    other.note_paid(parted_id, version, last)
                if last.ends_at < (last.paid.end(last.starts_at, 1, zone) if moved else own.ends_at):
                    other.end_grant(set_id, own, "goods_returned" if own.purchase_id else "by_hand", last.ends_at)
            elif shared is not None and own.purchase_id and shared != own and version is not None:
                other.note_paid(parted_id, version, shared)


def recount(
    customer_id: UUID, levels: CustomerLevels, purchases: Sequence[PastPurchase], book: LevelBook, zone: ZoneInfo, now: datetime
) -> None:
    """Purchases count so much from now on, instead of what they counted before: levels are lost, or reached, at once."""
    if not purchases:
        return
    for begin in range(0, len(purchases), MOST_TOLD):
        told = tuple(purchases[begin : begin + MOST_TOLD])
        levels.record(PastCounted(customer_id=customer_id, purchases=told, counted_at=now))
    for version in book.in_force(now):
        levels.fall(customer_id, version, book, zone, now, None)
        levels.climb(customer_id, version, zone, now, None)


def _last(book: LevelBook, set_id: UUID, now: datetime) -> LevelSetVersion | None:
    """The version of a set that is in force, or was last."""
    begun = [version for version, period in book.stretches(set_id) if period.start is None or period.start <= now]
    return begun[-1] if begun else None
