"""Handlers of webhooks: rows and no facts, so there is no stream to lock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from loyalty.bus import StreamRef, Unit, handles
from loyalty.domain.command import Circumstances
from loyalty.domain.errors import Conflict, DomainError, NotFound
from loyalty.domain.identity import derived_id
from loyalty.staff.audit import note_change
from loyalty.webhooks import deliveries, endpoints
from loyalty.webhooks.commands import (
    LONGEST_DESCRIPTION,
    MOST_GRACE_HOURS,
    AddEndpoint,
    ChangeEndpoint,
    DropDelivery,
    PauseEndpoint,
    RemoveEndpoint,
    ReplayDelivery,
    ReplayFailed,
    ResumeEndpoint,
    RotateSecret,
    SendTestEvent,
)
from loyalty.webhooks.endpoints import Kept
from loyalty.webhooks.event_types import EVENT_TYPES
from loyalty.webhooks.targets import policy, target_of

OF = """select p.id, p.url, d.body <> '' from webhooks_delivery d
    join webhooks_endpoint p on p.tenant_id = d.tenant_id and p.id = d.endpoint_id where d.tenant_id = %s and d.id = %s
    for key share of p"""


def no_stream(command: Any, circumstances: Circumstances) -> Iterable[StreamRef]:
    return ()


@handles(AddEndpoint, streams=no_stream)
def add_endpoint(command: AddEndpoint, unit: Unit) -> UUID:
    types = _checked(command)
    if endpoints.count_in_turn(unit) >= endpoints.MOST:
        raise DomainError("webhooks.too_many", most=endpoints.MOST)
    made = derived_id("webhooks.endpoint", unit.circumstances.command_id)
    if not endpoints.add(unit, made, command.url, command.description, types):
        raise Conflict("command.applied")
    endpoints.add_secret(unit, made, derived_id("webhooks.secret", unit.circumstances.command_id), command.secret)
    _note(unit, "webhook.added", made, command.url, types)
    return made


@handles(ChangeEndpoint, streams=no_stream)
def change_endpoint(command: ChangeEndpoint, unit: Unit) -> UUID:
    before, types = _locked(unit, command.endpoint_id), _checked(command)
    if (before.url, before.description, tuple(before.types)) != (command.url, command.description, types):
        endpoints.change(unit, command.endpoint_id, before, command.url, command.description, types)
        _note(unit, "webhook.changed", command.endpoint_id, command.url, types)
    return command.endpoint_id


@handles(PauseEndpoint, streams=no_stream)
def pause_endpoint(command: PauseEndpoint, unit: Unit) -> UUID:
    kept = _locked(unit, command.endpoint_id)
    if kept.state == "active":
        endpoints.pause(unit, command.endpoint_id)
        _note(unit, "webhook.paused", command.endpoint_id, kept.url)
    return command.endpoint_id


@handles(ResumeEndpoint, streams=no_stream)
def resume_endpoint(command: ResumeEndpoint, unit: Unit) -> UUID:
    kept = _locked(unit, command.endpoint_id)
    endpoints.resume(unit, command.endpoint_id)
    if kept.state != "active":
        _note(unit, "webhook.resumed", command.endpoint_id, kept.url)
    return command.endpoint_id


@handles(RemoveEndpoint, streams=no_stream)
def remove_endpoint(command: RemoveEndpoint, unit: Unit) -> UUID:
    kept = _locked(unit, command.endpoint_id)
    endpoints.remove(unit, command.endpoint_id)
    _note(unit, "webhook.removed", command.endpoint_id, kept.url)
    return command.endpoint_id


@handles(RotateSecret, streams=no_stream)
def rotate_secret(command: RotateSecret, unit: Unit) -> UUID:
    kept = _locked(unit, command.endpoint_id)
    grace = timedelta(hours=min(max(command.grace_hours, 0), MOST_GRACE_HOURS))
    made = derived_id("webhooks.secret", unit.circumstances.command_id)
    endpoints.end_secrets(unit, command.endpoint_id, grace)
    if not endpoints.add_secret(unit, command.endpoint_id, made, command.secret):
        raise Conflict("command.applied")
    _note(unit, "webhook.secret", command.endpoint_id, kept.url)
    return command.endpoint_id


@handles(SendTestEvent, streams=no_stream)
def send_test_event(command: SendTestEvent, unit: Unit) -> UUID:
    if _locked(unit, command.endpoint_id).state != "active":
        raise DomainError("webhooks.paused")
    return deliveries.write_test(unit, command.endpoint_id)


@handles(ReplayDelivery, streams=no_stream)
def replay_delivery(command: ReplayDelivery, unit: Unit) -> UUID:
    endpoint_id, url, known = _of(unit, command.delivery_id)
    if not known:
        raise DomainError("webhooks.forgotten")
    if not deliveries.replay(unit, "id = %s", [command.delivery_id]):
        raise DomainError("webhooks.not_settled")
    _note(unit, "webhook.replayed", endpoint_id, url)
    return command.delivery_id


@handles(ReplayFailed, streams=no_stream)
def replay_failed(command: ReplayFailed, unit: Unit) -> int:
    kept = _locked(unit, command.endpoint_id)
    which = "endpoint_id = %s and written_at >= %s and state in ('failed', 'dropped')"
    number = deliveries.replay(unit, which, [command.endpoint_id, command.since])
    _note(unit, "webhook.replayed", command.endpoint_id, kept.url)
    return number


@handles(DropDelivery, streams=no_stream)
def drop_delivery(command: DropDelivery, unit: Unit) -> UUID:
    endpoint_id, url, _known = _of(unit, command.delivery_id)
    if not deliveries.drop(unit, command.delivery_id):
        raise DomainError("webhooks.not_waiting")
    _note(unit, "webhook.given_up", endpoint_id, url)
    return command.delivery_id


def _checked(command: AddEndpoint | ChangeEndpoint) -> tuple[str, ...]:
    """The types, each once, of an address that may be sent to."""
    target_of(command.url, policy())
    if len(command.description) > LONGEST_DESCRIPTION:
        raise DomainError("webhooks.description_long", field="description", most=LONGEST_DESCRIPTION)
    if not command.types:
        raise DomainError("webhooks.types_missing", field="types")
    if unknown := [name for name in command.types if name not in EVENT_TYPES]:
        raise DomainError("webhooks.type_unknown", field="types", type=unknown[0])
    return tuple(sorted(set(command.types)))


def _locked(unit: Unit, endpoint_id: UUID) -> Kept:
    found = endpoints.lock(unit, endpoint_id)
    if found is None:
        raise NotFound("request.not_found")
    return found


def _of(unit: Unit, delivery_id: UUID) -> tuple[UUID, str, bool]:
    """Id and address of the endpoint of a delivery, and whether it is known what it told."""
    rows = unit.execute(OF, (unit.tenant_id, delivery_id))
    if not rows:
        raise NotFound("request.not_found")
    return rows[0][0], rows[0][1], rows[0][2]


def _note(unit: Unit, what: str, endpoint_id: UUID, url: str, types: Sequence[str] = ()) -> None:
    note_change(unit, what, endpoint_id, {"endpoint": url} | ({"types": list(types)} if types else {}))
