"""What can be asked about segments, and about who is in them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from customers.domain.criteria import Criteria
from customers.events import EntryWay
from loyalty.domain.command import Command, command


@dataclass(frozen=True, slots=True)
class SegmentMade:
    """Which segment was made: the id for programs, the code for rules."""

    segment_id: UUID
    code: str


@command
class CreateSegment(Command[SegmentMade]):
    """Make a segment; it is active at once. `code`: letters a–z, digits, - and _, which rules call it by and which stays.

    With `criteria` it is dynamic: soon after, those who meet them are in it.

    Refused with `customers.segment_code_taken`, `customers.segment_code_invalid`, `customers.segment_name_missing`, and what
    `customers.domain.criteria` refuses.
    """

    code: str
    name: str
    description: str = ""
    criteria: Criteria | None = None


@command
class ChangeSegment(Command[None]):
    """Call and describe a segment otherwise. Refused with NotFound `customers.segment_unknown`, and as `CreateSegment` is."""

    segment_id: UUID
    name: str
    description: str = ""


@command
class ChangeCriteria(Command[None]):
    """Ask something else of customers who are to be in a dynamic segment.

    Refused with NotFound `customers.segment_unknown`, `customers.segment_is_static`, and as `CreateSegment` is.
    """

    segment_id: UUID
    criteria: Criteria


@command
class ActivateSegment(Command[None]):
    """Let rules see who is in a segment. Refused with NotFound `customers.segment_unknown`."""

    segment_id: UUID


@command
class DeactivateSegment(Command[None]):
    """Let rules see nobody in a segment; who is in it stays in it. Refused with NotFound `customers.segment_unknown`."""

    segment_id: UUID


@dataclass(frozen=True, slots=True)
class Membership:
    """Whether an order about a customer and a segment `changed` anything: False where it was so before."""

    changed: bool


@command
class EnterSegment(Command[Membership]):
    """Put a customer into a segment. Harmless when they are in it.

    Refused with NotFound `customers.segment_unknown` and `customers.not_found`, and with `customers.segment_has_criteria`
    for a dynamic one.
    """

    segment_id: UUID
    customer_id: UUID
    way: EntryWay = "by_hand"


@command
class LeaveSegment(Command[Membership]):
    """Take a customer out of a segment. Harmless when they are not in it. Refused as `EnterSegment` is."""

    segment_id: UUID
    customer_id: UUID
    way: EntryWay = "by_hand"


@dataclass(frozen=True, slots=True)
class Matched:
    """How many times a customer came into a segment, and went out of one."""

    entered: int
    left: int


@command
class MatchCriteria(Command[Matched]):
    """Let these customers into, and out of, these dynamic segments, as the criteria say at the moment when it is carried out.

    Segments that are static, inactive or unknown are left alone. At most 200 customers at a time.
    """

    segment_ids: tuple[UUID, ...]
    customer_ids: tuple[UUID, ...]
