"""Read models: merchants, points of sale and sellers at once, takings a moment later."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import singledispatch
from typing import Any, ClassVar
from uuid import UUID

import orjson

from earning.events import GoodsReturned, PurchaseRecorded
from loyalty.domain.event import Recorded
from loyalty.projections.projection import Projection, SetProjection, Statement
from pos import events as e

Row = dict[str, Any]


class Rows(Projection):
    """One row for each stream: an event of `born` makes it, the others change some of its columns."""

    columns: ClassVar[tuple[str, ...]]
    born: ClassVar[type[Any]]
    inline = True

    def statements(self, batch: Sequence[Recorded[Any]]) -> Iterable[Statement]:
        born: dict[UUID, Row] = {}
        changed: dict[UUID, Row] = {}
        for r in batch:
            if isinstance(r.event, self.born):
                born[r.stream_id] = {"id": r.stream_id, "tenant_id": r.tenant_id}
            row = born[r.stream_id] if r.stream_id in born else changed.setdefault(r.stream_id, {})
            row |= {**changes(r.event), "position": r.position}
        table, columns = self.tables[0], ", ".join(self.columns)
        if born:
            insert = f"insert into {table} ({columns}) select {columns} from jsonb_populate_recordset(null::{table}, %s::jsonb)"
            yield insert, (orjson.dumps(list(born.values())).decode(),)
        if changed:
            settable = [c for c in self.columns if c not in {"id", "tenant_id"}]
            update = f"""update {table} c set ({", ".join(settable)}) = (select {", ".join("n." + c for c in settable)}
                    from jsonb_populate_record(c, w.changes) n)
                from jsonb_to_recordset(%s::jsonb) w (id uuid, changes jsonb) where c.tenant_id = %s and c.id = w.id"""
            rows = [{"id": i, "changes": row} for i, row in changed.items()]
            yield update, (orjson.dumps(rows).decode(), batch[0].tenant_id)


class Merchants(Rows):
    """Which merchants there are. Whoever acts sees it at once."""

    name = "pos.merchants"
    events = (e.MerchantAdded, e.MerchantDetailsChanged, e.MerchantActivated, e.MerchantDeactivated)
    tables = ("pos_merchant",)
    born = e.MerchantAdded
    columns = (
        "id", "tenant_id", "name", "phone", "email", "address", "latitude", "longitude", "document_scope", "active", "added_at", "position",
    )  # fmt: skip


class PointsOfSale(Rows):
    """Which points of sale there are. Whoever acts sees it at once."""

    name = "pos.points_of_sale"
    events = (e.PointOfSaleAdded, e.PointOfSaleDetailsChanged, e.PointOfSaleActivated, e.PointOfSaleDeactivated)
    tables = ("pos_point_of_sale",)
    born = e.PointOfSaleAdded
    columns = (
        "id", "tenant_id", "merchant_id", "code", "name", "description", "address", "latitude", "longitude", "opening_hours", "active",
        "added_at", "position",
    )  # fmt: skip


@singledispatch
def changes(event: object) -> Row:
    """The columns that `event` sets in the row of its merchant or point of sale."""
    raise TypeError(f"{type(event).__name__} changes no row")


@changes.register
def _(event: e.MerchantAdded) -> Row:
    return {**_merchant(event), "document_scope": event.document_scope, "active": True, "added_at": event.added_at}


@changes.register
def _(event: e.MerchantDetailsChanged) -> Row:
    return _merchant(event)


@changes.register
def _(event: e.PointOfSaleAdded) -> Row:
    born = {"merchant_id": event.merchant_id, "code": event.code, "active": True, "added_at": event.added_at}
    return born | _place(event)


@changes.register
def _(event: e.PointOfSaleDetailsChanged) -> Row:
    return _place(event)


@changes.register(e.MerchantActivated)
@changes.register(e.PointOfSaleActivated)
def _(event: object) -> Row:
    return {"active": True}


@changes.register(e.MerchantDeactivated)
@changes.register(e.PointOfSaleDeactivated)
def _(event: object) -> Row:
    return {"active": False}


def _merchant(event: e.MerchantAdded | e.MerchantDetailsChanged) -> Row:
    return {"name": event.name, "phone": event.phone or "", "email": event.email or "", **_location(event)}


def _place(event: e.PointOfSaleAdded | e.PointOfSaleDetailsChanged) -> Row:
    hours = [{"weekday": span.weekday, "opens": span.opens, "closes": span.closes} for span in event.opening_hours]
    return {"name": event.name, "description": event.description, "opening_hours": hours, **_location(event)}


def _location(event: Any) -> Row:
    return {"address": event.address, "latitude": event.latitude, "longitude": event.longitude}


class Sellers(Projection):
    """Which staff sell where. Whoever acts sees it at once."""

    name = "pos.sellers"
    events = (e.SellerAssigned, e.SellerWithdrawn, e.SellerActivated, e.SellerDeactivated)
    tables = ("pos_seller",)
    inline = True
    INSERT = """insert into pos_seller (id, tenant_id, pos_ids, active, since, position)
        select w.id, %s, '{}', true, w.since, w.position
        from jsonb_to_recordset(%s::jsonb) w (id uuid, since timestamptz, position bigint) where w.since is not null
        on conflict (tenant_id, id) do nothing"""
    UPDATE = """update pos_seller s set active = coalesce(w.active, s.active), position = w.position,
            pos_ids = (select coalesce(array_agg(u.p order by u.p), '{}')
                from (select unnest(s.pos_ids) union select jsonb_array_elements_text(w.assigned)::uuid) u (p)
                where not w.withdrawn ? u.p::text)
        from jsonb_to_recordset(%s::jsonb) w (id uuid, active bool, assigned jsonb, withdrawn jsonb, position bigint)
        where s.tenant_id = %s and s.id = w.id"""

    def statements(self, batch: Sequence[Recorded[Any]]) -> Iterable[Statement]:
        rows: dict[UUID, Row] = {}
        for r in batch:
            row = rows.setdefault(r.event.user_id, {"id": r.event.user_id, "active": None, "since": None, "places": {}})
            row["position"] = r.position
            self._take(row, r.event)
        given = orjson.dumps([self._written(**row) for row in rows.values()]).decode()
        yield self.INSERT, (batch[0].tenant_id, given)
        yield self.UPDATE, (given, batch[0].tenant_id)

    @staticmethod
    def _take(row: Row, event: Any) -> None:
        match event:
            case e.SellerAssigned():
                row["since"] = row["since"] or event.assigned_at
                row["places"][event.pos_id] = True
            case e.SellerWithdrawn():
                row["places"][event.pos_id] = False
            case e.SellerActivated():
                row["active"] = True
            case e.SellerDeactivated():
                row["active"] = False

    @staticmethod
    def _written(places: dict[UUID, bool], **row: Any) -> Row:
        """The row with its places as two lists, that of the last word on each."""
        return row | {"assigned": [p for p, held in places.items() if held], "withdrawn": [p for p, held in places.items() if not held]}


class PlaceTakings(SetProjection):
    """What each point of sale sold: documents, and their value without what came back."""

    name = "pos.takings"
    events = (PurchaseRecorded, GoodsReturned)
    tables = ("pos_takings",)
    sql = """insert into pos_takings as t (tenant_id, point_of_sale_id, purchases, undone, revenue)
        select e.tenant_id, (e.payload->>'pos_id')::uuid,
            count(*) filter (where e.name = 'earning.purchase_recorded'),
            count(*) filter (where (e.payload->>'nothing_left')::bool),
            sum(coalesce(coalesce(e.payload->'exchange'->>'total', e.payload->>'total')::bigint,
                -coalesce(e.payload->'exchanged'->>'amount', e.payload->>'amount')::bigint))
        from {events} e where e.payload->>'pos_id' is not null group by 1, 2 order by 1, 2
        on conflict (tenant_id, point_of_sale_id) do update set purchases = t.purchases + excluded.purchases,
            undone = t.undone + excluded.undone, revenue = t.revenue + excluded.revenue"""
