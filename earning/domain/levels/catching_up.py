"""Purchases that counted for somebody else meanwhile count for a customer after all: at their times, and told in few facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from uuid import UUID
from zoneinfo import ZoneInfo

from earning.domain.levels.book import LevelBook
from earning.domain.levels.counting import Count, PastPurchase
from earning.domain.levels.customer import CustomerLevels
from earning.domain.levels.falling import first_fall
from earning.domain.levels.tally import LONG_AGO, NEVER, Tally
from earning.events import PastCounted

MOST_TOLD = 500
"""So many purchases one fact tells at most."""
Whole = Mapping[UUID, Tally]
"""By set, what counts once all of the purchases do."""


def catch_up(customer_id: UUID, levels: CustomerLevels, purchases: Sequence[PastPurchase], book: LevelBook, zone: ZoneInfo) -> None:
    """Count purchases one after the other, as they would have at their times: what they kept was never lost.

    Those between which no level goes or is reached are told together.
    """
    bought = sorted(purchases, key=attrgetter("purchased_at", "purchase_id"))
    whole, most, done = _whole(levels, bought), MOST_TOLD, 0
    at = max((tally.settled for tally in levels.tallies.values()), default=LONG_AGO)
    while done < len(bought):
        at = max(at, bought[done].purchased_at)
        levels.settle(book, zone, at)
        together = _quiet(levels, whole, bought[done : done + most], book, zone, at)
        told = tuple(bought[done : done + max(together, 1)])
        at, most = max(at, told[-1].purchased_at), min(MOST_TOLD, max(1, 2 * together))
        levels.record(PastCounted(customer_id=customer_id, purchases=told, counted_at=at))
        for version in book.in_force(at) if not together else ():
            levels.climb(customer_id, version, zone, at, told[0].purchase_id)
        done += len(told)


def _whole(levels: CustomerLevels, bought: Sequence[PastPurchase]) -> Whole:
    more: dict[UUID, list[tuple[UUID, Count, datetime]]] = {set_id: [] for set_id in levels.tallies}
    for one in bought:
        for count in one.counts:
            more.setdefault(count.set_id, []).append((one.purchase_id, count, one.purchased_at))
    return {set_id: levels.tally(set_id).with_more(counted) for set_id, counted in more.items()}


def _quiet(levels: CustomerLevels, whole: Whole, bought: Sequence[PastPurchase], book: LevelBook, zone: ZoneInfo, at: datetime) -> int:
    """How many of these purchases, the first ones, surely change no level."""
    end = min(_turns(levels, book, zone, at, bought[-1].purchased_at), default=NEVER)
    count = next((n for n, one in enumerate(bought) if one.purchased_at >= end), len(bought))
    while count and _may_climb(levels, whole, book, zone, at, max(at, bought[count - 1].purchased_at)):
        count //= 2
    return count


def _turns(levels: CustomerLevels, book: LevelBook, zone: ZoneInfo, at: datetime, until: datetime) -> Iterator[datetime]:
    """When levels could go after `at`, or other terms come into force: what is bought meanwhile puts that off, if anything."""
    for set_id, tally in levels.tallies.items():
        if fall := first_fall(tally, book, set_id, zone, until):
            yield fall.at
        yield from (grant.ends_at for grant in tally.grants.values())
    yield from book.turns_after(at)


def _may_climb(levels: CustomerLevels, whole: Whole, book: LevelBook, zone: ZoneInfo, since: datetime, until: datetime) -> bool:
    """Whether all that counts from the begin of the first window to the end of the last would be enough for a higher level."""
    for version in book.in_force(until):
        tally, all_of = levels.tally(version.set_id), whole.get(version.set_id) or Tally()
        all_of.resets = tally.resets
        anew = version.terms.by_membership and all_of.joined != tally.joined
        if anew or version.rank(all_of.earned(version.terms, since, zone, until)) > version.rank(tally.level):
            return True
    return False
