"""Custom events and their types: each order to its one decision."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from customers.queries import may_earn, standing_read
from earning.accountbook import accounts_of, streams_of_accounts
from earning.commands import (
    ActivateCustomEventType,
    ChangeCustomEventType,
    CreateCustomEventType,
    CustomEventAnswer,
    CustomEventTypeAnswer,
    DeactivateCustomEventType,
    EarnedByEvent,
    ReportCustomEvent,
)
from earning.domain.custom_event import CustomEvent, TypeInForce, custom_event_id, normal_reference
from earning.domain.custom_event_type import CustomEventType, normal_code, schema_in, type_id_of
from earning.domain.earned import reward
from earning.domain.evaluation import by_wallet
from earning.domain.seen import NOTHING_SEEN
from earning.domain.wallets import POINTS
from earning.events import CustomEventCounted
from earning.handlers.purchases import rules_seen
from earning.history import events_before
from earning.levelbook import LEVELS_STATE, climb_of, stream_of_levels
from earning.limits import note_of_deed, room_for_deed
from earning.poolbook import settle_pools, sides_of
from earning.rulebook import STATE, asking, deeds_known
from earning.seeing import doer_seen
from earning.walletbook import WALLETS, wallets_of
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


def streams_of_event(command: ReportCustomEvent, circumstances: Circumstances) -> Iterator[StreamRef]:
    """The event, and what it may bring points to, where rules are known to give some: a guess, which `_reward` makes good. None for a type
    or a reference that is none, which the handler refuses.
    """
    try:
        yield StreamRef(CustomEvent, _event_id(command, circumstances.tenant_id))
    except DomainError:
        return
    if _code(command) in deeds_known(circumstances.tenant_id):
        yield from streams_of_accounts(circumstances.tenant_id, command.customer_id)
        yield from stream_of_levels(circumstances.tenant_id, command.customer_id)


def reads_of_report(command: ReportCustomEvent, circumstances: Circumstances) -> Iterator[Read]:
    yield from (Read(TYPE, _code(command)), standing_read(command.customer_id), STATE, WALLETS, LEVELS_STATE)


@handles(ReportCustomEvent, streams=streams_of_event, reads=reads_of_report)
def report_custom_event(command: ReportCustomEvent, unit: Unit) -> CustomEventAnswer:
    kind, sides, reference = _type(command, unit), _sides(command.customer_id, unit), normal_reference(command.reference_id)
    event = unit.load(CustomEvent, custom_event_id(unit.tenant_id, kind.code, reference, command.customer_id if command.own else None))
    new = event.report(
        kind,
        command.customer_id,
        reference,
        command.attributes,
        command.occurred_at,
        now=unit.now,
        channel=unit.circumstances.channel,
        sides=sides,
        own=command.own,
    )
    if new:
        _reward(event, unit)
    assert event.reported is not None
    told = event.reported
    earned = earned_by(event.counted) if event.counted is not None else ()
    return CustomEventAnswer(
        custom_event_id=event.id,
        type=told.type,
        customer_id=told.customer_id,
        occurred_at=told.occurred_at,
        duplicate=not new,
        points=next((one.points for one in earned if one.wallet == POINTS), 0),
        wallets=earned,
    )


def _reward(event: CustomEvent, unit: Unit) -> None:
    """Give what rules give for it; where none is in force for it, nothing is looked at. Raises DomainError for what a customer reports and
    nothing is given for.
    """
    rules, wallets = rules_seen(unit), wallets_of(unit)
    standing, *_ = unit.rows(*standing_read(event.whose))[0]
    deed = event.deed(standing, NOTHING_SEEN)
    if not rules.deeds.any_for(deed):
        if deed.own:
            raise DomainError("earning.event_not_for_customers", field="type")
        return
    sides, climb = sides_of(unit, deed.customer_id).all, climb_of(unit, deed.customer_id)
    accounts = accounts_of(unit, deed.customer_id, rules.deeds.wallets)  # locked before anybody looks at earlier events
    levels = climb.seen_then(min(deed.occurred_at, unit.now)) if climb else ()
    before = events_before(asking(unit), unit.tenant_id, sides, rules.deeds.event_types(deed), deed.occurred_at)
    deed = replace(deed, seen=replace(doer_seen(deed, levels, rules.deeds, asking(unit)), events=before))
    deeds = room_for_deed(unit, deed, rules.deeds, wallets, sides)
    counted = event.count(deed, deeds.decide(deed), rules.position, unit.now)
    if deed.own and not counted.contributions:
        raise DomainError("earning.event_brings_nothing", field="type")
    rewarded = reward(accounts, event.id, deed, counted.contributions, wallets, unit.now, climb.losses if climb else ())
    note_of_deed(unit, deed, deeds, rewarded, wallets)
    settle_pools(unit, accounts.values())


def earned_by(counted: CustomEventCounted) -> tuple[EarnedByEvent, ...]:
    """What a custom event brought into each wallet, and what limits of wallets kept from it."""
    points, cut = by_wallet(counted.contributions), by_wallet(c for one in counted.cuts for c in one.contributions)
    return tuple(EarnedByEvent(wallet=code, points=points[code], cut=cut[code]) for code in sorted({*points, *cut}))


def _event_id(command: ReportCustomEvent, tenant_id: int) -> UUID:
    whose = command.customer_id if command.own else None
    return custom_event_id(tenant_id, normal_code(command.type), normal_reference(command.reference_id), whose)


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
