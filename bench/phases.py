"""Where the time of one purchase over HTTP goes: one process answers alone, with a clock around each phase."""

from __future__ import annotations

import json
import logging
import os
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.wsgi import get_wsgi_application
from django.db import connections

from bench import report
from bench.world import World
from loyalty import bus
from loyalty.api import authentication, views
from loyalty.eventstore import store

PHASES = {
    "auth": "token, tenant, rights",
    "shape": "body: JSON and its shape",
    "command": "the command: where it is sold",
    "open": "open: begin, tenant, idempotency key, heads locked, streams and rules loaded",
    "decide": "the domain decides",
    "append": "append to the log",
    "inline": "write: inline projections, the answer kept, commit to the disk",
    "wake": "wake the projector",
}
WARM_UP = 100


class Clock:
    """Seconds of each phase of each request."""

    def __init__(self) -> None:
        self.now: dict[str, float] = defaultdict(float)
        self.seen: list[dict[str, float]] = []

    def around(self, owner: Any, name: str, phase: str) -> None:
        """Time every call of `owner.name`, without what other phases take inside it."""
        real: Callable[..., Any] = getattr(owner, name)

        def timed(*args: Any, **kwargs: Any) -> Any:
            before, begun = sum(self.now.values()), time.perf_counter()
            try:
                return real(*args, **kwargs)
            finally:
                self.now[phase] += time.perf_counter() - begun - (sum(self.now.values()) - before)

        setattr(owner, name, timed)

    def request(self, answer: Callable[[], None]) -> None:
        self.now = defaultdict(float)
        begun = time.perf_counter()
        answer()
        self.now["all"] = time.perf_counter() - begun
        self.seen.append(dict(self.now))


def where_the_time_goes(world: World, requests: int) -> str:
    """A table of phases in milliseconds, and the processor time of Python and PostgreSQL."""
    clock, application = Clock(), get_wsgi_application()
    watch(clock)
    send_log_lines_nowhere()
    answers = [lambda n=n: post(application, world, n) for n in range(WARM_UP + requests)]
    for answer in answers[:WARM_UP]:
        clock.request(answer)
    clock.seen.clear()
    server = server_process()
    python, postgres = time.process_time(), processor_time(server)
    for answer in answers[WARM_UP:]:
        clock.request(answer)
    python, postgres = (time.process_time() - python) / requests, (processor_time(server) - postgres) / requests
    costs = f"Processor time of a request: Python {python * 1000:.2f} ms, PostgreSQL's process {postgres * 1000:.2f} ms."
    return f"One client, in the process itself ({requests:,} requests, medians). {costs}\n\n{phases_of(clock.seen)}"


def send_log_lines_nowhere() -> None:
    """They are made as in production, and not shown."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(Path(os.devnull).open("w"))  # noqa: SIM115 - as long as the process


def watch(clock: Clock) -> None:
    clock.around(authentication.TokenAuthentication, "authenticate", "auth")
    clock.around(views.CommandView, "_read", "shape")
    for view in views.CommandView.__subclasses__():
        clock.around(view, "command", "command")
    clock.around(bus, "_open", "open")
    clock.around(bus, "_decide", "decide")
    clock.around(store, "append", "append")
    clock.around(bus, "_write", "inline")
    clock.around(store, "wake", "wake")


def post(application: Any, world: World, number: int) -> None:
    body = json.dumps(purchase(world, number)).encode()
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/api/v1/purchases",
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_HOST": "127.0.0.1",
        "HTTP_AUTHORIZATION": f"Bearer {world.token}",
        "HTTP_IDEMPOTENCY_KEY": str(uuid4()),
    }
    said: list[str] = []
    answer = application(environ, lambda status, headers: said.append(status))
    told = b"".join(answer)
    answer.close()
    if not said[0].startswith("2"):
        raise SystemExit(f"{said[0]}: {told.decode()}")


def purchase(world: World, number: int) -> dict[str, Any]:
    """The body of one purchase of two lines, in the places of `world`."""
    coffee, bread = 20_000 + number % 40 * 1000, 15_000
    return {
        "customer_id": str(world.customers[number % len(world.customers)]),
        "pos": world.places[number % len(world.places)],
        "document_number": f"P-{number}",
        "purchased_at": (datetime.now(UTC) - timedelta(minutes=1)).isoformat(),
        "total": 2 * coffee + bread,
        "lines": [
            {
                "total": 2 * coffee,
                "sku": "CF-01",
                "name": "Cà phê sữa đá",
                "category": "Cà phê",
                "quantity": "2",
                "unit_price": str(coffee),
            },
            {"total": bread, "sku": "BM-01", "name": "Bánh mì", "category": "Bánh", "quantity": "1", "unit_price": str(bread)},
        ],
    }


def server_process() -> int:
    """The process of PostgreSQL that serves this one."""
    with connections["default"].cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        return int(cursor.fetchone()[0])


def processor_time(pid: int) -> float:
    """Seconds of processor time that a process of this machine has used."""
    ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, ticks)) / 100


def phases_of(seen: list[dict[str, float]]) -> str:
    whole = statistics.median(request["all"] for request in seen) * 1000
    rows, told = [], 0.0
    for phase, what in PHASES.items():
        ms = statistics.median(request.get(phase, 0.0) for request in seen) * 1000
        told += ms
        rows.append(f"{what} | {ms:.2f} | {ms / whole:.0%}")
    rows.append(f"everything else: Django, REST framework, log line | {whole - told:.2f} | {(whole - told) / whole:.0%}")
    return report.table("phase | ms | share", [*rows, f"**the whole request** | **{whole:.2f}** | 100%"])
