"""How gunicorn serves the platform: `gunicorn --config python:loyalty.serving loyalty.wsgi:application`.

Its processes count into files of one folder, so that any of them answers /metrics for all. The folder must be known before
Prometheus' client is imported, which happens with the application.
"""

from __future__ import annotations

from typing import Any

from loyalty.metrics_folder import count_together, forget_counts

count_together()


def child_exit(server: Any, worker: Any) -> None:
    """What a worker counted stays counted; what it alone stood for goes with it."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(server: Any) -> None:
    """The last to leave takes the folder away."""
    forget_counts()
