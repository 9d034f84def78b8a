"""Whom customers turned out to be: written in the command's own transaction, since the next purchase asks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from customers.events import CustomerMerged, CustomerUnmerged
from loyalty.domain.event import Recorded
from loyalty.projections.projection import Projection, Statement

MERGED = """insert into customers_absorbed (id, tenant_id, into_id, survivor_id, merged_by, merged_at, position)
    values (%s, %s, %s, %s, %s, %s, %s)"""
FOLLOW = "update customers_absorbed set survivor_id = %s where tenant_id = %s and survivor_id = %s"
"""Who had been merged into somebody goes along when that one is merged: the way stays one hop."""
PARTED = """insert into customers_parted (id, tenant_id, customer_id, survivor_id, merged_by, merged_at, parted_by, parted_at, position)
    select %s, tenant_id, id, into_id, merged_by, merged_at, %s, %s, %s from customers_absorbed where tenant_id = %s and id = %s"""
UNMERGED = "delete from customers_absorbed where tenant_id = %s and id = %s"
GO_ALONG = """with recursive under (id) as (
        select id from customers_absorbed where tenant_id = %s and into_id = %s
        union all select a.id from customers_absorbed a join under on a.into_id = under.id where a.tenant_id = %s)
    update customers_absorbed set survivor_id = %s where tenant_id = %s and id in (select id from under)"""


class Merged(Projection):
    """Each customer who was merged, with who stands for them now, and merges that were undone. All merges of a tenant are one after the
    other.
    """

    name = "customers.absorbed"
    events = (CustomerMerged, CustomerUnmerged)
    tables = ("customers_absorbed", "customers_parted")
    inline = True

    def key(self, recorded: Recorded[Any]) -> str:
        return str(recorded.tenant_id)

    def statements(self, batch: Sequence[Recorded[Any]]) -> Iterable[Statement]:
        for recorded in batch:
            event, tenant_id = recorded.event, recorded.tenant_id
            if isinstance(event, CustomerMerged):
                whom = (event.customer_id, tenant_id, event.survivor_id, event.survivor_id)
                yield FOLLOW, (event.survivor_id, tenant_id, event.customer_id)
                yield MERGED, (*whom, recorded.metadata.actor, event.merged_at, recorded.position)
            else:
                undone = (recorded.event_id, recorded.metadata.actor, event.unmerged_at, recorded.position)
                yield PARTED, (*undone, tenant_id, event.customer_id)
                yield UNMERGED, (tenant_id, event.customer_id)
                yield GO_ALONG, (tenant_id, event.customer_id, tenant_id, event.customer_id, tenant_id)
