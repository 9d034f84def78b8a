"""How gunicorn serves the platform: `gunicorn --config python:loyalty.serving loyalty.wsgi:application`.

Its processes count into files of one folder, so that any of them answers /metrics for all. The folder must be known before
Prometheus' client is imported, which happens with the application.
"""

from __future__ import annotations

import os
from ipaddress import ip_address
from typing import Any

from loyalty.metrics_folder import count_together, forget_counts

count_together()
limit_request_line = 8190
"""Bytes of a request's first line: the filters of a list may name many things, and more than this is for a body."""


def on_starting(server: Any) -> None:
    """The passwords of the demo are known to everybody: it is served to this machine alone."""
    places = [place[0] for place in server.cfg.address if isinstance(place, tuple)]
    if os.environ.get("LOYALTY_MODE") == "demo" and not all(is_loopback(place) for place in places):
        raise SystemExit("The demo has known passwords: bind it to 127.0.0.1.")


def is_loopback(host: str) -> bool:
    """Whether a name or an address means this machine; other names are not looked up."""
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def child_exit(server: Any, worker: Any) -> None:
    """What a worker counted stays counted; what it alone stood for goes with it."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(server: Any) -> None:
    """The last to leave takes the folder away."""
    forget_counts()
