"""`/api/v1/segments`: segments, and who is in them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from customers import queries
from customers.api.criteria import CriteriaBody, asked, shown
from customers.api.register import Limit
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
from customers.permissions import EDIT_SEGMENTS, SEE_SEGMENTS
from loyalty.api.paging import Page, opened_cursor, sealed_cursor
from loyalty.api.views import CommandView, QueryView

MEMBERS = "segment_members"
Way = Literal["by_hand", "import", "criteria"]


class SegmentAnswer(msgspec.Struct, frozen=True):
    """A segment. Rules call it by `code`; where it is not `active` they see nobody in it. `members` is how many are in it.

    One with `criteria` is dynamic: they decide who is in it. The others are filled by hand and by lists.
    """

    id: UUID
    code: str
    name: str
    description: str
    active: bool
    members: int
    criteria: CriteriaBody | None
    changed_at: datetime


class SegmentOfCustomer(msgspec.Struct, frozen=True):
    """A segment that a customer is in."""

    id: UUID
    code: str
    name: str
    active: bool


class MemberAnswer(msgspec.Struct, frozen=True):
    """A customer in a segment: how that came, and since when."""

    customer_id: UUID
    customer_code: str
    first_name: str
    last_name: str
    way: Way
    entered_at: datetime


class CreateSegmentBody(msgspec.Struct, forbid_unknown_fields=True):
    """A new segment. `code`: letters a–z, digits, - and _; it stays. With `criteria` it is dynamic."""

    code: str
    name: str
    description: str = ""
    criteria: CriteriaBody | None = None


class ChangeSegmentBody(msgspec.Struct, forbid_unknown_fields=True):
    """What a segment is called and what it is, from now on."""

    name: str
    description: str = ""


class MemberBody(msgspec.Struct, forbid_unknown_fields=True):
    """Who is to be in the segment."""

    customer_id: UUID


class MembersQuery(msgspec.Struct):
    """`search` as in the list of customers; it answers with one page of the best matches. Without it the latest come first."""

    search: str = ""
    limit: Limit = 50
    cursor: str | None = None


class SegmentsView(QueryView):
    """List all segments, by name."""

    permission = SEE_SEGMENTS
    answer = list[SegmentAnswer]

    def ask(self, query: None, **path: Any) -> list[SegmentAnswer]:
        return _answers(queries.segments())


class SegmentView(QueryView):
    """Show one segment."""

    permission = SEE_SEGMENTS
    answer = SegmentAnswer

    def ask(self, query: None, **path: Any) -> SegmentAnswer:
        return _answers([queries.segment(path["segment_id"])])[0]


class MembersView(QueryView):
    """List, or find, who is in a segment."""

    permission = SEE_SEGMENTS
    query = MembersQuery
    answer = Page[MemberAnswer]

    def ask(self, query: MembersQuery, **path: Any) -> Page[MemberAnswer]:
        segment_id = queries.segment(path["segment_id"]).segment_id
        if query.search.strip():
            return Page([_member(card) for card in queries.find_members(segment_id, query.search, query.limit)])
        name = f"{MEMBERS}:{segment_id}"
        opened = opened_cursor(query.cursor, self.tenant.id, name)
        after = opened and (datetime.fromisoformat(opened[0]), UUID(opened[1]))
        page = queries.members(segment_id, limit=query.limit, after=after)
        following = page.after and sealed_cursor([page.after[0].isoformat(), str(page.after[1])], self.tenant.id, name)
        return Page([_member(card) for card in page.items], following)


class SegmentsOfCustomerView(QueryView):
    """List the segments that a customer is in, by name."""

    permission = SEE_SEGMENTS
    answer = list[SegmentOfCustomer]

    def ask(self, query: None, **path: Any) -> list[SegmentOfCustomer]:
        customer_id = queries.customer(path["customer_id"]).id
        return [SegmentOfCustomer(one.segment_id, one.code, one.name, one.active) for one in queries.segments_of(customer_id)]


class CreateSegmentView(CommandView):
    """Make a segment; it is active at once."""

    permission = EDIT_SEGMENTS
    body = CreateSegmentBody
    answer = SegmentMade
    status = 201

    def command(self, body: CreateSegmentBody, **path: Any) -> CreateSegment:
        criteria = None if body.criteria is None else asked(body.criteria, self.tenant.id)
        return CreateSegment(code=body.code, name=body.name, description=body.description, criteria=criteria)


class ChangeSegmentView(CommandView):
    """Call and describe a segment otherwise."""

    method = "put"
    permission = EDIT_SEGMENTS
    body = ChangeSegmentBody

    def command(self, body: ChangeSegmentBody, **path: Any) -> ChangeSegment:
        return ChangeSegment(segment_id=path["segment_id"], name=body.name, description=body.description)


class ActivateSegmentView(CommandView):
    """Let rules see who is in a segment."""

    permission = EDIT_SEGMENTS

    def command(self, body: None, **path: Any) -> ActivateSegment:
        return ActivateSegment(segment_id=path["segment_id"])


class DeactivateSegmentView(CommandView):
    """Let rules see nobody in a segment. Who is in it stays in it."""

    permission = EDIT_SEGMENTS

    def command(self, body: None, **path: Any) -> DeactivateSegment:
        return DeactivateSegment(segment_id=path["segment_id"])


class EnterSegmentView(CommandView):
    """Put a customer into a segment. Nothing changes for who is in it."""

    permission = EDIT_SEGMENTS
    body = MemberBody
    answer = Membership

    def command(self, body: MemberBody, **path: Any) -> EnterSegment:
        return EnterSegment(segment_id=path["segment_id"], customer_id=body.customer_id)


class LeaveSegmentView(CommandView):
    """Take a customer out of a segment. Nothing changes for who is not in it."""

    permission = EDIT_SEGMENTS
    answer = Membership

    def command(self, body: None, **path: Any) -> LeaveSegment:
        return LeaveSegment(segment_id=path["segment_id"], customer_id=path["customer_id"])


def _answers(cards: list[queries.SegmentCard]) -> list[SegmentAnswer]:
    counts = queries.members_of(card.segment_id for card in cards)
    return [
        SegmentAnswer(
            id=card.segment_id,
            code=card.code,
            name=card.name,
            description=card.description,
            active=card.active,
            members=counts.get(card.segment_id, 0),
            criteria=shown(card.criteria),
            changed_at=card.changed_at,
        )
        for card in cards
    ]


def _member(card: queries.MemberCard) -> MemberAnswer:
    who = card.customer
    return MemberAnswer(who.id, who.code, who.first_name, who.last_name, card.way, card.entered_at)  # type: ignore[arg-type]
