"""Segments, and who is in them: each order to its one decision."""

from __future__ import annotations

from collections.abc import Iterable

from customers.commands import (
    ActivateSegment,
    ChangeSegment,
    CreateSegment,
    DeactivateSegment,
    EnterSegment,
    LeaveSegment,
    Membership,
    SegmentMade,
)
from customers.domain.customer import Customer
from customers.domain.memberships import Memberships, memberships_id
from customers.domain.segment import Segment, normal_code, segment_id_for
from loyalty.bus import Read, StreamRef, Unit, handles
from loyalty.domain.command import Circumstances
from loyalty.domain.errors import DomainError, NotFound

KNOWN = "select id from customers_segment where id = any (%s::uuid[])"
ToOne = ChangeSegment | ActivateSegment | DeactivateSegment
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
    segment.create(code, command.name, command.description, unit.now)
    return SegmentMade(segment.id, code)


@handles(ChangeSegment, streams=one_segment)
def change_segment(command: ChangeSegment, unit: Unit) -> None:
    unit.load(Segment, command.segment_id).change(command.name, command.description, unit.now)


@handles(ActivateSegment, streams=one_segment)
def activate_segment(command: ActivateSegment, unit: Unit) -> None:
    unit.load(Segment, command.segment_id).activate(unit.now)


@handles(DeactivateSegment, streams=one_segment)
def deactivate_segment(command: DeactivateSegment, unit: Unit) -> None:
    unit.load(Segment, command.segment_id).deactivate(unit.now)


@handles(EnterSegment, streams=one_membership, reads=known_segment)
def enter_segment(command: EnterSegment, unit: Unit) -> Membership:
    held = _memberships(command, unit)
    return Membership(held.enter(command.customer_id, command.segment_id, command.way, unit.now))


@handles(LeaveSegment, streams=one_membership, reads=known_segment)
def leave_segment(command: LeaveSegment, unit: Unit) -> Membership:
    held = _memberships(command, unit)
    return Membership(held.leave(command.customer_id, command.segment_id, command.way, unit.now))


def _memberships(command: OfOne, unit: Unit) -> Memberships:
    if not unit.rows(KNOWN, command.segment_id):
        raise NotFound("customers.segment_unknown", field="segment_id")
    unit.load(Customer, command.customer_id).refuse_absent()
    return unit.load(Memberships, memberships_id(unit.tenant_id, command.customer_id))
