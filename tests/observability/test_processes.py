"""What Prometheus reads is true of all processes: of every worker of the web, and of a projector that runs elsewhere."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest
from django.db import connections

from loyalty.api.tasks import forget_old_answers_of_all
from loyalty.embedded.process import children, wait_until
from loyalty.projections.runner import project_all
from loyalty.webhooks.tasks import send_soon
from tests.customers.given import buy
from tests.support.server import ROOT, free_port, served

pytestmark = pytest.mark.long
FOLLOWER = "customers.spending"


def scraped(port: int) -> str:
    with urlopen(Request(f"http://127.0.0.1:{port}/metrics"), timeout=10) as answer:
        return str(answer.read().decode())


def value(page: str, name: str, **labels: str) -> float | None:
    shown = ",".join(f'{k}="{v}"' for k, v in labels.items())
    found = re.search(rf"^{name}{re.escape(f'{{{shown}}}' if shown else '')} (\S+)$", page, re.M)
    return float(found[1]) if found else None


@contextmanager
def projecting(*options: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "manage.py", "project", *options], cwd=ROOT, env=os.environ | {"LOYALTY_MODE": "test"})
    try:
        yield process
    finally:
        process.send_signal(signal.SIGCONT)
        process.terminate()
        process.wait(30)


def add_customer(port: int, host: str, token: str) -> None:
    headers = {"Host": host, "Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4()), "Content-Type": "application/json"}
    body = json.dumps({"first_name": "Hoa"}).encode()
    with urlopen(Request(f"http://127.0.0.1:{port}/api/v1/customers", body, headers), timeout=20) as answer:
        assert answer.status == 201


def test_any_worker_answers_for_all_and_for_those_that_died(tenant, api_token) -> None:
    token = api_token(tenant)
    with served(workers=3) as port:
        for _ in range(12):
            add_customer(port, tenant.hosts[0], token)
        counted = [value(scraped(port), "loyalty_commands_total", command="RegisterCustomer") for _ in range(8)]
        assert counted == [12.0] * 8
        (master,) = [pid for pid in children(os.getpid()) if children(pid) and str(port) in Path(f"/proc/{pid}/cmdline").read_text()]
        before = children(master)
        os.kill(before[0], signal.SIGKILL)
        assert wait_until(lambda: len(set(children(master)) - set(before)) == 1, 20)
        assert value(scraped(port), "loyalty_commands_total", command="RegisterCustomer") == 12.0


@pytest.mark.usefixtures("own_log")
def test_lag_and_blocked_streams_are_asked_of_the_database_whoever_projects(tenant) -> None:
    project_all()
    key, metrics_port = str(uuid4()), free_port()
    blocking = "insert into projections_blocked (projection, tenant_id, key, position, event_name, error, since)"
    with connections["projector"].cursor() as cursor:
        cursor.execute(f"{blocking} values (%s, %s, %s, 1, 'a.b', 'ValueError', now())", [FOLLOWER, tenant.id, key])
    try:
        with served() as port:
            for number in range(3):
                buy(tenant, None, f"HD-{number}", 50_000)
            page = scraped(port)
            assert value(page, "loyalty_projection_lag_events", projection=FOLLOWER) >= 3
            assert value(page, "loyalty_projection_blocked_streams", projection=FOLLOWER) >= 1
            with projecting("--metrics", f"127.0.0.1:{metrics_port}"):
                assert wait_until(lambda: value(scraped(port), "loyalty_projection_lag_events", projection=FOLLOWER) == 0, 30)
                assert value(scraped(metrics_port), "loyalty_projection_batch_seconds_count", projection=FOLLOWER) >= 1
    finally:
        with connections["projector"].cursor() as cursor:
            cursor.execute("delete from projections_blocked where key = %s", [key])


@contextmanager
def celery(temporary: Path, *words: str) -> Iterator[int]:
    """The port at which a process of Celery answers Prometheus, and keeps its figures in a folder under `temporary`."""
    port = free_port()
    command = [sys.executable, "-m", "celery", "-A", "loyalty", "--quiet", *words, "--loglevel", "WARNING"]
    environment = os.environ | {"LOYALTY_MODE": "test", "METRICS_ADDRESS": f"127.0.0.1:{port}", "TMPDIR": str(temporary)}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    try:
        assert wait_until(lambda: answers(port), 60)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def answers(port: int) -> bool:
    try:
        scraped(port)
    except OSError:
        return False
    return True


def folders(temporary: Path) -> list[Path]:
    return list(temporary.glob("loyalty-metrics-*"))


def test_a_worker_tells_of_the_tasks_of_all_its_children_and_leaves_nothing(tenant, tmp_path: Path) -> None:
    with celery(tmp_path, "worker", "--concurrency", "2", "--without-mingle", "--without-gossip") as port:
        for _ in range(6):
            forget_old_answers_of_all.delay()
        named = {"task": "api.forget_old_answers"}
        assert wait_until(lambda: value(scraped(port), "loyalty_tasks_total", state="SUCCESS", **named) == 6, 40)
        assert value(scraped(port), "loyalty_task_seconds_count", **named) == 6
        assert len(folders(tmp_path)) == 1
    assert folders(tmp_path) == []


def test_beat_answers_too(tmp_path: Path) -> None:
    with celery(tmp_path, "beat", "--pidfile=", "--schedule", str(tmp_path / "schedule")) as port:
        assert answers(port)
        assert len(folders(tmp_path)) == 1
    assert folders(tmp_path) == []


def test_tasks_that_wait_are_counted_at_the_broker_by_queue(tenant) -> None:
    with served() as port:

        def waiting() -> list[float | None]:
            page = scraped(port)
            return [value(page, "loyalty_tasks_waiting", queue=queue) for queue in ("celery", "webhooks")]

        ours, webhooks = waiting()
        forget_old_answers_of_all.delay()
        assert waiting() == [ours + 1, webhooks]
        send_soon(tenant.id, [uuid4()])
        assert waiting() == [ours + 1, webhooks + 1]


def test_the_heart_of_a_projector_beats_while_it_moves(tmp_path: Path) -> None:
    beat = tmp_path / "beat"

    def beats(seconds: float) -> bool:
        before = beat.stat().st_mtime_ns if beat.exists() else 0
        return wait_until(lambda: beat.exists() and beat.stat().st_mtime_ns > before, seconds)

    with projecting("--heartbeat", str(beat)) as projector:
        assert beats(30)
        assert beats(10)
        projector.send_signal(signal.SIGSTOP)
        time.sleep(0.2)
        assert not beats(3)
