"""Custom events and their types: each order to its one decision."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from customers.queries import may_earn, standing_read
from earning.commands import (
    ActivateCustomEventType,
    ChangeCustomEventType,
    CreateCustomEventType,
    CustomEventAnswer,
    CustomEventTypeAnswer,
    DeactivateCustomEventType,
    ReportCustomEvent,
)
from earning.domain.custom_event import CustomEvent, TypeInForce, custom_event_id, normal_reference
from earning.domain.custom_event_type import CustomEventType, normal_code, schema_in, type_id_of
from loyalty.bus import Read, StreamRef, Unit, handles
from loyalty.domain.command import Circumstances
from loyalty.domain.errors import DomainError, NotFound

TYPE = "select code, id, version, active, schema from earning_custom_event_type where code = any (%s::text[])"
OfType = CreateCustomEventType | ChangeCustomEventType | ActivateCustomEventType | DeactivateCustomEventType


def stream_of_type(command: OfType, circumstances: Circumstances) -> Iterator[StreamRef]:
    """None for a code that is none, which the handler refuses."""
    try:
        yield StreamRef(CustomEventType, type_id_of(circumstances.tenant_id, normal_code(command.code)))
    except DomainError:
        return


@handles(CreateCustomEventType, streams=stream_of_type)
def create_custom_event_type(command: CreateCustomEventType, unit: Unit) -> CustomEventTypeAnswer:
    code = normal_code(command.code)
    it = unit.load(CustomEventType, type_id_of(unit.tenant_id, code))
    it.create(code, command.texts, command.schema, unit.now)
    return _answer(it)


@handles(ChangeCustomEventType, streams=stream_of_type)
def change_custom_event_type(command: ChangeCustomEventType, unit: Unit) -> CustomEventTypeAnswer:
    it = _known(command.code, unit)
    it.change(command.texts, command.schema, command.seen_version, unit.now)
    return _answer(it)


@handles(ActivateCustomEventType, streams=stream_of_type)
def activate_custom_event_type(command: ActivateCustomEventType, unit: Unit) -> CustomEventTypeAnswer:
    it = _known(command.code, unit)
    it.activate(unit.now)
    return _answer(it)


@handles(DeactivateCustomEventType, streams=stream_of_type)
def deactivate_custom_event_type(command: DeactivateCustomEventType, unit: Unit) -> CustomEventTypeAnswer:
    it = _known(command.code, unit)
    it.deactivate(unit.now)
    return _answer(it)


def _known(code: str, unit: Unit) -> CustomEventType:
    try:
        return unit.load(CustomEventType, type_id_of(unit.tenant_id, normal_code(code)))
    except DomainError:
        raise NotFound("earning.custom_event_type_unknown") from None


def _answer(it: CustomEventType) -> CustomEventTypeAnswer:
    return CustomEventTypeAnswer(type_id=it.id, code=it.code, version=it.number, active=it.active)


def stream_of_event(command: ReportCustomEvent, circumstances: Circumstances) -> Iterator[StreamRef]:
    """None for a type or a reference that is none, which the handler refuses."""
    try:
        yield StreamRef(CustomEvent, _event_id(command, circumstances.tenant_id))
    except DomainError:
        return


def reads_of_report(command: ReportCustomEvent, circumstances: Circumstances) -> Iterator[Read]:
    yield Read(TYPE, _code(command))
    yield standing_read(command.customer_id)


@handles(ReportCustomEvent, streams=stream_of_event, reads=reads_of_report)
def report_custom_event(command: ReportCustomEvent, unit: Unit) -> CustomEventAnswer:
    kind, sides, reference = _type(command, unit), _sides(command.customer_id, unit), normal_reference(command.reference_id)
    event = unit.load(CustomEvent, custom_event_id(unit.tenant_id, kind.code, reference))
    new = event.report(
        kind,
        command.customer_id,
        reference,
        command.attributes,
        command.occurred_at,
        now=unit.now,
        channel=unit.circumstances.channel,
        sides=sides,
    )
    assert event.reported is not None
    told = event.reported
    return CustomEventAnswer(
        custom_event_id=event.id, type=told.type, customer_id=told.customer_id, occurred_at=told.occurred_at, duplicate=not new
    )


def _event_id(command: ReportCustomEvent, tenant_id: int) -> UUID:
    return custom_event_id(tenant_id, normal_code(command.type), normal_reference(command.reference_id))


def _code(command: ReportCustomEvent) -> str:
    try:
        return normal_code(command.type)
    except DomainError:
        return ""


def _type(command: ReportCustomEvent, unit: Unit) -> TypeInForce:
    rows = unit.rows(TYPE, _code(command))
    if not rows:
        raise DomainError("earning.custom_event_type_unknown", field="type")
    type_id, version, active, schema = rows[0]
    return TypeInForce(type_id, _code(command), version, active, schema_in(schema))


def _sides(customer_id: UUID, unit: Unit) -> list[UUID]:
    """All who are one person with the customer. Raises DomainError for somebody unknown, erased or inactive."""
    rows = unit.rows(*standing_read(customer_id))
    if not rows or rows[0][0] == "erased":
        raise DomainError("earning.customer_unknown", field="customer_id")
    state, survivor_id, merged = rows[0]
    if not may_earn(state):
        raise DomainError("earning.customer_not_active", field="customer_id")
    return [survivor_id, *merged]
