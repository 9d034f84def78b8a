"""What criteria of segments ask of purchases, told by earning."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from customers.domain.criteria import word
from earning.events import GoodsReturned, Line, PurchaseClaimed, PurchaseRecorded
from loyalty.domain.event import Recorded
from loyalty.projections.projection import Projection, Statement

COLUMNS = "id, tenant_id, customer_id, pos_id, kept, bought, lines, purchased_at, position"
INSERT = f"""insert into customers_purchase ({COLUMNS})
    select {COLUMNS} from jsonb_populate_recordset(null::customers_purchase, %s::jsonb)"""
CLAIM = "update customers_purchase set customer_id = %s, position = %s where tenant_id = %s and id = %s"
DELETE = "delete from customers_purchase where tenant_id = %s and id = %s"
LEFT = """jsonb_array_elements(p.lines) with ordinality l (line, number),
    lateral (select (l.line->>0)::bigint - coalesce((came.back->>(l.number::text))::bigint, 0)) o (measure)"""
RETURN = f"""update customers_purchase p set kept = p.kept - %s, position = %s, (lines, bought) = (
        select jsonb_agg(jsonb_build_array(o.measure, l.line->1) order by l.number),
            array(select distinct w.word collate "C" from {LEFT}, jsonb_array_elements_text(l.line->1) w (word)
                where o.measure > 0 order by 1)
        from {LEFT})
    from (select %s::jsonb) came (back) where p.tenant_id = %s and p.id = %s"""
Row = dict[str, Any]


class Purchases(Projection):
    """Purchases of which goods are kept: where, when, for how much, and what."""

    name = "customers.purchases"
    events = (PurchaseRecorded, PurchaseClaimed, GoodsReturned)
    tables = ("customers_purchase",)

    def key(self, recorded: Recorded[Any]) -> Any:
        return recorded.event.purchase_id

    def statements(self, batch: Sequence[Recorded[Any]]) -> Iterable[Statement]:
        new: list[Row] = []
        for recorded in batch:
            if isinstance(recorded.event, PurchaseRecorded):
                new.append(_recorded(recorded))
                continue
            if new:
                yield INSERT, (orjson.dumps(new).decode(),)
                new = []
            yield _changed(recorded)
        if new:
            yield INSERT, (orjson.dumps(new).decode(),)


def _recorded(recorded: Recorded[PurchaseRecorded]) -> Row:
    event = recorded.event
    lines = [(line.measure, _words(line, event.labels)) for line in event.lines]
    return {
        "id": event.purchase_id,
        "tenant_id": recorded.tenant_id,
        "customer_id": event.customer_id,
        "pos_id": event.pos_id,
        "kept": event.exchange.total if event.exchange else event.total,
        "bought": sorted({one for measure, words in lines if measure > 0 for one in words}),
        "lines": lines,
        "purchased_at": event.purchased_at,
        "position": recorded.position,
    }


def _words(line: Line, of_purchase: dict[str, str]) -> list[str]:
    """What goods are called; a label also by itself, whatever its value."""
    if line.kind != "goods":
        return []
    told = [("sku", line.sku), ("maker", line.maker), ("category", line.category)]
    for name, value in (of_purchase | line.labels).items():
        told += [("label", name), ("label", f"{name}={value}" if value else "")]
    return sorted({word(what, value) for what, value in told if value})


def _changed(recorded: Recorded[PurchaseClaimed | GoodsReturned]) -> Statement:
    event, key = recorded.event, (recorded.tenant_id, recorded.event.purchase_id)
    if isinstance(event, PurchaseClaimed):
        return CLAIM, (event.customer_id, recorded.position, *key)
    if event.nothing_left:
        return DELETE, key
    back: dict[str, int] = {}
    for line in event.lines:
        back[str(line.line)] = back.get(str(line.line), 0) + line.measure
    amount = event.exchanged.amount if event.exchanged else event.amount
    return RETURN, (amount, recorded.position, orjson.dumps(back).decode(), *key)
