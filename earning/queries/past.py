"""Which levels customers would have by what they bought before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from customers.queries import MAY_EARN
from earning.domain.levels.book import LevelSetVersion
from earning.domain.levels.counting import count
from earning.domain.levels.level_set import EVER
from earning.domain.levels.tally import Tally
from earning.domain.levels.terms import Level
from earning.domain.purchase import Purchase
from earning.queries.here import tenant_here
from earning.queries.levels import level_set
from earning.queries.rulebook import asked
from earning.walletbook import wallets_here
from loyalty.eventstore import store

LOOKED_AT, CHUNK = 1000, 100
CUSTOMERS = """select distinct customer_id from earning_purchase
    where tenant_id = %s and customer_id is not null and standing = any (%s) and purchased_at >= %s order by 1 limit %s"""
PURCHASES = """select customer_id, id, points from earning_purchase
    where tenant_id = %s and customer_id = any (%s) and standing = any (%s) and purchased_at >= %s"""
Bought = tuple[UUID, UUID, int]
"""A customer, a purchase and the points that it still brings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelsByPast:
    """How many of the `customers` that were looked at would have each level (None: none); the lowest first.

    `is_part`: there are more customers than were looked at.
    """

    customers: int
    is_part: bool
    levels: tuple[tuple[Level | None, int], ...]


def levels_by_past(set_id: UUID, since: datetime | None = None) -> LevelsByPast:
    """What purchases made from `since` on (None: all) would earn now by the terms of a set. Raises NotFound."""
    card, begin = level_set(set_id), since or EVER
    version = LevelSetVersion(set_id=set_id, version=card.version, terms=card.terms, periods=())
    found = [row[0] for row in asked(CUSTOMERS, [tenant_here(), list(MAY_EARN), begin, LOOKED_AT + 1])]
    customers, now = found[:LOOKED_AT], datetime.now(UTC)
    had: Counter[str] = Counter()
    for at in range(0, len(customers), CHUNK):
        had.update(_levels(version, _bought(customers[at : at + CHUNK], begin), now))
    codes = ["", *(level.code for level in card.terms.levels)]
    levels = tuple((card.terms.level(code), had[code]) for code in codes if code or had[""])
    return LevelsByPast(customers=len(customers), is_part=len(found) > LOOKED_AT, levels=levels)


def _bought(customers: Sequence[UUID], since: datetime) -> Sequence[Bought]:
    return [(row[0], row[1], row[2]) for row in asked(PURCHASES, [tenant_here(), list(customers), list(MAY_EARN), since])]


def _levels(version: LevelSetVersion, bought: Sequence[Bought], now: datetime) -> Iterable[str]:
    """The level of each of these customers."""
    tallies: dict[UUID, Tally] = {}
    events: dict[UUID, list[object]] = {}
    for recorded in store.decode_rows(asked(*store.load_query([purchase_id for _, purchase_id, _ in bought]))) if bought else ():
        events.setdefault(recorded.stream_id, []).append(recorded.event)
    for customer_id, purchase_id, points in bought:
        purchase = Purchase.replay(purchase_id, events[purchase_id])
        assert purchase.decided is not None
        told = count(version.set_id, version.version, version.terms, purchase.decided, purchase.kept, points)
        tallies.setdefault(customer_id, Tally()).take(purchase_id, told, purchase.decided.purchased_at, now)
    zone = wallets_here().zone
    return (tally.earned(version.terms, now, zone) or version.base for tally in tallies.values())
