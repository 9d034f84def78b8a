"""What the platform says about itself: log lines, metrics, and whether it is alive and ready. Never personal data."""

from __future__ import annotations

import logging
import logging.config
import re
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from time import perf_counter
from typing import Any

import structlog
from django.conf import settings
from django.core.signals import got_request_exception
from django.db import connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import Counter, Histogram
from redis import Redis
from structlog.contextvars import bind_contextvars, bound_contextvars, clear_contextvars, get_contextvars

from loyalty.domain.identity import new_id

Answer = Callable[[HttpRequest], HttpResponse]
GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}\Z", re.ASCII)
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
TASK_SECONDS = (0.01, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 1800.0, 7200.0)
log = structlog.get_logger("loyalty.request")
command_log = structlog.get_logger("loyalty.command")
_told: ContextVar[dict[str, Any] | None] = ContextVar("loyalty_told", default=None)
"""What the line of the present request will say of its command."""


class Metrics:
    """What is counted and timed. Labels are names from the code only, so that their number stays small.

    What the database knows for all processes, such as how far read models are behind, is asked there: `loyalty.exposition`.
    """

    def __init__(self) -> None:
        self._commands = Counter("loyalty_commands", "Commands carried out", ["command"])
        self._seconds = Histogram("loyalty_command_seconds", "Time of a command, from lock to commit", ["command"], buckets=SECONDS)
        self._refusals = Counter("loyalty_refusals", "Commands refused by the business", ["command", "code"])
        self._conflicts = Counter("loyalty_conflicts", "Attempts repeated: stream born meanwhile, deadlock, lost connection", ["command"])
        self._append = Histogram("loyalty_append_seconds", "Time to append the events of a command", buckets=SECONDS)
        self._inline = Histogram("loyalty_inline_projection_seconds", "Time of inline projections and commit of a command", buckets=SECONDS)
        self._batch = Histogram("loyalty_projection_batch_seconds", "Time of one batch of a projection", ["projection"], buckets=SECONDS)

        self._tasks = Counter("loyalty_tasks", "Tasks that came to an end", ["task", "state"])
        self._task_seconds = Histogram("loyalty_task_seconds", "Time of a task", ["task"], buckets=TASK_SECONDS)
        self._ordered = Counter("loyalty_tasks_ordered", "Tasks asked for by this service", ["task"])

    @contextmanager
    def command(self, name: str) -> Iterator[None]:
        """Times one command and counts it when it was carried out."""
        begun = perf_counter()
        try:
            yield
            self._commands.labels(name).inc()
        finally:
            self._seconds.labels(name).observe(perf_counter() - begun)

    def refused(self, name: str, code: str) -> None:
        self._refusals.labels(name, code).inc()

    def conflict(self, name: str) -> None:
        self._conflicts.labels(name).inc()

    def task(self, name: str, state: str, seconds: float) -> None:
        """Counts a task that came to an end: in which state (Celery's word), and after how long."""
        self._tasks.labels(name, state).inc()
        self._task_seconds.labels(name).observe(seconds)

    def ordered(self, name: str) -> None:
        self._ordered.labels(name).inc()

    def append(self) -> Any:
        """Context manager around an append."""
        return self._append.time()

    def inline(self) -> Any:
        """Context manager around the inline projections of a command, and its commit."""
        return self._inline.time()

    def projection(self, name: str) -> Any:
        """Context manager around one batch of a projection."""
        return self._batch.labels(name).time()


metrics = Metrics()


def request_id() -> str:
    """The id of the request that is being answered, or "" outside of one."""
    return str(get_contextvars().get("request_id", ""))


def context(**known: Any) -> Any:
    """Context manager: log lines inside carry `known` (tenant, command and correlation ids, job ids)."""
    return bound_contextvars(**known)


def name_command(named: Mapping[str, Any]) -> None:
    """The line of the request, and that of its failure, name its command: by ids, never by what it says. Of several, the last."""
    if (told := _told.get()) is not None:
        told.clear()
        told.update(named)


def tell_outcome(named: Mapping[str, Any], outcome: str) -> None:
    """What became of a command: on the line of its request; in a task, which has none, as a line of its own."""
    if (told := _told.get()) is not None:
        told["outcome"] = outcome
    elif "task_id" in get_contextvars():
        command_log.info("command", outcome=outcome, **named)


