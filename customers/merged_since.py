"""Since when customers are one with those from whom they would part, by positions of the log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from customers.events import CustomerMerged, CustomerUnmerged
from loyalty.domain.event import Recorded
from loyalty.eventstore import store


def since_merged(parted_id: UUID, staying: Iterable[UUID], parting: Iterable[UUID]) -> Mapping[UUID, int]:
    """After which position of the log each of them was one with others whom they are one with now: of those `parting` it is that of the
    merge of `parted_id`, and of those `staying` this one, or that by which they came later. Needs an open transaction of the tenant.
    """
    came = _last_merge(parted_id)
    merged = came.position if came else 0
    return dict.fromkeys(parting, merged) | {side: max(merged, _came(side)) for side in staying}


def _came(customer_id: UUID) -> int:
    """When somebody came to those whom they are one with: they, or who stood for them then."""
    position = 0
    while (merge := _last_merge(customer_id)) is not None:
        customer_id, position = merge.event.survivor_id, max(position, merge.position)
    return position


def _last_merge(customer_id: UUID) -> Recorded[CustomerMerged] | None:
    last = None
    for recorded in store.load(customer_id):
        match recorded.event:
            case CustomerMerged():
                last = recorded
            case CustomerUnmerged():
                last = None
    return last
