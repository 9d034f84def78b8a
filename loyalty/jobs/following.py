"""Long work that begins because of what happened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import InterfaceError, OperationalError
from kombu.exceptions import OperationalError as BrokerAway

from loyalty.domain.event import Recorded
from loyalty.projections.projection import Follower, TryLater


class WorkFollower(Follower):
    """Begins long work for each event, in the order of the log; `begin` does nothing where that was done before (`set_going_once`).

    While the database or the broker is away it tries again later.
    """

    def begin(self, tenant_id: int, recorded: Recorded[Any]) -> None:
        """Set it going."""
        raise TypeError(f"{self.name} does not say what begins")

    def follow(self, tenant_id: int, batch: Sequence[Recorded[Any]], using: str) -> None:
        try:
            for recorded in batch:
                self.begin(tenant_id, recorded)
        except (OperationalError, InterfaceError, BrokerAway) as lost:
            raise TryLater(type(lost).__name__) from lost
