"""What time has done to accounts that nobody has noted yet: worked out as the next decision would, from what the tables say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from earning.domain.account import Account
from earning.domain.expiring import Losses
from earning.domain.holds import Holds
from earning.domain.lots import Lot
from earning.domain.pooling import reset_together
from earning.domain.shares import Share
from earning.events import PointsHeld
from earning.queries.here import tenant_here
from earning.streams import account_of

LOTS_NOW = """select l.id, l.remaining, l.earned_at, l.active_from, coalesce(l.expires_at, case when l.rolling then a.active_until end)
    from earning_lot l join earning_account a on a.tenant_id = l.tenant_id and a.id = l.account_id
    where l.tenant_id = %(tenant)s and l.account_id = %(account)s and l.remaining > 0"""
HOLDS_NOW = """select h.id, h.points, h.shares, h.held_at, h.ends_at from earning_hold h
    where h.tenant_id = %(tenant)s and h.account_id = %(account)s and h.closed_at is null"""
MOVED = """select * from earning_movement where tenant_id = %(tenant)s and account_id = %(account)s
            and effective_at <= %(as_of)s and recorded_at <= %(known_at)s"""
LOTS_AT = f"""with moved as materialized ({MOVED})
    select l.id, sum(s.points)::bigint, l.earned_at, l.active_from,
        coalesce(l.expires_at, case when l.rolling then (select max(active_until) from moved) end)
    from moved cross join lateral jsonb_to_recordset(moved.shares) s (lot_id uuid, points bigint)
    join earning_lot l on l.tenant_id = moved.tenant_id and l.id = s.lot_id
    group by l.tenant_id, l.id having sum(s.points) > 0"""
OPEN_AT = """h.held_at <= %(as_of)s and h.recorded_at <= %(known_at)s
            and not (coalesce(h.closed_at <= %(as_of)s, false) and coalesce(h.closed_recorded_at <= %(known_at)s, false))"""
"""Of a hold `h`: whether it had begun at one time, and was neither used nor released, as it was known at another."""
HOLDS_AT = f"""select h.id, h.points, h.shares, h.held_at, h.ends_at from earning_hold h
    where h.tenant_id = %(tenant)s and h.account_id = %(account)s and {OPEN_AT}"""
Told = Mapping[str, datetime | bool | None]


@dataclass(frozen=True, slots=True)
class Unnoted:
    """Points that went, by lot, and how many of them towards what the account owes."""

    gone: Mapping[UUID, int] = field(default_factory=dict)
    paid: int = 0

    @property
    def asked(self) -> dict[str, Any]:
        """Parameters of a query that takes it off."""
        rows = [{"lot_id": lot_id, "points": points} for lot_id, points in self.gone.items()]
        return {"gone": orjson.dumps(rows).decode(), "paid": self.paid}


NOTHING = Unnoted()


def unnoted(owed: Mapping[UUID, int], losses: Losses, wallet: str, at: datetime, told: Told | None = None) -> list[Unnoted]:
    """For each of the customers who are one, with what their accounts owe. `told` says `as_of` and `known_at` (None: now)."""
    if not losses and not any(owed.values()):
        return [NOTHING] * len(owed)
    accounts = [_account(customer_id, wallet, points, told) for customer_id, points in owed.items()]
    if not losses and not _pays_late(accounts, at):
        return [NOTHING] * len(owed)
    before = [{lot.lot_id: lot.remaining for lot in one.all.in_order()} for one in accounts]
    reset_together(accounts, losses, at)
    return [_difference(*pair) for pair in zip(accounts, before, owed.values(), strict=True)]


def _pays_late(accounts: Sequence[Account], at: datetime) -> bool:
    """Whether something has ended that would have gone towards what is owed before: in another account, or when a hold let it go."""
    ended = [{lot.lot_id: one.all.end_of(lot) or at for lot in one.all.ended(at)} for one in accounts]
    if len(accounts) > 1:
        return any(ended)
    let_go = ((ended[0].get(share.lot_id), hold.ends_at) for hold in accounts[0].holds.ended(at) for share in hold.shares)
    return any(end is not None and hold_end < end for end, hold_end in let_go)


def _difference(account: Account, before: Mapping[UUID, int], owed: int) -> Unnoted:
    gone = {lot_id: points - account.all.by_id[lot_id].remaining for lot_id, points in before.items()}
    return Unnoted({lot_id: points for lot_id, points in gone.items() if points}, owed - account.owed)


def _account(customer_id: UUID, wallet: str, owed: int, told: Told | None) -> Account:
    """An account as far as time can change it: what it did before is not there."""
    account = Account(account_of(customer_id, tenant_here(), wallet))
    asked = {"tenant": tenant_here(), "account": account.id, **(told or {})}
    lots, holds = (_rows(sql, asked) for sql in ((LOTS_AT, HOLDS_AT) if told else (LOTS_NOW, HOLDS_NOW)))
    account.customer_id, account.wallet, account.version = customer_id, wallet, 1
    account.debts.add(owed)
    for lot_id, remaining, earned_at, active_from, expires_at in lots:
        account.all.add(Lot(lot_id, remaining, earned_at, active_from=active_from, expires_at=expires_at))
    account.holds = Holds(_hold(account, *row) for row in holds)
    return account


def _hold(account: Account, hold_id: UUID, points: int, shares: str, held_at: datetime, ends_at: datetime) -> PointsHeld:
    parts = tuple(Share(lot_id=UUID(one["lot_id"]), points=one["points"]) for one in orjson.loads(shares))
    owed = points - sum(share.points for share in parts)
    return PointsHeld(**account.named(), hold_id=hold_id, points=points, shares=parts, owed=owed, held_at=held_at, ends_at=ends_at)


def _rows(sql: str, asked: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        return list(cursor.fetchall())
