"""How many messages wait to be sent, and how long the oldest of them has waited."""

from __future__ import annotations

from collections.abc import Iterator

import structlog
from django.db import DEFAULT_DB_ALIAS, Error, connections
from prometheus_client.core import GaugeMetricFamily

from loyalty.exposition import expose
from loyalty.tenancy.current import asked_again

WAITING = "select messages, coalesce(extract(epoch from now() - oldest)::float, 0) from outbox_waiting()"
log = structlog.get_logger(__name__)


class Outbox:
    """What waits in the outboxes of all tenants together."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The gauges; none while the database does not answer."""
        try:
            messages, seconds = asked_again(self._ask)
        except Error as failure:
            log.warning("outbox unknown", reason=type(failure).__name__)
            return
        yield GaugeMetricFamily("loyalty_outbox_waiting", "Messages that wait to be sent", value=messages)
        yield GaugeMetricFamily("loyalty_outbox_oldest_seconds", "How long the oldest of them has waited", value=seconds)

    @staticmethod
    def _ask() -> tuple[int, float]:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(WAITING)
            messages, seconds = cursor.fetchone()
        return int(messages), float(seconds)


expose(Outbox())