class RequestContextMiddleware:
    """Gives every request an id, puts it on each of its log lines and on the answer, and writes one line about it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        made = given if GIVEN_ID.match(given) else str(new_id())
        request.request_id = made  # type: ignore[attr-defined]
        clear_contextvars()
        bind_contextvars(request_id=made)
        begun, told = perf_counter(), dict[str, Any]()
        token = _told.set(told)
        try:
            response = self.get_response(request)
        finally:
            _told.reset(token)
        response.headers["X-Request-Id"] = made
        self._tell(request, response, perf_counter() - begun, told)
        return response

    @staticmethod
    def _tell(request: HttpRequest, response: HttpResponse, seconds: float, told: dict[str, Any]) -> None:
        if request.path_info.startswith(("/static/", "/health/", "/metrics")):
            return
        match = request.resolver_match
        # The pattern, never the path or its query: those may hold a phone or a name.
        route = match.route if match else "(none)"
        tenant = getattr(getattr(request, "tenant", None), "id", None)
        level = logging.ERROR if response.status_code >= 500 else logging.INFO
        told |= {"method": request.method, "route": route, "status": response.status_code, "ms": round(seconds * 1000, 1), "tenant": tenant}
        log.log(level, "request", **told)


def tell_of_failure(sender: Any, request: HttpRequest | None = None, **kwargs: Any) -> None:
    """One line for what nobody expected."""
    if failure := sys.exc_info()[1]:
        log.error("failure", exc_info=failure, **(_told.get() or {}))


got_request_exception.connect(tell_of_failure, dispatch_uid="loyalty.observability")


def live(request: HttpRequest) -> HttpResponse:
    """The process answers; says nothing about what it needs."""
    return JsonResponse({"status": "live"})


def ready(request: HttpRequest) -> HttpResponse:
    """Whether the database and the broker answer: 200, or 503 with the name of what does not."""
    parts = {"database": _ask_database, "redis": _ask_redis}
    state = {name: _works(ask) for name, ask in parts.items()}
    good = all(state.values())
    shown = {name: "ok" if fine else "does not answer" for name, fine in state.items()}
    return JsonResponse({"status": "ready" if good else "not ready", "parts": shown}, status=200 if good else 503)


def _works(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except Exception as failure:
        log.warning("not ready", reason=type(failure).__name__)
        return False
    return True


def _ask_database() -> None:
    from loyalty.tenancy.current import reconnect_if_lost

    reconnect_if_lost()
    connection = connections["default"]
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except Exception:
        # The next probe shall find out whether the server is back, not that this connection is gone.
        connection.close()
        raise


def _ask_redis() -> None:
    with Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1) as redis:
        redis.ping()


def without_values(logger: Any, method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A failure is named by its kind and its place: its message may hold what a person typed."""
    failure = line.pop("exc_info", None)
    if isinstance(failure, tuple):
        failure = failure[1]
    if failure is True:
        failure = sys.exc_info()[1]
    if isinstance(failure, BaseException):
        cause = failure.__cause__ or failure
        where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(failure.__traceback__)[-15:]]
        line.update(kind=type(failure).__name__, sqlstate=getattr(cause, "sqlstate", None), where=where)
    return line


class WithoutValues(logging.Filter):
    """Celery quotes a failure in its lines about a task: they end before it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = str(record.msg).split(": %(exc)s")[0]
        return True


def configure_logging() -> None:
    """JSON lines in production, readable ones elsewhere; Django's, Celery's and gunicorn's lines go the same way."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    _configure_structlog(shared)
    logging.config.dictConfig(_logging(shared))


def _configure_structlog(shared: list[Any]) -> None:
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _logging(shared: list[Any]) -> dict[str, Any]:
    last: list[Any] = [without_values, structlog.processors.JSONRenderer(ensure_ascii=False)]
    if not settings.IN_PRODUCTION:
        last = [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)]
    line = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": shared,
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
    }
    quiet = {"level": "WARNING"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": line},
        "filters": {"without_values": {"()": WithoutValues}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": "WARNING" if settings.LOYALTY_MODE == "test" else "INFO"},
        # Django's own request line holds the path, which may hold what a person typed.
        "loggers": {
            "django.request": {"level": "CRITICAL"},
            "django.server": quiet,
            "elastic_transport": quiet,
            "celery.worker.strategy": quiet,
            "celery.app.trace": {"filters": ["without_values"] if settings.IN_PRODUCTION else []},
        },
    }
