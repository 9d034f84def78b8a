"""Segments, and who is in them: each order to its one decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from customers.audiences import Asking, meeting
from customers.commands import (
    ActivateSegment,
    ChangeCriteria,
    ChangeSegment,
    CreateSegment,
    Criteria,
    DeactivateSegment,
    EnterSegment,
    LeaveSegment,
    MatchCriteria,
    Matched,
    Membership,
    SegmentMade,
)
from customers.domain.customer import Customer
from customers.domain.memberships import Memberships, memberships_id
from customers.domain.segment import Segment, normal_code, segment_id_for
from customers.whole import whole
from loyalty.bus import Read, StreamRef, Unit, handles
from loyalty.domain.command import Circumstances
from loyalty.domain.errors import DomainError, NotFound
from loyalty.tenancy.middleware import tenant_of_id

KNOWN = "select id, criteria is not null from customers_segment where id = any (%s::uuid[])"
NO_LOOPS, LOOPS = (f"select set_config('enable_nestloop', '{wanted}', true)" for wanted in ("off", "on"))
"""Of a new tenant, whose rows are in no statistics yet, the planner believes that there are none, and would measure purchases anew for
each customer.
"""
ToOne = ChangeSegment | ChangeCriteria | ActivateSegment | DeactivateSegment
OfOne = EnterSegment | LeaveSegment


def new_segment(command: CreateSegment, circumstances: Circumstances) -> Iterable[StreamRef]:
    try:
        yield StreamRef(Segment, segment_id_for(circumstances.tenant_id, normal_code(command.code)))
    except DomainError:
        return  # the handler refuses it


def one_segment(command: ToOne, circumstances: Circumstances) -> Iterable[StreamRef]:
    yield StreamRef(Segment, command.segment_id)


def one_membership(command: OfOne, circumstances: Circumstances) -> Iterable[StreamRef]:
    """The customer too, so that nobody who is erased meanwhile comes in. The segment is not locked: it never goes."""
    yield StreamRef(Customer, command.customer_id)
    yield StreamRef(Memberships, memberships_id(circumstances.tenant_id, command.customer_id))


def known_segment(command: OfOne, circumstances: Circumstances) -> Iterable[Read]:
    yield Read(KNOWN, command.segment_id)


@handles(CreateSegment, streams=new_segment)
def create_segment(command: CreateSegment, unit: Unit) -> SegmentMade:
    code = normal_code(command.code)
    segment = unit.load(Segment, segment_id_for(unit.tenant_id, code))
    segment.create(code, command.name, command.description, unit.now, command.criteria)
    return SegmentMade(segment.id, code)


@handles(ChangeSegment, streams=one_segment)
def change_segment(command: ChangeSegment, unit: Unit) -> None:
    unit.load(Segment, command.segment_id).change(command.name, command.description, unit.now)


@handles(ChangeCriteria, streams=one_segment)
def change_criteria(command: ChangeCriteria, unit: Unit) -> None:
    unit.load(Segment, command.segment_id).ask(command.criteria, unit.now)


@handles(ActivateSegment, streams=one_segment)
def activate_segment(command: ActivateSegment, unit: Unit) -> None:
    unit.load(Segment, command.segment_id).activate(unit.now)


@handles(DeactivateSegment, streams=one_segment)
def deactivate_segment(command: DeactivateSegment, unit: Unit) -> None:
    unit.load(Segment, command.segment_id).deactivate(unit.now)


@handles(EnterSegment, streams=one_membership, reads=known_segment)
def enter_segment(command: EnterSegment, unit: Unit) -> Membership:
    held = _memberships(command, unit)
    return Membership(held.enter(whole(unit, command.customer_id).id, command.segment_id, command.way, unit.now))


@handles(LeaveSegment, streams=one_membership, reads=known_segment)
def leave_segment(command: LeaveSegment, unit: Unit) -> Membership:
    held = _memberships(command, unit)
    return Membership(held.leave(whole(unit, command.customer_id).id, command.segment_id, command.way, unit.now))


def _memberships(command: OfOne, unit: Unit) -> Memberships:
    known = unit.rows(KNOWN, command.segment_id)
    if not known:
        raise NotFound("customers.segment_unknown", field="segment_id")
    if known[0][0]:
        raise DomainError("customers.segment_has_criteria", field="segment_id")
    survivor = whole(unit, command.customer_id)
    survivor.refuse_absent()
    ref = StreamRef(Memberships, memberships_id(unit.tenant_id, survivor.id))
    if not unit.has(ref.id):
        unit.open([ref])
    return unit.load(Memberships, ref.id)


def matched_streams(command: MatchCriteria, circumstances: Circumstances) -> Iterable[StreamRef]:
    """The segments too: of two evaluations the later one sees what the earlier one did, and none goes by criteria that were replaced."""
    yield from (StreamRef(Segment, segment_id) for segment_id in dict.fromkeys(command.segment_ids))
    for customer_id in dict.fromkeys(command.customer_ids):
        yield StreamRef(Memberships, memberships_id(circumstances.tenant_id, customer_id))


@handles(MatchCriteria, streams=matched_streams)
def match_criteria(command: MatchCriteria, unit: Unit) -> Matched:
    customers = tuple(dict.fromkeys(command.customer_ids))
    segments = [unit.load(Segment, segment_id) for segment_id in dict.fromkeys(command.segment_ids)]
    asked = {segment.id: segment.criteria for segment in segments if segment.criteria is not None and segment.active}
    met = _meeting(asked, customers, unit) if asked and customers else {}
    entered = left = 0
    for customer_id in customers:
        memberships = unit.load(Memberships, memberships_id(unit.tenant_id, customer_id))
        belongs, held = met.get(customer_id, set()), memberships.segments & asked.keys()
        for segment_id in sorted(belongs - held):
            entered += memberships.enter(customer_id, segment_id, "criteria", unit.now)
        for segment_id in sorted(held - belongs):
            left += memberships.leave(customer_id, segment_id, "criteria", unit.now)
    return Matched(entered, left)


def _meeting(asked: Mapping[UUID, Criteria], customers: tuple[UUID, ...], unit: Unit) -> dict[UUID, set[UUID]]:
    """Which of the segments each customer belongs in: asked when the segments and the memberships are locked, so that nothing older
    decides.
    """
    asking = Asking(unit.tenant_id, tenant_of_id(unit.tenant_id).zone, unit.now, customers)
    segments = [*asked]
    _, rows, _ = unit.execute_all([(NO_LOOPS, ()), meeting([*asked.values()], asking), (LOOPS, ())])
    return {customer_id: {segments[place] for place in places} for customer_id, places in rows}
