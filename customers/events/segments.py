"""What happened to segments, and who came into them and left."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from customers.domain.criteria import Criteria
from loyalty.domain.event import event

EntryWay = Literal["by_hand", "import", "criteria"]
"""by_hand: staff or a program put them there. import: a list did. criteria: they met what the segment asks."""
LeaveWay = Literal["by_hand", "import", "criteria", "erased"]


@event("customers.segment_created", version=1)
class SegmentCreated:
    """A segment of customers was made: rules and programs call it by `code`, staff by `name`.

    With `criteria` it is dynamic: who meets them is in it. Without, staff and programs put customers in.
    """

    segment_id: UUID
    code: str
    name: str
    description: str
    criteria: Criteria | None = None
    created_at: datetime


@event("customers.segment_changed", version=1)
class SegmentChanged:
    """A segment is called, or described, otherwise from now on."""

    segment_id: UUID
    name: str
    description: str
    changed_at: datetime


@event("customers.segment_criteria_changed", version=1)
class SegmentCriteriaChanged:
    """A dynamic segment asks something else of customers from now on."""

    segment_id: UUID
    criteria: Criteria
    changed_at: datetime


@event("customers.segment_activated", version=1)
class SegmentActivated:
    """Rules see again who is in a segment."""

    segment_id: UUID
    activated_at: datetime


@event("customers.segment_deactivated", version=1)
class SegmentDeactivated:
    """Rules see nobody in a segment any more; who is in it stays in it."""

    segment_id: UUID
    deactivated_at: datetime


@event("customers.segment_entered", version=1, subject="customer_id")
class SegmentEntered:
    """A customer came into a segment; `way` says how."""

    customer_id: UUID
    segment_id: UUID
    way: EntryWay
    entered_at: datetime


@event("customers.segment_left", version=1, subject="customer_id")
class SegmentLeft:
    """A customer is in a segment no longer; `way` says how that came."""

    customer_id: UUID
    segment_id: UUID
    way: LeaveWay
    left_at: datetime
