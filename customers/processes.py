"""What follows in the register from what happens: dynamic segments are brought level with what they ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from customers.commands import CountFriendPurchase, MatchCriteria
from customers.domain.criteria import Topic
from customers.events import (
    ConsentGiven,
    ConsentWithdrawn,
    CustomerActivated,
    CustomerDeactivated,
    CustomerMerged,
    CustomerRegistered,
    CustomerUnmerged,
    ProfileChanged,
    SegmentActivated,
    SegmentCreated,
    SegmentCriteriaChanged,
)
from customers.models import Invitation, Segment
from customers.projections.custom_events import CustomEvents
from customers.projections.purchases import Purchases
from customers.queries import sides_of, survivors
from customers.refreshing import AT_ONCE, dynamic_segments, set_going
from earning.events import (
    CustomEventReported,
    DeedRewarded,
    GoodsReturned,
    LevelGiven,
    LevelGrantEnded,
    LevelLost,
    LevelPaid,
    LevelReached,
    PointsCancelled,
    PointsClawedBack,
    PointsDeducted,
    PointsEarned,
    PointsExpired,
    PointsGranted,
    PointsReceived,
    PointsRestored,
    PointsSent,
    PointsSpent,
    PurchaseClaimed,
    PurchaseRecorded,
)
from loyalty.domain.event import Recorded
from loyalty.domain.identity import derived_id
from loyalty.jobs.following import WorkFollower
from loyalty.projections.process import Order, Process
from loyalty.tenancy import reading

TOPICS: Mapping[Topic, tuple[type[Any], ...]] = {
    "person": (CustomerRegistered, ProfileChanged, CustomerActivated, CustomerDeactivated, ConsentGiven, ConsentWithdrawn),
    "purchases": (PurchaseRecorded, PurchaseClaimed, GoodsReturned),
    "points": (
        PointsEarned, PointsClawedBack, PointsSpent, PointsRestored, PointsExpired, PointsGranted, PointsDeducted, PointsCancelled,
        PointsSent, PointsReceived, DeedRewarded,
    ),
    "levels": (LevelReached, LevelLost, LevelGiven, LevelPaid, LevelGrantEnded),
    "events": (CustomEventReported,),
}  # fmt: skip
"""After which facts a customer is looked at again. Erasure takes them out of all segments by itself."""
MERGES = (CustomerMerged, CustomerUnmerged)
"""After these everything of both is looked at again."""
TOPIC_OF: Mapping[type[Any], Topic] = {kind: topic for topic, kinds in TOPICS.items() for kind in kinds}


class DynamicSegments(Process):
    """Whoever did something comes into dynamic segments, or goes out of them: once what they ask of purchases and custom events has seen
    it, too.
    """

    name = "customers.dynamic_segments"
    events = (*TOPIC_OF, *MERGES)
    after = (Purchases.name, CustomEvents.name)

    def orders(self, tenant_id: int, batch: Sequence[Recorded[Any]]) -> Iterable[Order]:
        concerned = [r for r in batch if r.event.customer_id is not None]
        merged = any(isinstance(r.event, MERGES) for r in concerned)
        topics = set(TOPICS) if merged else {TOPIC_OF[type(r.event)] for r in concerned}
        whose = {r.event.customer_id for r in concerned}
        with reading(tenant_id):
            asked = dynamic_segments(tenant_id)
            whose |= {*survivors(whose).values(), *(r.event.survivor_id for r in concerned if isinstance(r.event, MERGES))}
        wanted = tuple(segment for segment, criteria in asked.items() if not topics.isdisjoint(criteria.topics))
        if not wanted:
            return
        for customers in _in_parts(sorted(whose)):
            order = MatchCriteria(segment_ids=wanted, customer_ids=customers)
            yield Order(concerned[-1], order, derived_id("customers", *customers))


def _in_parts(customers: Sequence[UUID]) -> Iterator[tuple[UUID, ...]]:
    for begin in range(0, len(customers), AT_ONCE):
        yield tuple(customers[begin : begin + AT_ONCE])


class FriendPurchases(Process):
    """What friends buy, and bring back, counts for who brought them: once the register's own purchases have seen it, too. Who is merged, or
    told apart again, is looked at anew.
    """

    name = "customers.friend_purchases"
    events = (PurchaseRecorded, PurchaseClaimed, GoodsReturned, *MERGES)
    after = (Purchases.name,)

    def orders(self, tenant_id: int, batch: Sequence[Recorded[Any]]) -> Iterable[Order]:
        last = {one: r for r in batch for one in _concerned(r)}
        anew = {one for r in batch if not isinstance(r.event, PurchaseRecorded | PurchaseClaimed) for one in _concerned(r)}
        with reading(tenant_id):
            whose = {side: one for one, found in sides_of(last).items() for side in found}
            brought = list(Invitation.objects.filter(tenant_id=tenant_id, customer_id__in=whose))
        for one in brought:
            by = whose[one.customer_id] if one.customer_id else None
            if by is not None and (one.state != Invitation.State.PURCHASED or by in anew):
                yield Order(last[by], CountFriendPurchase(invitation_id=one.id), one.id)


def _concerned(recorded: Recorded[Any]) -> Iterator[UUID]:
    """Whom an event is about."""
    event = recorded.event
    if isinstance(event, MERGES):
        yield event.survivor_id
    if event.customer_id is not None:
        yield event.customer_id


class CriteriaOfSegments(WorkFollower):
    """Once a segment asks something new of customers, or is active again, the work begins that looks at all of them."""

    name = "customers.criteria_of_segments"
    events = (SegmentCreated, SegmentCriteriaChanged, SegmentActivated)

    def begin(self, tenant_id: int, recorded: Recorded[Any]) -> None:
        with reading(tenant_id):
            segment = Segment.objects.filter(tenant_id=tenant_id, id=recorded.event.segment_id).first()
        if segment is not None and segment.active and segment.criteria is not None:
            set_going(tenant_id, recorded.metadata.actor, str(recorded.event_id), segment)
