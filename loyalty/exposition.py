"""What Prometheus reads at /metrics: what all processes of the web counted, how far read models are behind, from the database, how
many tasks wait, from the broker, and what a context knows. Workers, beat and projectors answer for themselves at an address of their own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.utils.module_loading import autodiscover_modules
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from redis import Redis, RedisError

from loyalty.eventstore import store
from loyalty.projections.runner import following
from loyalty.tenancy.current import asked_again

REACHED = "select projection, min(position) from projections_checkpoint group by 1"
BLOCKED = "select projection, count(*) from projections_blocked group by 1"
QUEUES = ("celery", *sorted({route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}))
"""Celery's default queue and those that have workers of their own: each a list of that name at the broker."""
log = structlog.get_logger(__name__)
EXPOSED: list[Collector] = []
"""What contexts tell, each from its `metrics` module."""


def expose(gauges: Collector) -> None:
    """Tell these at /metrics, too: of all tenants together, without a name and without a value of anybody."""
    EXPOSED.append(gauges)


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


class Tasks:
    """How many tasks wait at the broker for a worker."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The gauge, by queue; none while the broker does not answer."""
        try:
            with Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1) as redis:
                waiting = {queue: redis.llen(queue) for queue in QUEUES}
        except RedisError as failure:
            log.warning("waiting tasks unknown", reason=type(failure).__name__)
            return
        gauge = GaugeMetricFamily("loyalty_tasks_waiting", "Tasks that wait for a worker", labels=["queue"])
        for queue, tasks in waiting.items():
            gauge.add_metric([queue], tasks)
        yield gauge


class Together(MultiProcessCollector):
    """What all processes of a folder counted. A process that was born this moment has an empty file, which the client cannot read."""

    def collect(self) -> Any:
        """The sums, as the client's own collector gives them."""
        files = [str(file) for file in Path(self._path).glob("*.db") if file.stat().st_size]
        return self.merge(files, accumulate=True)  # type: ignore[no-untyped-call]


def exported_metrics(request: HttpRequest) -> HttpResponse:
    """Metrics for Prometheus. In production only with the bearer token METRICS_TOKEN; without one set, not at all."""
    wanted = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if (wanted and not constant_time_compare(given, wanted)) or (not wanted and settings.IN_PRODUCTION):
        raise Http404
    return HttpResponse(generate_latest(_counted()) + generate_latest(_known()), content_type=CONTENT_TYPE_LATEST)


def address(text: str) -> tuple[str, int]:
    """Host and port of `host:port`. Raises ValueError."""
    host, _, port = text.rpartition(":")
    return host, int(port)


def answer_at(place: str) -> None:
    """Answer Prometheus at `host:port` beside other work, without a token: for addresses that only the platform's own networks reach."""
    host, port = address(place)
    start_http_server(port, host, registry=_counted())


def _counted() -> CollectorRegistry:
    """What this process counted, or all processes that share a folder: see `loyalty.serving`."""
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return REGISTRY
    together = CollectorRegistry()
    Together(together)  # type: ignore[no-untyped-call]
    return together


def _known() -> CollectorRegistry:
    _discover()
    known = CollectorRegistry()
    ours: list[Collector] = [ReadModels(), Tasks(), *EXPOSED]
    for gauges in ours:
        known.register(gauges)
    return known


@cache
def _discover() -> None:
    autodiscover_modules("metrics")
