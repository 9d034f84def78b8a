"""What an account holds: now, and as of any time as it was known at any time. Nothing is decided again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from customers.queries import sides, together_at
from earning.domain.expiring import Losses
from earning.events import AccountBlocked, AccountUnblocked
from earning.models import Account
from earning.queries.climbs import points_lost
from earning.queries.here import tenant_here
from earning.queries.unnoted import MOVED, NOTHING, OPEN_AT, Told, Unnoted, unnoted
from earning.streams import WALLET, account_of
from earning.walletbook import wallets_here
from loyalty.eventstore import store

GONE = "left join jsonb_to_recordset(%(gone)s::jsonb) g (lot_id uuid, points bigint) on g.lot_id = l.id"
"""Of a lot `l`: the points `g` of it that went, which nobody has noted yet."""
LENT = "h.points - coalesce((select sum(s.points) from jsonb_to_recordset(h.shares) s (points bigint)), 0)"
"""Of a hold `h`: what the account does not have itself, but those that it is joined with."""
NOW = f"""with lot as (
        select l.id, l.remaining - coalesce(g.points, 0) as remaining, coalesce(l.active_from > %(now)s, false) as waits,
            coalesce(coalesce(l.expires_at, case when l.rolling then a.active_until end) <= %(now)s, false) as ended
        from earning_lot l join earning_account a on a.tenant_id = l.tenant_id and a.id = l.account_id {GONE}
        where l.tenant_id = %(tenant)s and l.account_id = %(account)s and l.remaining > 0),
    held as (
        select coalesce(sum(s.points), 0) as points, coalesce(sum(s.points) filter (where lot.ended), 0) as ended
        from earning_hold h cross join lateral jsonb_to_recordset(h.shares) s (lot_id uuid, points bigint) join lot on lot.id = s.lot_id
        where h.tenant_id = %(tenant)s and h.account_id = %(account)s and h.ends_at > %(now)s and h.closed_at is null)
    select coalesce((select sum(remaining) from lot where not ended and not waits), 0),
        coalesce((select sum(remaining) from lot where not ended and waits), 0), held.points, held.ended,
        coalesce((select owed from earning_account where tenant_id = %(tenant)s and id = %(account)s), 0) - %(paid)s,
        coalesce((select sum({LENT}) from earning_hold h where h.tenant_id = %(tenant)s and h.account_id = %(account)s
            and h.ends_at > %(now)s and h.closed_at is null), 0),
        coalesce((select blocked from earning_account where tenant_id = %(tenant)s and id = %(account)s), false)
    from held"""
AT = f"""with moved as materialized ({MOVED}),
    lot as (
        select l.id, sum(s.points) - coalesce(max(g.points), 0) as remaining, coalesce(l.active_from > %(as_of)s, false) as waits,
            coalesce(coalesce(l.expires_at, case when l.rolling then (select max(active_until) from moved) end) <= %(as_of)s, false)
                as ended
        from moved cross join lateral jsonb_to_recordset(moved.shares) s (lot_id uuid, points bigint)
        join earning_lot l on l.tenant_id = moved.tenant_id and l.id = s.lot_id {GONE} group by l.tenant_id, l.id),
    held as (
        select coalesce(sum(s.points), 0) as points, coalesce(sum(s.points) filter (where lot.ended), 0) as ended
        from earning_hold h cross join lateral jsonb_to_recordset(h.shares) s (lot_id uuid, points bigint) join lot on lot.id = s.lot_id
        where h.tenant_id = %(tenant)s and h.account_id = %(account)s and h.ends_at > %(as_of)s and {OPEN_AT})
    select coalesce((select sum(remaining) from lot where not ended and not waits), 0),
        coalesce((select sum(remaining) from lot where not ended and waits), 0), held.points, held.ended,
        coalesce((select sum(owed) from moved), 0) - %(paid)s,
        coalesce((select sum({LENT}) from earning_hold h where h.tenant_id = %(tenant)s and h.account_id = %(account)s
            and h.ends_at > %(as_of)s and {OPEN_AT}), 0),
        %(blocked)s::boolean
    from held"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What an account holds, in the wallet's smallest unit.

    `balance` is everything that is there: what is `available`, what is `pending` until it becomes active, and what is `held`. What
    goods took back beyond what was left is a `debt`, or makes the balance negative, as the wallet says. Of a blocked account nothing
    is available. Accounts of customers who turned out to be one are one pool: what one of them lacks, the others stand for; once that
    is undone, it is owed as what goods took back.
    """

    balance: int
    available: int
    pending: int
    held: int
    debt: int


def balance(customer_id: UUID, now: datetime, wallet: str = WALLET, *, alone: bool = False) -> Balance:
    """What an account holds now: what has ended, by itself or with a level, is gone, whether that was noted or not.

    `alone`: without those that it is joined with.
    """
    whose = (customer_id,) if alone else sides(customer_id)
    losses = points_lost(customer_id, now, now, wallet)
    found = {one: _asked(NOW, one, wallet, {"now": now}) for one in whose}
    there = unnoted({one: figures.owed for one, figures in found.items()}, losses, wallet, now)
    return _together([_less(NOW, *pair, wallet, {"now": now}) for pair in zip(found.items(), there, strict=True)], wallet, now)


def balance_at(customer_id: UUID, as_of: datetime, known_at: datetime, wallet: str = WALLET) -> Balance:
    """What an account held at `as_of`, by what had been recorded at `known_at`."""
    then: Told = {"as_of": as_of, "known_at": known_at}
    losses = points_lost(customer_id, as_of, known_at, wallet)
    blocked = {one: _blocked_at(one, as_of, known_at, wallet) for one in together_at(customer_id, min(as_of, known_at))}
    found = {one: _asked(AT, one, wallet, {**then, "blocked": is_blocked}) for one, is_blocked in blocked.items()}
    there = unnoted({one: figures.owed for one, figures in found.items()}, losses, wallet, as_of, then)
    pairs = zip(found.items(), there, strict=True)
    return _together([_less(AT, *pair, wallet, {**then, "blocked": blocked[pair[0][0]]}) for pair in pairs], wallet, as_of)


def unnoted_now(customer_id: UUID, now: datetime, wallet: str) -> Unnoted:
    """What has gone of the accounts of a customer, and of those who are one with them, by now."""
    return unnoted_with(points_lost(customer_id, now, now, wallet), customer_id, now, wallet)


def unnoted_with(losses: Losses, customer_id: UUID, at: datetime, wallet: str) -> Unnoted:
    """What of what is there now has gone by then, with these losses of levels; of a time to come: when nothing else happens."""
    ids = {account_of(side, tenant_here(), wallet): side for side in sides(customer_id)}
    rows = Account.objects.filter(tenant_id=tenant_here(), id__in=ids).values_list("id", "owed")
    owed = dict.fromkeys(ids.values(), 0) | {ids[key]: points for key, points in rows}
    found = unnoted(owed, losses, wallet, at)
    return Unnoted({lot_id: points for one in found for lot_id, points in one.gone.items()}, sum(one.paid for one in found))


def _blocked_at(customer_id: UUID, as_of: datetime, known_at: datetime, wallet: str) -> bool:
    """Whether the last that was known of the account's blocking by then is that it was blocked."""
    blocked = False
    for recorded in store.load(account_of(customer_id, tenant_here(), wallet)):
        match recorded.event:
            case AccountBlocked(blocked_at=at) if at <= as_of and recorded.recorded_at <= known_at:
                blocked = True
            case AccountUnblocked(unblocked_at=at) if at <= as_of and recorded.recorded_at <= known_at:
                blocked = False
    return blocked


