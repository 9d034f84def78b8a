"""The level sets of a tenant, as handlers and queries read them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any
from uuid import UUID

import msgspec

from customers.queries import MAY_EARN
from earning.domain.account import Account
from earning.domain.levels.book import LevelBook, LevelSetVersion
from earning.domain.levels.climb import Climb
from earning.domain.levels.customer import CustomerLevels, customer_levels_id
from earning.domain.pooling import reset_together
from earning.poolbook import account_alone, sides_known, sides_of, streams_of_pool
from earning.streams import WALLET
from earning.walletbook import wallets_of
from loyalty.bus import Read, StreamRef, Unit

LEVELS_STATE = Read("select 0, coalesce(sum(position), 0)::bigint from earning_level_set")
"""A number that every event of a level set raises: where it is the same, so are the level sets."""
LEVEL_VERSIONS = """select coalesce((select json_agg(json_build_object('set_id', set_id, 'version', v.version, 'terms', v.terms,
        'periods', periods, 'past_since', s.past_since, 'past_until', s.past_until) order by set_id, v.version)
        from earning_level_set_version v join earning_level_set s on s.tenant_id = v.tenant_id and s.id = v.set_id
        where v.tenant_id = (select current_setting('loyalty.tenant')::int) and periods <> '[]'), '[]')::text,
    (select coalesce(sum(position), 0)::bigint from earning_level_set where tenant_id = (select current_setting('loyalty.tenant')::int))"""
"""Every version of every level set that was ever in force."""
PURCHASES = """select id, purchased_at from earning_purchase where tenant_id = (select current_setting('loyalty.tenant')::int)
    and customer_id = any (%s::uuid[]) and standing = any (%s) order by purchased_at, id"""
MOST_TENANTS, MOST_PURCHASES = 1000, 500
Asked = Callable[[str], Sequence[tuple[Any, ...]]]
Pool = Callable[[], Sequence[Account]]
"""Asks for all accounts that are one, only where they matter."""
_known: dict[int, tuple[int, LevelBook]] = {}


def level_book(tenant_id: int, state: int, ask: Asked) -> LevelBook:
    """The tenant's level sets, remembered by this process while their `state` is the same; otherwise read in one more round trip."""
    known = _known.get(tenant_id)
    if known is not None and known[0] == state:
        return known[1]
    if len(_known) >= MOST_TENANTS:
        _known.clear()
    versions, state = ask(LEVEL_VERSIONS)[0]
    book = LevelBook(msgspec.json.decode(versions, type=list[LevelSetVersion]))
    _known[tenant_id] = state, book
    return book


def stream_of_levels(tenant_id: int, customer_id: UUID) -> list[StreamRef]:
    """The customer's levels, where this process knows of a level set that was ever in force: a guess, which `climb_of` makes good."""
    known = _known.get(tenant_id)
    if known is None or known[1].is_empty:
        return []
    whose = sides_known(tenant_id, customer_id).customer_id
    return [StreamRef(CustomerLevels, customer_levels_id(tenant_id, whose))]


def uncounted(unit: Unit, customer_id: UUID, climb: Climb) -> list[UUID]:
    """The customer's first purchases, 500 at most, that should count towards levels and do not; of those who took part then."""
    bought = purchases_of(unit, sides_of(unit, customer_id).all)
    return list(islice((purchase_id for purchase_id, at in bought if climb.misses(purchase_id, at)), MOST_PURCHASES))


def purchases_of(unit: Unit, customer_ids: Sequence[UUID]) -> Sequence[tuple[UUID, datetime]]:
    """The purchases of customers who took part then, with their times, the oldest first."""
    return unit.execute_all([(PURCHASES, (list(customer_ids), list(MAY_EARN)))])[0]


def climb_of(unit: Unit, customer_id: UUID | None) -> Climb | None:
    """The levels of who stands for the customer, settled with the points that end with them, in a handler that declares `LEVELS_STATE`
    and `WALLETS`.

    None without level sets, or a customer. The stream is opened here where `stream_of_levels` did not know better: once in each process
    after a set was activated.
    """
    if customer_id is None or _book_of(unit).is_empty:
        return None
    return climb_alone(unit, sides_of(unit, customer_id).customer_id)


def climb_alone(unit: Unit, customer_id: UUID, sides: Sequence[UUID] | None = None) -> Climb | None:
    """The same of this very customer, whoever stands for them. Their points are those of `sides` (None: of all who are one now)."""
    if (climb := climb_as_noted(unit, customer_id)) is not None:
        settle_alone(unit, climb, customer_id, sides)
    return climb


def settle_alone(unit: Unit, climb: Climb, customer_id: UUID, sides: Sequence[UUID] | None = None) -> None:
    """Note which levels have gone by now, with the points that end with them: at once, so that nothing is taken of them in between."""
    climb.settle(unit.now)
    end_points(climb, partial(pool_of, unit, customer_id, sides), unit.now)


def climb_as_noted(unit: Unit, customer_id: UUID) -> Climb | None:
    """The levels of this very customer as they were noted last."""
    if (book := _book_of(unit)).is_empty:
        return None
    ref = StreamRef(CustomerLevels, customer_levels_id(unit.tenant_id, customer_id))
    if not unit.has(ref.id):
        unit.open([ref])
    return Climb(unit.load(CustomerLevels, ref.id), book, wallets_of(unit).zone, customer_id)


def stream_of_losses(tenant_id: int, customer_id: UUID) -> list[StreamRef]:
    """The customer's levels and points, where points may end with a level: a guess, which `settle_lost_points` makes good."""
    known = _known.get(tenant_id)
    if known is None or not known[1].takes_points:
        return []
    return [*streams_of_pool(tenant_id, customer_id, WALLET), *stream_of_levels(tenant_id, customer_id)]


def settle_lost_points(unit: Unit, customer_id: UUID) -> None:
    """Note which levels have gone by now, with the points that end with them, before any are taken.

    In a handler that declares `LEVELS_STATE` and `WALLETS`. Where no level set takes points, nothing is opened or locked.
    """
    if _book_of(unit).takes_points:
        climb_of(unit, customer_id)


def end_points(climb: Climb, pool: Pool, now: datetime) -> None:
    """Let the points end that go with what was lost since this was asked last: at once, so that nothing is taken of them in between, in the
    whole pool, since each account may hold points of the others.
    """
    if losses := climb.points_lost():
        reset_together(pool(), losses, now)


def pool_of(unit: Unit, customer_id: UUID | None, sides: Sequence[UUID] | None = None) -> list[Account]:
    """The points accounts of `sides` (None: of all who are one with the customer now)."""
    if sides is None:
        sides = sides_of(unit, customer_id).all if customer_id is not None else ()
    return [account_alone(unit, side, WALLET) for side in sides]


def _book_of(unit: Unit) -> LevelBook:
    _, state = unit.rows(*LEVELS_STATE)[0]
    return level_book(unit.tenant_id, state, lambda sql: unit.execute_all([(sql, ())])[0])
