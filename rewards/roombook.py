"""The guard of room: one row for what is used of each stock, limit and budget. Locked late, in the order of their ids, and used by one
conditional UPDATE in the same transaction. Verified by `verify_guards`, never rebuilt.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from loyalty.bus import Unit
from loyalty.domain.errors import Conflict, DomainError
from loyalty.domain.money import Money
from loyalty.domain.period import next_start
from rewards.domain.offer import Occasion
from rewards.domain.room import Room, RoomUse

LOCK = """insert into rewards_room as r (tenant_id, id, used) select %s, id, 0 from unnest(%s::uuid[]) with ordinality u (id, place)
    order by place on conflict (tenant_id, id) do update set used = r.used returning id, used"""
"""Makes rows that are missing, and locks all, in one order everywhere."""
USE = """update rewards_room r set used = r.used + u.amount from unnest(%s::uuid[], %s::bigint[], %s::bigint[]) u (id, amount, most)
    where r.tenant_id = %s and r.id = u.id and r.used + u.amount <= u.most returning r.id"""
FREE = """with u as (select id, sum(amount)::bigint as amount from unnest(%s::uuid[], %s::bigint[]) x (id, amount) group by id),
    l as (select r.id from rewards_room r join u on u.id = r.id where r.tenant_id = %s order by r.id for update of r)
    update rewards_room r set used = r.used - u.amount from u join l on l.id = u.id where r.tenant_id = %s and r.id = u.id"""
LOOK = "select id, used from rewards_room where tenant_id = %s and id = any (%s::uuid[])"
Used = Mapping[UUID, int]


def take_room(unit: Unit, wanted: Sequence[Room], name: str, occasion: Occasion) -> tuple[RoomUse, ...]:
    """Use what is wanted, all of it or nothing. Raises Conflict with what is left, and when there is more. A dry run only looks."""
    if not wanted:
        return ()
    used = locked(unit, _rows(wanted))
    for room in wanted:
        if (left := left_of(room, used)) < room.use.amount:
            raise no_room(room, left, name, occasion)
    if unit.locks:
        columns = zip(*((room.use.room_id, room.use.amount, _own_most(room, used)) for room in wanted), strict=True)
        taken = {row[0] for row in unit.execute(USE, [*map(list, columns), unit.tenant_id])}
        for room in wanted:
            if room.use.room_id not in taken:
                raise no_room(room, 0, name, occasion)
    return tuple(room.use for room in wanted)


def give_room_back(unit: Unit, uses: Collection[RoomUse]) -> None:
    """What a cancelled coupon took is there again."""
    if uses and unit.locks:
        unit.execute(FREE, [[use.room_id for use in uses], [use.amount for use in uses], unit.tenant_id, unit.tenant_id])


def locked(unit: Unit, ids: Sequence[UUID]) -> Used:
    """What is used of each row, which nobody else changes until this command is through; a dry run only looks."""
    return dict(unit.execute(LOCK if unit.locks else LOOK, [unit.tenant_id, list(ids)]))


def used_now(tenant_id: int, ids: Sequence[UUID], ask: Callable[[str, Sequence[Any]], Iterable[Any]]) -> Used:
    """What is used of rows at this moment; nothing is locked."""
    return dict(ask(LOOK, [tenant_id, list(ids)])) if ids else {}


def left_of(room: Room, used: Used) -> int:
    """How much may be taken still."""
    return room.most - sum(used.get(one, 0) for one in (room.use.room_id, *room.beside))


def _rows(wanted: Sequence[Room]) -> list[UUID]:
    return sorted({row for room in wanted for row in (room.use.room_id, *room.beside)})


def _own_most(room: Room, used: Used) -> int:
    return room.most - sum(used.get(one, 0) for one in room.beside)


def no_room(room: Room, left: int, name: str, occasion: Occasion) -> DomainError:
    """What to say when there is not enough."""
    match room.use.kind:
        case "limit":
            again = next_start(room.period, occasion.now, occasion.zone.key)
            if again is None:
                return Conflict("rewards.limit_reached", name=name, most=room.most)
            return Conflict("rewards.limit_reached_until", name=name, most=room.most, again=again.isoformat())
        case "budget":
            return Conflict("rewards.budget_spent", name=name, left=Money(max(0, left), occasion.currency))
        case "stock" | "prize":
            return Conflict("rewards.out_of_stock", name=name, left=max(0, left))
