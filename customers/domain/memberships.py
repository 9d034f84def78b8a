"""The segments that a customer is in."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never
from uuid import UUID

from customers.events import EntryWay, LeaveWay, SegmentEntered, SegmentLeft
from loyalty.domain.aggregate import Aggregate
from loyalty.domain.identity import derived_id


def memberships_id(tenant_id: int, customer_id: UUID) -> UUID:
    """The stream that says which segments a customer is in."""
    return derived_id("memberships", tenant_id, customer_id)


class Memberships(Aggregate):
    """Stream `memberships`: beside the customer's own, so that segments which change each night leave that short."""

    stream = "memberships"
    stays_folded = False

    def __init__(self, stream_id: UUID) -> None:
        super().__init__(stream_id)
        self.segments: set[UUID] = set()
        self.by_hand: set[UUID] = set()
        """Those that no criteria decide on."""

    def enter(self, customer_id: UUID, segment_id: UUID, way: EntryWay, now: datetime) -> bool:
        """Come into a segment. False for who is in it."""
        if segment_id in self.segments:
            return False
        self.record(SegmentEntered(customer_id=customer_id, segment_id=segment_id, way=way, entered_at=now))
        return True

    def leave(self, customer_id: UUID, segment_id: UUID, way: LeaveWay, now: datetime) -> bool:
        """Go out of a segment. False for who is not in it."""
        if segment_id not in self.segments:
            return False
        self.record(SegmentLeft(customer_id=customer_id, segment_id=segment_id, way=way, left_at=now))
        return True

    def leave_all(self, customer_id: UUID, way: LeaveWay, now: datetime) -> None:
        """Go out of every segment."""
        for segment_id in sorted(self.segments):
            self.leave(customer_id, segment_id, way, now)

    def evolve(self, event: SegmentEntered | SegmentLeft) -> None:
        match event:
            case SegmentEntered():
                self.segments.add(event.segment_id)
                if event.way != "criteria":
                    self.by_hand.add(event.segment_id)
            case SegmentLeft():
                self.segments.discard(event.segment_id)
                self.by_hand.discard(event.segment_id)
            case _:
                assert_never(event)
