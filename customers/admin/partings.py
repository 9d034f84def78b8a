"""Merges that were undone, in the timeline of who stood for both: the facts themselves stand with who was merged."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.utils.translation import gettext

from customers import queries
from customers.admin.together import called
from loyalty.timeline import Before, Moment


def partings(customer_id: UUID, before: Before, limit: int) -> Iterator[Moment]:
    """That somebody was one with the customer, and is no more; until when the place of the page goes."""
    whose = queries.sides(customer_id)
    for one in (one for one in queries.partings(customer_id) if one.survivor_id in whose):
        who = ((gettext("Customer"), called(one.customer_id)),)
        yield Moment(one.parted_at, f"{one.position}.parted", "customers.parted", gettext("Merge undone"), one.parted_by, facts=who)
        title = gettext("Another customer merged into this one")
        yield Moment(one.merged_at, f"{one.position}.merged", "customers.absorbed", title, one.merged_by, facts=who)
