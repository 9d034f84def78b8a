"""Accounts with their lots and statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import orjson

from earning.events import PointsClawedBack, PointsEarned
from loyalty.domain.event import Recorded
from loyalty.projections.projection import Projection, Statement

MOVEMENTS = """insert into earning_movement (position, tenant_id, account_id, kind, points, balance, lot_id, purchase_id, return_id,
        contributions, effective_at, recorded_at)
    select r.position, r.tenant_id, r.account_id, r.kind, r.points,
        coalesce(a.balance, 0) + sum(r.points) over (partition by r.account_id order by r.position),
        r.lot_id, r.purchase_id, r.return_id, r.contributions, r.effective_at, r.recorded_at
    from jsonb_to_recordset(%s::jsonb) r (position bigint, tenant_id int, account_id uuid, kind text, points bigint, lot_id uuid,
        purchase_id uuid, return_id uuid, contributions jsonb, effective_at timestamptz, recorded_at timestamptz)
    left join earning_account a on a.tenant_id = r.tenant_id and a.id = r.account_id"""
LOTS = """insert into earning_lot (id, tenant_id, account_id, purchase_id, points, remaining, earned_at, active_from, expires_at)
    select id, tenant_id, account_id, purchase_id, points, points, earned_at, active_from, expires_at
    from jsonb_to_recordset(%s::jsonb) r (id uuid, tenant_id int, account_id uuid, purchase_id uuid, points bigint,
        earned_at timestamptz, active_from timestamptz, expires_at timestamptz)"""
TAKEN = """update earning_lot l set remaining = l.remaining - r.points
    from jsonb_to_recordset(%s::jsonb) r (tenant_id int, id uuid, points bigint) where l.tenant_id = r.tenant_id and l.id = r.id"""
ACCOUNTS = """insert into earning_account as a (id, tenant_id, customer_id, wallet, balance, earned, clawed_back, movements, position)
    select id, tenant_id, customer_id, wallet, earned - clawed_back, earned, clawed_back, movements, position
    from jsonb_to_recordset(%s::jsonb) r (id uuid, tenant_id int, customer_id uuid, wallet text, earned bigint, clawed_back bigint,
        movements int, position bigint)
    on conflict (tenant_id, id) do update set balance = a.balance + excluded.balance, earned = a.earned + excluded.earned,
        clawed_back = a.clawed_back + excluded.clawed_back, movements = a.movements + excluded.movements, position = excluded.position"""
Row = dict[str, Any]


class Accounts(Projection):
    """What each customer holds, of which lots it is made, and every movement with the balance it left."""

    name = "earning.accounts"
    events = (PointsEarned, PointsClawedBack)
    tables = ("earning_account", "earning_lot", "earning_movement")
    inline = True

    def key(self, recorded: Recorded[Any]) -> UUID:
        return recorded.event.account_id  # type: ignore[no-any-return]

    def statements(self, batch: Sequence[Recorded[Any]]) -> Iterable[Statement]:
        accounts: dict[UUID, Row] = {}
        taken: dict[UUID, Row] = {}
        for recorded in batch:
            _add(accounts, recorded)
            if isinstance(recorded.event, PointsClawedBack):
                _take(taken, recorded)
        lots = [_lot(recorded) for recorded in batch if isinstance(recorded.event, PointsEarned)]
        # The balance before the batch is read first, and moved on last.
        yield MOVEMENTS, (_json([_movement(recorded) for recorded in batch]),)
        if lots:
            yield LOTS, (_json(lots),)
        if taken:
            yield TAKEN, (_json(list(taken.values())),)
        yield ACCOUNTS, (_json(list(accounts.values())),)


def _movement(recorded: Recorded[PointsEarned | PointsClawedBack]) -> Row:
    event = recorded.event
    row = {
        "position": recorded.position,
        "tenant_id": recorded.tenant_id,
        "account_id": event.account_id,
        "lot_id": event.lot_id,
        "purchase_id": event.purchase_id,
        "contributions": event.contributions,
        "recorded_at": recorded.recorded_at,
    }
    match event:
        case PointsEarned():
            return row | {"kind": "earned", "points": event.points, "effective_at": event.earned_at}
        case PointsClawedBack():
            back = {"kind": "clawed_back", "points": -event.points, "return_id": event.return_id}
            return row | back | {"effective_at": event.clawed_back_at}


def _lot(recorded: Recorded[PointsEarned]) -> Row:
    event = recorded.event
    return {
        "id": event.lot_id,
        "tenant_id": recorded.tenant_id,
        "account_id": event.account_id,
        "purchase_id": event.purchase_id,
        "points": event.points,
        "earned_at": event.earned_at,
        "active_from": event.active_from,
        "expires_at": event.expires_at,
    }


def _take(taken: dict[UUID, Row], recorded: Recorded[PointsClawedBack]) -> None:
    event = recorded.event
    row = taken.setdefault(event.lot_id, {"id": event.lot_id, "tenant_id": recorded.tenant_id, "points": 0})
    row["points"] += event.points


def _add(accounts: dict[UUID, Row], recorded: Recorded[PointsEarned | PointsClawedBack]) -> None:
    event = recorded.event
    row = accounts.get(event.account_id)
    if row is None:
        row = accounts[event.account_id] = {
            "id": event.account_id,
            "tenant_id": recorded.tenant_id,
            "customer_id": event.customer_id,
            "wallet": event.wallet,
            "earned": 0,
            "clawed_back": 0,
            "movements": 0,
        }
    row["earned" if isinstance(event, PointsEarned) else "clawed_back"] += event.points
    row["movements"] += 1
    row["position"] = recorded.position


def _json(rows: list[Row]) -> str:
    return orjson.dumps(rows).decode()
