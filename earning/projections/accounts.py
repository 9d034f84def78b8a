"""Accounts with their lots, statements and holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

import orjson

from earning.events import (
    AccountBlocked,
    AccountUnblocked,
    ExpiryAnnounced,
    HoldReleased,
    PointsActivated,
    PointsHeld,
    PointsProlonged,
    PointsSpent,
)
from earning.projections.movements import MOVES, Moved, Moving, Row, moved
from loyalty.domain.event import Recorded
from loyalty.projections.projection import Projection, Statement

MOVED = """position, tenant_id, account_id, operation_id, kind, points, amount, lapsed, owed, lot_id, purchase_id, return_id, reference_id,
    shares, contributions, active_until, effective_at, recorded_at"""
MOVED_TYPES = """position bigint, tenant_id int, account_id uuid, operation_id uuid, kind text, points bigint, amount bigint, lapsed bigint,
    owed bigint, lot_id uuid, purchase_id uuid, return_id uuid, reference_id uuid, shares jsonb, contributions jsonb,
    active_until timestamptz, effective_at timestamptz, recorded_at timestamptz"""
MOVEMENTS = f"""insert into earning_movement (balance, {MOVED})
    select coalesce(a.balance, 0) + sum(r.points) over (partition by r.account_id order by r.position),
        {", ".join(f"r.{column.strip()}" for column in MOVED.split(","))}
    from jsonb_to_recordset(%s::jsonb) r ({MOVED_TYPES})
    left join earning_account a on a.tenant_id = r.tenant_id and a.id = r.account_id"""
LOT = "id, tenant_id, account_id, source, purchase_id, origin_id, points, earned_at, active_from, expires_at, rolling"
LOTS = f"""insert into earning_lot ({LOT}, remaining, activated)
    select {LOT}, remaining, active_from is null
    from jsonb_to_recordset(%s::jsonb) r (id uuid, remaining bigint, tenant_id int, account_id uuid, source text, purchase_id uuid,
        origin_id uuid, points bigint, earned_at timestamptz, active_from timestamptz, expires_at timestamptz, rolling bool)"""
REMAINING = """update earning_lot l set remaining = l.remaining + r.points
    from jsonb_to_recordset(%s::jsonb) r (tenant_id int, id uuid, points bigint) where l.tenant_id = r.tenant_id and l.id = r.id"""
TOTALS = ("balance", "earned", "clawed_back", "spent", "expired", "cancelled", "adjusted", "transferred", "owed", "movements")
ACCOUNTS = f"""insert into earning_account as a (id, tenant_id, customer_id, wallet, {", ".join(TOTALS)}, active_until, position)
    select id, tenant_id, customer_id, wallet, {", ".join(TOTALS)}, active_until, position
    from jsonb_to_recordset(%s::jsonb) r (id uuid, tenant_id int, customer_id uuid, wallet text,
        {", ".join(f"{column} bigint" for column in TOTALS)}, active_until timestamptz, position bigint)
    on conflict (tenant_id, id) do update set {", ".join(f"{column} = a.{column} + excluded.{column}" for column in TOTALS)},
        active_until = greatest(a.active_until, excluded.active_until), position = excluded.position"""
BLOCKED = "update earning_account set blocked = %s where tenant_id = %s and id = %s"
ACTIVATED = "update earning_lot set activated = true where tenant_id = %s and id = any (%s::uuid[])"
ANNOUNCED = "update earning_lot set announced_end = %s where tenant_id = %s and id = any (%s::uuid[])"
HELD = """insert into earning_hold (id, tenant_id, account_id, points, shares, reference_id, held_at, ends_at, recorded_at)
    values (%s, %s, %s, %s, %s::jsonb, %s, %s, %s, %s)"""
CLOSED = "update earning_hold set closed_at = %s, closed_recorded_at = %s where tenant_id = %s and id = %s"


class Accounts(Projection):
    """What each customer holds, of which lots it is made, and every movement with the balance it left."""

    name = "earning.accounts"
    events = (*MOVES, PointsActivated, ExpiryAnnounced, AccountBlocked, AccountUnblocked)
    tables = ("earning_account", "earning_lot", "earning_movement", "earning_hold")
    inline = True

    def key(self, recorded: Recorded[Any]) -> UUID:
        return recorded.event.account_id  # type: ignore[no-any-return]

    def statements(self, batch: Sequence[Recorded[Any]]) -> Iterable[Statement]:
        accounts: dict[UUID, Row] = {}
        movements: list[Row] = []
        lots: dict[Any, Row] = {}
        changes: dict[UUID, Row] = {}
        for recorded in batch:
            change = moved(recorded.event) if isinstance(recorded.event, MOVES) else None
            _add(accounts, recorded, change)
            if change is not None:
                movements.append(_movement(recorded, change))
                lots |= {lot["id"]: _lot(recorded, lot) for lot in change.lots}
                _change(changes, recorded.tenant_id, change)
        for lot_id, lot in lots.items():
            lot["remaining"] = changes.pop(lot_id)["points"]
        # The balance before the batch is read first, and moved on last.
        if movements:
            yield MOVEMENTS, (_json(movements),)
        if lots:
            yield LOTS, (_json(lots.values()),)
        if changes:
            yield REMAINING, (_json(changes.values()),)
        yield ACCOUNTS, (_json(accounts.values()),)
        for recorded in batch:
            yield from _seldom(recorded)


def _movement(recorded: Recorded[Moving], change: Moved) -> Row:
    return {
        "position": recorded.position,
        "tenant_id": recorded.tenant_id,
        "account_id": recorded.event.account_id,
        "operation_id": recorded.metadata.command_id,
        "kind": change.kind,
        "points": change.points,
        "amount": 0 if isinstance(recorded.event, PointsProlonged) else recorded.event.points,
        "lapsed": change.lapsed,
        "owed": change.owed,
        "shares": change.shares,
        "contributions": [],
        "effective_at": change.at,
        "recorded_at": recorded.recorded_at,
    } | change.refers


def _lot(recorded: Recorded[Moving], lot: Row) -> Row:
    return lot | {"tenant_id": recorded.tenant_id, "account_id": recorded.event.account_id}


def _change(changes: dict[UUID, Row], tenant_id: int, change: Moved) -> None:
    for share in change.shares:
        row = changes.setdefault(share.lot_id, {"id": share.lot_id, "tenant_id": tenant_id, "points": 0})
        row["points"] += share.points


def _add(accounts: dict[UUID, Row], recorded: Recorded[Any], change: Moved | None) -> None:
    event = recorded.event
    row = accounts.get(event.account_id)
    if row is None:
        row = accounts[event.account_id] = dict.fromkeys(TOTALS, 0) | {
            "id": event.account_id,
            "tenant_id": recorded.tenant_id,
            "customer_id": event.customer_id,
            "wallet": event.wallet,
        }
    row["position"] = recorded.position
    if change is not None:
        row["balance"] += change.points
        row["owed"] += change.owed
        row["movements"] += 1
        for name, points in change.totals.items():
            row[name] += points
        if (until := change.refers.get("active_until")) is not None:
            row["active_until"] = max(until, row.get("active_until", until))


def _seldom(recorded: Recorded[Any]) -> Iterator[Statement]:
    event, tenant_id = recorded.event, recorded.tenant_id
    match event:
        case PointsHeld():
            times = (event.held_at, event.ends_at, recorded.recorded_at)
            shares = orjson.dumps(event.shares).decode()
            yield HELD, (event.hold_id, tenant_id, event.account_id, event.points, shares, event.reference_id, *times)
        case HoldReleased():
            yield CLOSED, (event.released_at, recorded.recorded_at, tenant_id, event.hold_id)
        case PointsSpent() if event.hold_id is not None:
            yield CLOSED, (event.spent_at, recorded.recorded_at, tenant_id, event.hold_id)
        case PointsActivated():
            yield ACTIVATED, (tenant_id, [share.lot_id for share in event.shares])
        case ExpiryAnnounced():
            yield ANNOUNCED, (event.expires_at, tenant_id, [share.lot_id for share in event.shares])
        case AccountBlocked() | AccountUnblocked():
            yield BLOCKED, (isinstance(event, AccountBlocked), tenant_id, event.account_id)


def _json(rows: Iterable[Row]) -> str:
    return orjson.dumps(list(rows)).decode()
