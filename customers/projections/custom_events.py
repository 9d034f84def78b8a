"""What criteria of segments ask of custom events, told by earning."""

from __future__ import annotations

from earning.events import CustomEventReported
from loyalty.projections.projection import SetProjection


class CustomEvents(SetProjection):
    """Who did what, and when: a row for each event, which never changes."""

    name = "customers.custom_events"
    events = (CustomEventReported,)
    tables = ("customers_custom_event",)
    sql = """insert into customers_custom_event (id, tenant_id, customer_id, type, occurred_at, position)
        select (e.payload->>'custom_event_id')::uuid, e.tenant_id, (e.payload->>'customer_id')::uuid, e.payload->>'type',
            (e.payload->>'occurred_at')::timestamptz, e.position
        from {events} e order by e.position"""
