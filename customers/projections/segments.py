"""Segments, and who is in them, written in the command's own transaction: the next purchase sees it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import orjson

from customers.domain.criteria import Criteria
from customers.events import (
    SegmentActivated,
    SegmentChanged,
    SegmentCreated,
    SegmentCriteriaChanged,
    SegmentDeactivated,
    SegmentEntered,
    SegmentLeft,
)
from loyalty.domain.event import Recorded
from loyalty.domain.identity import derived_id
from loyalty.projections.projection import Projection, Statement

CREATE = """insert into customers_segment (id, tenant_id, code, name, description, criteria, active, changed_at, position)
    values (%s, %s, %s, %s, %s, %s::jsonb, true, %s, %s)"""
CHANGE = "update customers_segment set name = %s, description = %s, changed_at = %s, position = %s where tenant_id = %s and id = %s"
ASK = "update customers_segment set criteria = %s::jsonb, changed_at = %s, position = %s where tenant_id = %s and id = %s"
SWITCH = "update customers_segment set active = %s, changed_at = %s, position = %s where tenant_id = %s and id = %s"
LEAVE = """delete from customers_segment_member m using jsonb_to_recordset(%s::jsonb) w (segment_id uuid, customer_id uuid)
    where m.tenant_id = %s and m.segment_id = w.segment_id and m.customer_id = w.customer_id"""
MEMBER = "id, tenant_id, segment_id, customer_id, way, entered_by, entered_at, position"
ENTER = f"""insert into customers_segment_member ({MEMBER})
    select {MEMBER} from jsonb_populate_recordset(null::customers_segment_member, %s::jsonb)"""
Pair = tuple[UUID, UUID]


class Segments(Projection):
    """Segments are few and change seldom: one statement after the other."""

    name = "customers.segments"
    events = (SegmentCreated, SegmentChanged, SegmentCriteriaChanged, SegmentActivated, SegmentDeactivated)
    tables = ("customers_segment",)
    inline = True

    def statements(self, batch: Sequence[Recorded[Any]]) -> Iterable[Statement]:
        for recorded in batch:
            yield _statement(recorded)


class Members(Projection):
    """Who is in which segment: of each customer and segment the last word of the batch counts."""

    name = "customers.members"
    events = (SegmentEntered, SegmentLeft)
    tables = ("customers_segment_member",)
    inline = True

    def statements(self, batch: Sequence[Recorded[Any]]) -> Iterable[Statement]:
        last: dict[Pair, Recorded[Any]] = {(r.event.segment_id, r.event.customer_id): r for r in batch}
        went: set[Pair] = {(r.event.segment_id, r.event.customer_id) for r in batch if isinstance(r.event, SegmentLeft)}
        entered = [_member(r) for r in last.values() if isinstance(r.event, SegmentEntered)]
        if went:
            pairs = [{"segment_id": segment, "customer_id": customer} for segment, customer in sorted(went)]
            yield LEAVE, (orjson.dumps(pairs).decode(), batch[0].tenant_id)
        if entered:
            yield ENTER, (orjson.dumps(entered).decode(),)


def _statement(recorded: Recorded[Any]) -> Statement:
    event, key = recorded.event, (recorded.tenant_id, recorded.event.segment_id)
    match event:
        case SegmentCreated():
            facts = (event.segment_id, recorded.tenant_id, event.code, event.name, event.description, _stored(event.criteria))
            return CREATE, (*facts, event.created_at, recorded.position)
        case SegmentChanged():
            return CHANGE, (event.name, event.description, event.changed_at, recorded.position, *key)
        case SegmentCriteriaChanged():
            return ASK, (_stored(event.criteria), event.changed_at, recorded.position, *key)
        case SegmentActivated():
            return SWITCH, (True, event.activated_at, recorded.position, *key)
        case SegmentDeactivated():
            return SWITCH, (False, event.deactivated_at, recorded.position, *key)
    raise TypeError(f"{type(event).__name__} is no event of a segment")


def _stored(criteria: Criteria | None) -> str | None:
    return None if criteria is None else orjson.dumps(criteria).decode()


def _member(recorded: Recorded[SegmentEntered]) -> dict[str, Any]:
    event = recorded.event
    return {
        "id": derived_id("segment_member", event.segment_id, event.customer_id),
        "tenant_id": recorded.tenant_id,
        "segment_id": event.segment_id,
        "customer_id": event.customer_id,
        "way": event.way,
        "entered_by": recorded.metadata.actor,
        "entered_at": event.entered_at,
        "position": recorded.position,
    }
