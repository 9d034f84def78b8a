"""What customers reached in each level set, and what of their purchases counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, assert_never

from earning.events import (
    LevelGiven,
    LevelGrantEnded,
    LevelLossAnnounced,
    LevelLost,
    LevelPaid,
    LevelReached,
    LevelStepsJoined,
    PastCounted,
    ProgressCounted,
)
from loyalty.domain.event import Recorded
from loyalty.projections.projection import Projection, Statement

COUNT = """insert into earning_progress as p (tenant_id, customer_id, set_id, purchase_id, points, amount, purchases, purchased_at,
        counted_at)
    values (%s, %s, %s, %s, %s, %s, %s, %s, %s)
    on conflict (tenant_id, customer_id, set_id, purchase_id) do update
    set points = excluded.points, amount = excluded.amount, purchases = excluded.purchases,
        counted_at = excluded.counted_at"""
COUNT_MANY = """insert into earning_progress as p (tenant_id, customer_id, set_id, purchase_id, points, amount, purchases, purchased_at,
        counted_at)
    select %s, %s, n.set_id, n.purchase_id, n.points, n.amount, n.purchases, n.purchased_at, %s
    from unnest(%s::uuid[], %s::uuid[], %s::bigint[], %s::bigint[], %s::int[], %s::timestamptz[])
        n (set_id, purchase_id, points, amount, purchases, purchased_at)
    on conflict (tenant_id, customer_id, set_id, purchase_id) do update
    set points = excluded.points, amount = excluded.amount, purchases = excluded.purchases,
        counted_at = excluded.counted_at"""
"""The same of many purchases at once, each of them once in a set."""
LEVEL = """insert into earning_customer_level as l (tenant_id, customer_id, set_id, level, since, fallen, reset_at, position)
    values (%s, %s, %s, %s, %s, %s, %s, %s)
    on conflict (tenant_id, customer_id, set_id) do update
    set level = excluded.level, since = excluded.since, fallen = excluded.fallen, position = excluded.position,
        reset_at = coalesce(excluded.reset_at, l.reset_at)"""
ANNOUNCED = """insert into earning_customer_level as l (tenant_id, customer_id, set_id, level, since, announced_level, announced_end,
        position)
    values (%s, %s, %s, '', %s, %s, %s, %s)
    on conflict (tenant_id, customer_id, set_id) do update
    set announced_level = excluded.announced_level, announced_end = excluded.announced_end, position = excluded.position"""

GRANT = """insert into earning_level_grant as g (tenant_id, customer_id, set_id, grant_id, level, purchase_id, starts_at, ends_at)
    values (%s, %s, %s, %s, %s, %s, %s, %s)
    on conflict (tenant_id, customer_id, set_id, grant_id, level) do update
    set starts_at = excluded.starts_at, ends_at = excluded.ends_at"""
TAKE = "delete from earning_level_grant where tenant_id = %s and customer_id = %s and set_id = %s and grant_id = %s"
END = f"{TAKE} and level = %s"


class LevelsOfCustomers(Projection):
    """A row for each purchase that counts, for the level of each customer in each set, and for each level that was given or paid for,
    until it is noted that it ended.
    """

    name = "earning.customer_levels"
    events = (
        ProgressCounted, PastCounted, LevelReached, LevelStepsJoined, LevelLost, LevelLossAnnounced, LevelGiven, LevelPaid, LevelGrantEnded,
    )  # fmt: skip
    tables = ("earning_progress", "earning_customer_level", "earning_level_grant")
    inline = True

    def statements(self, batch: Sequence[Recorded[Any]]) -> Iterable[Statement]:
        for recorded in batch:
            yield from _of(recorded)


def _of(recorded: Recorded[Any]) -> Iterable[Statement]:
    event, tenant_id = recorded.event, recorded.tenant_id
    match event:
        case ProgressCounted():
            for count in event.counts:
                key = (tenant_id, event.customer_id, count.set_id, event.purchase_id)
                yield COUNT, (*key, count.points, count.amount, count.purchases, event.purchased_at, event.counted_at or event.purchased_at)
        case PastCounted():
            yield from _of_past(tenant_id, event)
        case LevelReached():
            yield LEVEL, (tenant_id, event.customer_id, event.set_id, event.level, event.reached_at, False, None, recorded.position)
        case LevelStepsJoined():
            last = event.steps[-1]
            moved = (tenant_id, event.customer_id, event.set_id, last.level, last.at, not last.earned, None, recorded.position)
            yield from [(LEVEL, moved)] if event.instead else []
        case LevelLost():
            fallen, since = event.fallen or event.reason not in {"goods_returned", "by_hand"}, event.since or event.lost_at
            reset_at = event.lost_at if event.resets == "progress" else None
            yield LEVEL, (tenant_id, event.customer_id, event.set_id, event.after, since, fallen, reset_at, recorded.position)
        case LevelGiven() | LevelPaid() | LevelGrantEnded():
            yield from _of_grant(tenant_id, event)
        case LevelLossAnnounced():
            told = (event.announced_at, event.level, event.loses_at, recorded.position)
            yield ANNOUNCED, (tenant_id, event.customer_id, event.set_id, *told)
        case _:
            assert_never(event)


def _of_past(tenant_id: int, event: PastCounted) -> Iterable[Statement]:
    counted = {(count.set_id, one.purchase_id): (count, one.purchased_at) for one in event.purchases for count in one.counts}
    rows = [(*key, count.points, count.amount, count.purchases, at) for key, (count, at) in counted.items()]
    if rows:
        yield COUNT_MANY, (tenant_id, event.customer_id, event.counted_at, *map(list, zip(*rows, strict=True)))


def _of_grant(tenant_id: int, event: LevelGiven | LevelPaid | LevelGrantEnded) -> Iterable[Statement]:
    """A level that was given has the place of the set, or of who it was given to, of those who turned out to be one."""
    if isinstance(event, LevelPaid):
        key = (tenant_id, event.customer_id, event.set_id, event.purchase_id)
        yield GRANT, (*key, event.level, event.purchase_id, event.starts_at, event.ends_at)
        return
    key = (tenant_id, event.customer_id, event.set_id, event.joined_id or event.set_id)
    if isinstance(event, LevelGiven):
        yield TAKE, key
        yield GRANT, (*key, event.level, None, event.given_at, event.ends_at)
    else:
        yield END, (*key[:3], event.purchase_id or key[3], event.level)