class _Figures(NamedTuple):
    """What one account holds: `held_beyond` of what is held has ended, `lent` of it others stand for."""

    active: int
    pending: int
    held: int
    held_beyond: int
    owed: int
    lent: int
    blocked: bool


def _asked(sql: str, customer_id: UUID, wallet: str, at_then: Told, gone: Unnoted = NOTHING) -> _Figures:
    tenant_id = tenant_here()
    told: dict[str, Any] = {"tenant": tenant_id, "account": account_of(customer_id, tenant_id, wallet), **at_then, **gone.asked}
    with connection.cursor() as cursor:
        cursor.execute(sql, told)
        *figures, blocked = cursor.fetchone()
    return _Figures._make([*map(int, figures), blocked])


def _less(sql: str, found: tuple[UUID, _Figures], gone: Unnoted, wallet: str, at_then: Told) -> _Figures:
    """The same without what went."""
    return found[1] if gone == NOTHING else _asked(sql, found[0], wallet, at_then, gone)


def _together(found: Sequence[_Figures], wallet: str, at: datetime) -> Balance:
    active, pending, held, held_beyond, owed, lent, _ = (sum(column) for column in zip(*found, strict=True))
    there = active + pending + held_beyond
    covered = min(owed, max(0, there)) if len(found) > 1 else 0
    kept_apart = owed > covered and wallets_here().policy(wallet, at).terms.overdraft == "debt"
    free = active - (held - held_beyond) - (lent if len(found) > 1 else 0)
    return Balance(
        balance=there - (covered if kept_apart else owed),
        available=0 if any(one.blocked for one in found) else max(0, free - owed),
        pending=pending,
        held=held + (lent if len(found) > 1 else 0),
        debt=owed - covered if kept_apart else 0,
    )
