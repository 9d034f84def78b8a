"""How many deliveries wait and have failed, how long the oldest that waits is due, and how many endpoints paused themselves."""

from __future__ import annotations

from collections.abc import Iterator

import structlog
from django.db import DEFAULT_DB_ALIAS, Error, connections
from prometheus_client.core import GaugeMetricFamily

from loyalty.exposition import expose
from loyalty.tenancy.current import asked_again

STANDING = "select waiting, failed, coalesce(extract(epoch from now() - oldest)::float, 0), paused from webhooks_standing()"
GAUGES = (
    ("loyalty_webhooks_waiting", "Webhook deliveries that wait to be sent to active endpoints"),
    ("loyalty_webhooks_failed", "Webhook deliveries of the last 30 days that failed for good"),
    ("loyalty_webhooks_oldest_seconds", "How long the oldest delivery that waits for an active endpoint has waited"),
    ("loyalty_webhooks_endpoints_paused", "Endpoints that were paused because they took nothing"),
)
log = structlog.get_logger(__name__)


class Webhooks:
    """The deliveries of all tenants together."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The gauges; none while the database does not answer."""
        try:
            figures = asked_again(self._ask)
        except Error as failure:
            log.warning("webhooks unknown", reason=type(failure).__name__)
            return
        for (name, said), value in zip(GAUGES, figures, strict=True):
            yield GaugeMetricFamily(name, said, value=value)

    @staticmethod
    def _ask() -> tuple[float, ...]:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(STANDING)
            return tuple(float(figure) for figure in cursor.fetchone())


expose(Webhooks())
