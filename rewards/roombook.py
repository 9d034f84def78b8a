"""The guard of room: one row for what is used of each stock, limit and budget. Locked late, in the order of their ids, and used by one
conditional UPDATE in the same transaction. Verified by `verify_guards`, never rebuilt.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from loyalty.bus import Unit
from loyalty.domain.errors import Conflict, DomainError
from loyalty.domain.money import Money
from loyalty.domain.period import next_start
from loyalty.eventstore.arrays import uuid_array
from rewards.domain.goods import percent
from rewards.domain.offer import Occasion
from rewards.domain.room import Room, RoomUse, together

LOCK = """insert into rewards_room as r (tenant_id, id, used) select %s, id, 0 from unnest(%s::uuid[]) with ordinality u (id, place)
    order by place on conflict (tenant_id, id) do update set used = r.used returning id, used"""
"""Makes rows that are missing, and locks all, in one order everywhere."""
USE = """update rewards_room r set used = r.used + u.amount from unnest(%s::uuid[], %s::bigint[], %s::bigint[]) u (id, amount, most)
    where r.tenant_id = %s and r.id = u.id and r.used + u.amount <= u.most returning r.id"""
GIVE_BACK = """with gone as (delete from rewards_hold where tenant_id = %s and room_id = any (%s::uuid[]) and ends_at <= %s
        returning room_id, amount),
    s as (select room_id, sum(amount)::bigint as amount from gone group by room_id)
    update rewards_room r set used = r.used - s.amount from s where r.tenant_id = %s and r.id = s.room_id returning r.id, r.used"""
"""What baskets kept whose time is over is there again, before anybody looks."""
FREE = """with u as (select id, sum(amount)::bigint as amount from unnest(%s::uuid[], %s::bigint[]) x (id, amount) group by id),
    l as (select r.id from rewards_room r join u on u.id = r.id where r.tenant_id = %s order by r.id for update of r)
    update rewards_room r set used = r.used - u.amount from u join l on l.id = u.id where r.tenant_id = %s and r.id = u.id"""
LOOK = """select r.id, r.used - coalesce((select sum(h.amount) from rewards_hold h
        where h.tenant_id = r.tenant_id and h.room_id = r.id and h.ends_at <= %s), 0)::bigint
    from rewards_room r where r.tenant_id = %s and r.id = any (%s::uuid[])"""
HOLD = """insert into rewards_hold (tenant_id, room_id, basket_id, amount, ends_at)
    select %s, x.id, %s, x.amount, %s from unnest(%s::uuid[], %s::bigint[]) x (id, amount)"""
TAKE_OUT = "delete from rewards_hold where tenant_id = %s and basket_id = %s returning room_id, amount"
Used = Mapping[UUID, int]


def take_room(unit: Unit, rooms: Iterable[Room], occasion: Occasion, *, freed: Collection[RoomUse] = ()) -> None:
    """Use what is wanted, all of it or nothing. Raises Conflict with what is left, and when there is more. A dry run only looks, as if what
    the same command `freed` were there again.
    """
    if not (wanted := together(rooms)):
        return
    used = locked(unit, _rows(wanted))
    if not unit.locks:
        used = {row: amount - _amounts(freed).get(row, 0) for row, amount in used.items()}
    for room in wanted:
        if (left := left_of(room, used)) < room.use.amount:
            raise no_room(room, left, occasion)
    if unit.locks:
        columns = zip(*((room.use.room_id, room.use.amount, _own_most(room, used)) for room in wanted), strict=True)
        taken = {row[0] for row in unit.execute(USE, [*map(list, columns), unit.tenant_id])}
        for room in wanted:
            if room.use.room_id not in taken:
                raise no_room(room, 0, occasion)


def keep_room(unit: Unit, uses: Collection[RoomUse], basket_id: UUID, ends_at: datetime) -> None:
    """Note that what was just used is only kept for a basket, until then."""
    if uses and unit.locks:
        amounts = _amounts(uses)
        unit.execute(HOLD, [unit.tenant_id, basket_id, ends_at, list(amounts), list(amounts.values())])


def settle_kept(unit: Unit, uses: Collection[RoomUse], basket_id: UUID) -> bool:
    """Let what was kept for a basket be used for good; False when somebody else has had it since it ended."""
    if not uses or not unit.locks:
        return True
    return dict(unit.execute(TAKE_OUT, [unit.tenant_id, basket_id])) == _amounts(uses)


def free_kept(unit: Unit, uses: Collection[RoomUse], basket_id: UUID) -> None:
    """What was kept for a basket is there again, unless it was so by itself."""
    if uses and unit.locks:
        locked(unit, sorted(_amounts(uses)))
        kept = unit.execute(TAKE_OUT, [unit.tenant_id, basket_id])
        _free(unit, dict(kept))


def give_room_back(unit: Unit, uses: Collection[RoomUse]) -> None:
    """What a cancelled coupon took is there again."""
    if uses and unit.locks:
        _free(unit, _amounts(uses))


def locked(unit: Unit, ids: Sequence[UUID]) -> Used:
    """What is used of each row, which nobody else changes until this command is through; a dry run only looks."""
    if not unit.locks:
        return used_now(unit.tenant_id, ids, unit.now, unit.execute)
    used: dict[UUID, int] = dict(unit.execute(LOCK, [unit.tenant_id, list(ids)]))
    return used | dict(unit.execute(GIVE_BACK, [unit.tenant_id, list(ids), unit.now, unit.tenant_id]))


def used_now(tenant_id: int, ids: Sequence[UUID], now: datetime, ask: Callable[[str, Sequence[Any]], Iterable[Any]]) -> Used:
    """What is used of rows at this moment; nothing is locked."""
    return dict(ask(LOOK, [now, tenant_id, uuid_array(ids)])) if ids else {}


def left_of(room: Room, used: Used) -> int:
    """How much may be taken still."""
    return room.most - sum(used.get(one, 0) for one in (room.use.room_id, *room.beside))


def _free(unit: Unit, amounts: Mapping[UUID, int]) -> None:
    if amounts:
        unit.execute(FREE, [list(amounts), list(amounts.values()), unit.tenant_id, unit.tenant_id])


def _amounts(uses: Iterable[RoomUse]) -> dict[UUID, int]:
    found: dict[UUID, int] = {}
    for use in uses:
        found[use.room_id] = found.get(use.room_id, 0) + use.amount
    return found


def _rows(wanted: Sequence[Room]) -> list[UUID]:
    return sorted({row for room in wanted for row in (room.use.room_id, *room.beside)})


def _own_most(room: Room, used: Used) -> int:
    return room.most - sum(used.get(one, 0) for one in room.beside)


def no_room(room: Room, left: int, occasion: Occasion) -> DomainError:
    """What to say when there is not enough."""
    match room.use.kind:
        case "limit" if room.shares:
            return Conflict("rewards.shares_given", field="share", left=percent(max(0, left)), wanted=percent(room.use.amount))
        case "limit":
            again = next_start(room.period, occasion.now, occasion.zone.key)
            if again is None:
                return Conflict("rewards.limit_reached", name=room.name, most=room.most)
            return Conflict("rewards.limit_reached_until", name=room.name, most=room.most, again=again)
        case "budget":
            return Conflict("rewards.budget_spent", name=room.name, left=Money(max(0, left), occasion.currency))
        case "stock" | "prize":
            return Conflict("rewards.out_of_stock", name=room.name, left=max(0, left))
