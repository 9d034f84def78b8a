"""Custom events and their types, as lists show them and the next command finds them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from earning.domain.rule_texts import RuleText
from earning.events import (
    CustomEventReported,
    CustomEventTypeActivated,
    CustomEventTypeChanged,
    CustomEventTypeCreated,
    CustomEventTypeDeactivated,
)
from loyalty.domain.event import Recorded
from loyalty.projections.projection import Projection, Statement

CREATE = """insert into earning_custom_event_type (id, tenant_id, code, texts, schema, version, active, changed_at, position)
    values (%s, %s, %s, %s::jsonb, %s, 1, true, %s, %s)"""
CHANGE = """update earning_custom_event_type set texts = %s::jsonb, schema = %s, version = %s, changed_at = %s, position = %s
    where tenant_id = %s and id = %s"""
SWITCH = "update earning_custom_event_type set active = %s, changed_at = %s, position = %s where tenant_id = %s and id = %s"
COLUMNS = "id, tenant_id, customer_id, type, reference, occurred_at, reported_at, position"
REPORT = f"""insert into earning_custom_event ({COLUMNS})
    select {COLUMNS} from jsonb_populate_recordset(null::earning_custom_event, %s::jsonb)"""


class CustomEventTypes(Projection):
    """Types are few and change seldom: one statement after the other."""

    name = "earning.custom_event_types"
    events = (CustomEventTypeCreated, CustomEventTypeChanged, CustomEventTypeActivated, CustomEventTypeDeactivated)
    tables = ("earning_custom_event_type",)
    inline = True

    def statements(self, batch: Sequence[Recorded[Any]]) -> Iterable[Statement]:
        for recorded in batch:
            yield _statement(recorded)


class CustomEvents(Projection):
    """A row for each event, without its attributes."""

    name = "earning.custom_events"
    events = (CustomEventReported,)
    tables = ("earning_custom_event",)
    inline = True

    def statements(self, batch: Sequence[Recorded[Any]]) -> Iterable[Statement]:
        yield REPORT, (orjson.dumps([_row(recorded) for recorded in batch]).decode(),)


def _statement(recorded: Recorded[Any]) -> Statement:
    event, key = recorded.event, (recorded.tenant_id, recorded.event.type_id)
    match event:
        case CustomEventTypeCreated():
            facts = (event.type_id, recorded.tenant_id, event.code, _stored(event.texts), event.schema)
            return CREATE, (*facts, event.created_at, recorded.position)
        case CustomEventTypeChanged():
            return CHANGE, (_stored(event.texts), event.schema, event.version, event.changed_at, recorded.position, *key)
        case CustomEventTypeActivated():
            return SWITCH, (True, event.activated_at, recorded.position, *key)
        case CustomEventTypeDeactivated():
            return SWITCH, (False, event.deactivated_at, recorded.position, *key)
    raise TypeError(f"{type(event).__name__} is no event of a type")


def _stored(texts: tuple[RuleText, ...]) -> str:
    return orjson.dumps(texts).decode()


def _row(recorded: Recorded[CustomEventReported]) -> dict[str, Any]:
    event = recorded.event
    return {
        "id": event.custom_event_id,
        "tenant_id": recorded.tenant_id,
        "customer_id": event.customer_id,
        "type": event.type,
        "reference": event.reference,
        "occurred_at": event.occurred_at,
        "reported_at": recorded.metadata.occurred_at,
        "position": recorded.position,
    }
