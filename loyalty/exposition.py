"""What Prometheus reads at /metrics: what all processes of the web counted, and how far read models are behind, from the database."""

from __future__ import annotations

import os
from collections.abc import Iterator

import structlog
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from loyalty.eventstore import store
from loyalty.projections.runner import following
from loyalty.tenancy.current import asked_again

REACHED = "select projection, min(position) from projections_checkpoint group by 1"
BLOCKED = "select projection, count(*) from projections_blocked group by 1"
log = structlog.get_logger(__name__)


class ReadModels:
    """Lag and blocked streams of each projection that follows the log, whichever process projects."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The gauges; none while the database does not answer."""
        try:
            top, reached, blocked = asked_again(self._ask)
        except Error as failure:
            log.warning("lag unknown", reason=type(failure).__name__)
            return
        lag = GaugeMetricFamily("loyalty_projection_lag_events", "Events not yet projected", labels=["projection"])
        stopped = GaugeMetricFamily("loyalty_projection_blocked_streams", "Streams stopped by a poison event", labels=["projection"])
        for projection in following():
            lag.add_metric([projection.name], max(top - reached.get(projection.name, 0), 0))
            stopped.add_metric([projection.name], blocked.get(projection.name, 0))
        yield lag
        yield stopped

    @staticmethod
    def _ask() -> tuple[int, dict[str, int], dict[str, int]]:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(REACHED)
            reached = dict(cursor.fetchall())
            cursor.execute(BLOCKED)
            return store.horizon(using=DEFAULT_DB_ALIAS), reached, dict(cursor.fetchall())


def exported_metrics(request: HttpRequest) -> HttpResponse:
    """Metrics for Prometheus. In production only with the bearer token METRICS_TOKEN; without one set, not at all."""
    wanted = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if (wanted and not constant_time_compare(given, wanted)) or (not wanted and settings.IN_PRODUCTION):
        raise Http404
    return HttpResponse(generate_latest(_counted()) + generate_latest(_known()), content_type=CONTENT_TYPE_LATEST)


def _counted() -> CollectorRegistry:
    """What this process counted, or all processes that share a folder: see `loyalty.serving`."""
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return REGISTRY
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return together


def _known() -> CollectorRegistry:
    known = CollectorRegistry()
    known.register(ReadModels())
    return known
