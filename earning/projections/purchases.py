"""The list of purchases, each with its lines, its returns and its points."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import orjson

from earning.domain.document import normal_form
from earning.domain.wallets import POINTS
from earning.events import GoodsReturned, PointsClawedBack, PointsEarned, PurchaseClaimed, PurchaseRecorded, PurchaseVoided
from loyalty.domain.event import Recorded
from loyalty.projections.projection import Projection, Statement

COLUMNS = """id, tenant_id, customer_id, merchant_id, pos_id, document_scope, document_number, document_key, currency, total, kept,
    points, other_points, state, standing, payment_method, prices_include_tax, labels, lines, returns, exchange, purchased_at, recorded_at,
    recorded_by, channel, matched_by, position"""
TYPES = """id uuid, tenant_id int, customer_id uuid, merchant_id uuid, pos_id uuid, document_scope text, document_number text,
    document_key text, currency text, total bigint, kept bigint, points bigint, other_points jsonb, state text, standing text,
    payment_method text, prices_include_tax bool, labels jsonb, lines jsonb, returns jsonb, exchange jsonb, purchased_at timestamptz,
    recorded_at timestamptz, recorded_by text, channel text, matched_by text, position bigint"""
INSERT = f"insert into earning_purchase ({COLUMNS}) select {COLUMNS} from jsonb_to_recordset(%s::jsonb) r ({TYPES})"
UPDATE = """update earning_purchase p
    set kept = coalesce(r.kept, p.kept), state = coalesce(r.state, p.state), points = p.points + r.points,
        other_points = case when r.other_points = '{}' then p.other_points else (
            select jsonb_object_agg(code, points) from (
                select code, sum(points::bigint) as points
                from (select * from jsonb_each_text(p.other_points) union all
                    select * from jsonb_each_text(r.other_points)) x (code, points)
                group by code) y) end,
        customer_id = coalesce(r.customer_id, p.customer_id), standing = coalesce(r.standing, p.standing),
        matched_by = coalesce(r.matched_by, p.matched_by),
        returns = p.returns || r.returns, position = r.position
    from jsonb_to_recordset(%s::jsonb) r (tenant_id int, id uuid, kept bigint, state text, points bigint, other_points jsonb,
        customer_id uuid, standing text, matched_by text, returns jsonb, position bigint)
    where p.tenant_id = r.tenant_id and p.id = r.id"""
Row = dict[str, Any]


class Purchases(Projection):
    """Every sale document: what was bought, what of it is kept, and what it brought."""

    name = "earning.purchases"
    events = (PurchaseRecorded, PurchaseClaimed, GoodsReturned, PurchaseVoided, PointsEarned, PointsClawedBack)
    tables = ("earning_purchase",)
    inline = True

    def key(self, recorded: Recorded[Any]) -> UUID:
        return recorded.event.purchase_id  # type: ignore[no-any-return]

    def statements(self, batch: Sequence[Recorded[Any]]) -> Iterable[Statement]:
        new: dict[UUID, Row] = {}
        changed: dict[UUID, Row] = {}
        for recorded in batch:
            event = recorded.event
            if isinstance(event, PurchaseRecorded):
                new[event.purchase_id] = _recorded(recorded)
                continue
            row = new.get(event.purchase_id) or changed.setdefault(event.purchase_id, _unchanged(recorded))
            _change(row, event)
            row["position"] = recorded.position
        if new:
            yield INSERT, (_json(new),)
        if changed:
            yield UPDATE, (_json(changed),)


def _recorded(recorded: Recorded[PurchaseRecorded]) -> Row:
    event = recorded.event
    return {
        "id": event.purchase_id,
        "tenant_id": recorded.tenant_id,
        "customer_id": event.customer_id,
        "merchant_id": event.merchant_id,
        "pos_id": event.pos_id,
        "document_scope": event.document_scope,
        "document_number": event.document_number,
        "document_key": normal_form(event.document_number),
        "currency": event.currency,
        "total": event.total,
        "kept": event.total,
        "points": 0,
        "other_points": {},
        "state": "recorded",
        "standing": event.standing,
        "payment_method": event.payment_method,
        "prices_include_tax": event.prices_include_tax,
        "labels": event.labels,
        "lines": event.lines,
        "returns": [],
        "exchange": event.exchange,
        "purchased_at": event.purchased_at,
        "recorded_at": recorded.recorded_at,
        "recorded_by": recorded.metadata.actor,
        "channel": recorded.metadata.channel,
        "matched_by": event.matched_by,
        "position": recorded.position,
    }


def _unchanged(recorded: Recorded[Any]) -> Row:
    return {
        "id": recorded.event.purchase_id,
        "tenant_id": recorded.tenant_id,
        "kept": None,
        "state": None,
        "points": 0,
        "other_points": {},
        "customer_id": None,
        "standing": None,
        "matched_by": None,
        "returns": [],
        "position": recorded.position,
    }


def _change(row: Row, event: PurchaseClaimed | GoodsReturned | PurchaseVoided | PointsEarned | PointsClawedBack) -> None:
    match event:
        case PurchaseClaimed():
            row["customer_id"], row["standing"], row["matched_by"] = event.customer_id, event.standing, event.matched_by
        case PointsEarned():
            _add(row, event.wallet, event.points)
        case PointsClawedBack():
            _add(row, event.wallet, -event.points)
        case GoodsReturned():
            row["kept"] = event.amount_kept
            row["state"] = "returned" if event.nothing_left else "partly_returned"
            row["returns"].append(_returned(event))
        case PurchaseVoided():
            row["state"] = "voided"


def _add(row: Row, wallet: str, points: int) -> None:
    if wallet == POINTS:
        row["points"] += points
    else:
        row["other_points"][wallet] = row["other_points"].get(wallet, 0) + points


def _returned(event: GoodsReturned) -> Row:
    return {
        "return_id": event.return_id,
        "document_number": event.document_number,
        "pos_id": event.return_pos_id,
        "amount": event.amount,
        "exchanged": event.exchanged.amount if event.exchanged else None,
        "lines": event.lines,
        "returned_at": event.returned_at,
    }


def _json(rows: dict[UUID, Row]) -> str:
    return orjson.dumps(list(rows.values()), default=str).decode()
