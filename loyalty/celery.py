"""Celery: bounded work outside of requests. `celery -A loyalty.celery worker`."""

from __future__ import annotations

import atexit
import os
from time import perf_counter
from typing import Any

from celery import Celery, signals
from celery.schedules import crontab

from loyalty.metrics_folder import count_together, forget_counts

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty.settings")
METRICS_ADDRESS = os.environ.get("METRICS_ADDRESS", "")
"""As in the settings, which are read later than counting has to begin."""
if METRICS_ADDRESS:
    count_together()

app = Celery("loyalty")
app.set_default()  # for all threads: without it, tasks sent from another thread than this go to a broker on localhost
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "forget old answers": {"task": "api.forget_old_answers", "schedule": crontab(hour=3, minute=10)},
    "forget abandoned imports": {"task": "imports.forget_abandoned", "schedule": crontab(hour=3, minute=20)},
    "forget old attempts": {"task": "earning.forget_old_attempts", "schedule": crontab(hour=3, minute=35)},
    "forget old guesses": {"task": "rewards.forget_old_guesses", "schedule": crontab(hour=3, minute=32)},
    "end what baskets let go": {"task": "rewards.end_forsaken", "schedule": crontab(minute=7)},
    "forget old references": {"task": "earning.forget_old_references", "schedule": crontab(hour=3, minute=30)},
    "forget old reports": {"task": "jobs.forget_old_reports", "schedule": crontab(hour=3, minute=40)},
    "note what time did to points": {"task": "earning.note_time", "schedule": crontab(minute=5)},
    "note what time did to levels": {"task": "earning.settle_levels", "schedule": crontab(minute=6)},
    "forget old tokens of customers": {"task": "customers.forget_old_tokens", "schedule": crontab(hour=3, minute=50)},
    "forget lists": {"task": "lists.forget_files", "schedule": crontab(hour=3, minute=15)},
    "forget words": {"task": "customers.forget_words", "schedule": crontab()},
    "expunge search": {"task": "customers.expunge_search", "schedule": crontab(hour=3, minute=45)},
    "bring segments level": {"task": "customers.refresh_segments_nightly", "schedule": crontab(minute=12)},
    "forget old codes": {"task": "customers.forget_old_codes", "schedule": crontab(hour=3, minute=55)},
    "send messages": {"task": "messages.send_all", "schedule": crontab()},
    "forget old messages": {"task": "messages.forget_old", "schedule": crontab(hour=3, minute=25)},
    "send webhooks": {"task": "webhooks.send_all", "schedule": crontab()},
    "forget old webhooks": {"task": "webhooks.forget_old", "schedule": crontab(hour=3, minute=45)},
    "forget old slips": {"task": "pos.forget_old_slips", "schedule": crontab(hour=3, minute=20)},
}


@signals.setup_logging.connect  # type: ignore[untyped-decorator]
def log_like_the_web(**kwargs: Any) -> None:
    """Celery keeps its hands off logging: its lines look like all others."""
    from loyalty.observability import configure_logging

    configure_logging()


@signals.task_prerun.connect  # type: ignore[untyped-decorator]
def name_the_task(task_id: str, task: Any, **kwargs: Any) -> None:
    """Log lines of a task carry its id and name."""
    from structlog.contextvars import bind_contextvars, clear_contextvars

    clear_contextvars()
    bind_contextvars(task_id=task_id, task=task.name)


@signals.task_prerun.connect  # type: ignore[untyped-decorator]
def time_the_task(task: Any, **kwargs: Any) -> None:
    """Its seconds begin."""
    task.request.begun = perf_counter()


@signals.task_postrun.connect  # type: ignore[untyped-decorator]
def count_the_task(task: Any, state: str | None = None, **kwargs: Any) -> None:
    """What became of a task, and how long it took."""
    from loyalty.observability import metrics

    metrics.task(task.name, state or "", perf_counter() - task.request.begun)


@signals.after_task_publish.connect  # type: ignore[untyped-decorator]
def count_the_order(sender: str, **kwargs: Any) -> None:
    """A task was asked for, by whomever."""
    from loyalty.observability import metrics

    metrics.ordered(sender)


@signals.worker_ready.connect  # type: ignore[untyped-decorator]
@signals.beat_init.connect  # type: ignore[untyped-decorator]
def answer_prometheus(**kwargs: Any) -> None:
    """Where METRICS_ADDRESS says; each worker and the beat for itself and its children."""
    if METRICS_ADDRESS:
        from loyalty.exposition import answer_at

        answer_at(METRICS_ADDRESS)
        atexit.register(forget_counts)


@signals.worker_init.connect  # type: ignore[untyped-decorator]
def refuse_unsafe_worker(**kwargs: Any) -> None:
    """As the web does. Celery swallows what a signal raises, but for SystemExit."""
    import django
    from django.core.exceptions import ImproperlyConfigured

    django.setup()
    from django.db import connections

    from loyalty.tenancy.checks import refuse_unsafe_start

    try:
        refuse_unsafe_start("default")
    except ImproperlyConfigured as problem:
        raise SystemExit(str(problem)) from problem
    connections.close_all()
