"""Segments: how they are made, who is in them, and that nothing crosses tenants or gets lost where many act at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers import queries
from customers.commands import (
    ActivateSegment,
    ChangeSegment,
    CreateSegment,
    DeactivateSegment,
    EnterSegment,
    LeaveSegment,
    RegisterCustomer,
)
from customers.domain.memberships import Memberships
from customers.domain.segment import Segment, normal_code, segment_id_for
from customers.events import SegmentActivated, SegmentChanged, SegmentCreated, SegmentDeactivated, SegmentEntered, SegmentLeft
from loyalty.bus import dispatch
from loyalty.domain.errors import Conflict, DomainError, NotFound
from loyalty.projections.rebuild import checksum
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.customers.given import LATER, NOW
from tests.earning.counter import in_parallel, rows

pytestmark = pytest.mark.usefixtures("own_log_of_module")
MEMBERS = "customers_segment_member"
SEGMENT, CUSTOMER = segment_id_for(1, "vip"), uuid4()


def do(tenant: Tenant, command: Any) -> Any:
    return dispatch(command, tenant_id=tenant.id, actor="staff:1", channel="test")


@pytest.fixture
def vip(tenant: Tenant) -> UUID:
    return do(tenant, CreateSegment(code="vip", name="Khách quý")).segment_id


@pytest.fixture
def somebody(tenant: Tenant) -> UUID:
    return do(tenant, RegisterCustomer(first_name="Hương", phone="+84912000001")).customer_id


# -- decisions ------------------------------------------------------------------------------------


def test_a_segment_is_made_called_otherwise_and_switched() -> None:
    segment = Segment(SEGMENT)
    segment.create("vip", " Khách  quý ", "Mua\nnhiều", NOW)
    segment.change("Khách quý", "Mua, nhiều", LATER)
    segment.change("VIP", "", LATER)
    segment.activate(LATER)
    segment.deactivate(LATER)
    segment.deactivate(LATER)
    segment.activate(LATER)
    assert segment.pending == [
        SegmentCreated(segment_id=SEGMENT, code="vip", name="Khách quý", description="Mua, nhiều", created_at=NOW),
        SegmentChanged(segment_id=SEGMENT, name="VIP", description="", changed_at=LATER),
        SegmentDeactivated(segment_id=SEGMENT, deactivated_at=LATER),
        SegmentActivated(segment_id=SEGMENT, activated_at=LATER),
    ]


@pytest.mark.parametrize("typed", ["", " ", "-a", "a b", "đà-nẵng", "a" * 41, "a\0", "\ud800", "Ⅷ!"])
def test_a_code_is_one_that_programs_can_write(typed: str) -> None:
    with pytest.raises(DomainError, match=r"customers\.segment_code_invalid"):
        normal_code(typed)


@pytest.mark.parametrize(("typed", "code"), [(" VIP ", "vip"), ("ｖｉｐ", "vip"), ("vip_2-a", "vip_2-a")])
def test_a_code_has_one_spelling(typed: str, code: str) -> None:
    assert normal_code(typed) == code


@pytest.mark.parametrize(("name", "code"), [("  ", "segment_name_missing"), ("a\0b", "unprintable_text"), ("a" * 81, "text_too_long")])
def test_a_name_that_cannot_be_is_refused(name: str, code: str) -> None:
    with pytest.raises(DomainError, match=rf"customers\.{code}"):
        Segment(SEGMENT).create("vip", name, "", NOW)


@given(st.lists(st.tuples(st.booleans(), st.sampled_from([SEGMENT, CUSTOMER]))))
def test_whoever_comes_in_and_goes_out_is_in_what_the_last_word_said(deeds: list[tuple[bool, UUID]]) -> None:
    held, said = Memberships(uuid4()), dict.fromkeys([SEGMENT, CUSTOMER], False)
    for comes, segment in deeds:
        changed = (held.enter if comes else held.leave)(CUSTOMER, segment, "by_hand", NOW)
        assert changed == (said[segment] != comes)
        said[segment] = comes
    assert held.segments == {segment for segment, there in said.items() if there}
    assert Memberships.replay(held.id, held.pending).segments == held.segments
    kinds = [(type(e), e.segment_id) for e in held.pending]
    for segment in said:
        mine = [kind for kind, of in kinds if of == segment]
        assert mine == [SegmentEntered, SegmentLeft] * (len(mine) // 2) + [SegmentEntered] * (len(mine) % 2)


# -- through the bus ------------------------------------------------------------------------------


def test_who_is_in_a_segment_is_listed_counted_and_found(tenant: Tenant, vip: UUID) -> None:
    names = ("Hương", "Hoa", "Đức")
    people = [do(tenant, RegisterCustomer(first_name=name, last_name="Trần", language="vi")).customer_id for name in names]
    for person in people[:2]:
        assert do(tenant, EnterSegment(segment_id=vip, customer_id=person)).changed
    assert not do(tenant, EnterSegment(segment_id=vip, customer_id=people[0], way="import")).changed
    with reading(tenant.id):
        assert queries.members_of([vip]) == {vip: 2}
        first = queries.members(vip, limit=1)
        rest = queries.members(vip, limit=1, after=first.after)
        assert [m.customer.id for m in (*first.items, *rest.items)] == [people[1], people[0]]
        assert rest.after is None
        assert [m.customer.name for m in queries.find_members(vip, "tran")] != []
        assert {m.customer.id for m in queries.find_members(vip, "tran")} == set(people[:2])
        assert [card.code for card in queries.segments_of(people[0])] == ["vip"]
    assert do(tenant, LeaveSegment(segment_id=vip, customer_id=people[0])).changed
    assert rows(MEMBERS, tenant, "customer_id, way, entered_by") == [(people[1], "by_hand", "staff:1")]


def test_the_same_code_in_any_spelling_is_one_segment(tenant: Tenant, other_tenant: Tenant) -> None:
    answers = in_parallel(8, lambda n: do(tenant, CreateSegment(code="VIP" if n % 2 else "vip", name=f"Số {n}")))
    assert sum(not isinstance(answer, Conflict) for answer in answers) == 1
    assert rows("customers_segment", tenant, "code") == [("vip",)]
    assert do(other_tenant, CreateSegment(code="vip", name="VIP")).code == "vip"


def test_nobody_comes_in_twice_and_the_last_word_counts(tenant: Tenant, vip: UUID, somebody: UUID) -> None:
    """Many clients put one customer in and out: the row is what the log says last, and each change is one event."""
    for _ in range(5):
        in_parallel(8, lambda n: do(tenant, (EnterSegment if n % 2 else LeaveSegment)(segment_id=vip, customer_id=somebody)))
        log = rows("event.event", tenant, "name, position", "position")
        told = [name for name, _ in log if name in {"customers.segment_entered", "customers.segment_left"}]
        assert told == ["customers.segment_entered", "customers.segment_left"] * (len(told) // 2) + told[len(told) // 2 * 2 :]
        assert len(rows(MEMBERS, tenant, "id")) == len(told) % 2


def test_nothing_crosses_tenants(tenant: Tenant, other_tenant: Tenant, vip: UUID, somebody: UUID) -> None:
    stranger = do(other_tenant, RegisterCustomer(first_name="Łukasz")).customer_id
    theirs = do(other_tenant, CreateSegment(code="vip", name="VIP")).segment_id
    for command in (
        EnterSegment(segment_id=vip, customer_id=stranger),
        EnterSegment(segment_id=theirs, customer_id=somebody),
        EnterSegment(segment_id=somebody, customer_id=somebody),
        EnterSegment(segment_id=vip, customer_id=uuid4()),
        LeaveSegment(segment_id=uuid4(), customer_id=somebody),
        ChangeSegment(segment_id=theirs, name="x"),
        ActivateSegment(segment_id=uuid4()),
        DeactivateSegment(segment_id=theirs),
    ):
        with pytest.raises(NotFound):
            do(tenant, command)
    do(other_tenant, EnterSegment(segment_id=theirs, customer_id=stranger))
    with reading(tenant.id):
        assert queries.segments_of(stranger) == []
        assert queries.members(theirs).items == ()
        with pytest.raises(NotFound):
            queries.segment(theirs)


def test_what_is_read_is_what_the_log_says(tenant: Tenant, vip: UUID, somebody: UUID) -> None:
    from django.core.management import call_command

    other = do(tenant, CreateSegment(code="new", name="Mới")).segment_id
    for segment in (vip, other, vip):
        do(tenant, EnterSegment(segment_id=segment, customer_id=somebody))
        do(tenant, LeaveSegment(segment_id=other, customer_id=somebody))
    do(tenant, ChangeSegment(segment_id=vip, name="VIP"))
    do(tenant, DeactivateSegment(segment_id=vip))
    live = [checksum(table) for table in ("customers_segment", MEMBERS)]
    call_command("rebuild", "customers.segments", "customers.members")
    assert [checksum(table) for table in ("customers_segment", MEMBERS)] == live
