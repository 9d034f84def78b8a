"""Events become deliveries, after the commit, in the order of the log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from loyalty.domain.event import Recorded
from loyalty.projections.process import later_when_away
from loyalty.projections.projection import Follower
from loyalty.webhooks.deliveries import write_deliveries
from loyalty.webhooks.event_types import TYPES_OF, discover
from loyalty.webhooks.tasks import send_soon

discover()


class Deliveries(Follower):
    """Whoever asked for it is told what happened: a row for each endpoint, once, however often an event is seen."""

    name = "webhooks.deliveries"
    events = tuple(TYPES_OF)

    def follow(self, tenant_id: int, batch: Sequence[Recorded[Any]], using: str) -> None:
        with later_when_away():
            told = write_deliveries(tenant_id, batch, timezone.now())
        send_soon(tenant_id, told)
