"""The whole demo, as `make demo` runs it: everything comes up, says where it is, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import psycopg
import pytest

from loyalty.embedded import Embedded
from loyalty.embedded.process import alive, choose_port, wait_until
from tests.embedded.places import new_place, remove

pytestmark = [pytest.mark.durable, pytest.mark.long, pytest.mark.timeout(600)]
CHECKOUT = Path(__file__).resolve().parents[2]
DEMO = [sys.executable, "-m", "loyalty.embedded"]


class RunningDemo:
    """A demo of the test's own, with everything it prints."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, choose_port()
        kept = {name: value for name, value in os.environ.items() if not name.endswith("_URL") and not name.startswith("LOYALTY_")}
        self.environment = kept | {"EMBEDDED_HOME": str(home), "EMBEDDED_ELASTICSEARCH": "off"}
        self.said: list[str] = []

    def start(self) -> float:
        """Start it and wait until it says where it is; returns the seconds that took."""
        begun = time.monotonic()
        self.process = subprocess.Popen(
            [*DEMO, "demo", str(self.port)],
            cwd=CHECKOUT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            if "The demo runs at" in line:
                return time.monotonic() - begun
        pytest.fail("the demo ended:\n" + "".join(self.said[-60:]))

    def order(self, word: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*DEMO, word], check=False, cwd=CHECKOUT, env=self.environment, capture_output=True, text=True, timeout=120)

    def make(self, *words: str) -> str:
        made = subprocess.run(["make", "-s", *words], check=True, cwd=CHECKOUT, env=self.environment, capture_output=True, text=True)
        return made.stdout.strip()

    def status_of(self, path: str, **headers: str) -> int:
        line = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            line.request("GET", path, headers={"Host": f"localhost:{self.port}"} | headers)
            return line.getresponse().status
        finally:
            line.close()

    def processes(self) -> list[dict[str, object]]:
        return list(json.loads((self.home / "demo.json").read_text())["children"])


@pytest.fixture(scope="module")
def demo() -> Iterator[RunningDemo]:
    place = new_place()
    running = RunningDemo(place)
    running.start()
    yield running
    running.order("stop")
    remove(place)


def nothing_runs(demo: RunningDemo, processes: list[dict[str, object]]) -> bool:
    servers = Embedded(demo.home, environ={}).running()
    return not any(servers.values()) and not any(alive(process) for process in processes)


def test_it_says_where_it_is_and_as_whom_to_sign_in(demo: RunningDemo) -> None:
    said = "".join(demo.said)
    assert f"http://localhost:{demo.port}/till/" in said
    assert f"http://localhost:{demo.port}/admin/" in said
    assert re.search(r"password.*\S+", said)
    assert said.count("PostgreSQL answers searches") == 1


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/login/", "/admin/login/", "/api/schema/", "/api/docs/"])
def test_its_pages_answer(demo: RunningDemo, path: str) -> None:
    assert demo.status_of(path) in (200, 302)


def test_make_gives_a_token_of_its_administrator_and_runs_manage_py_beside_it(demo: RunningDemo) -> None:
    token = demo.make("token")
    assert demo.status_of("/api/v1/customers?search=duong", Authorization=f"Bearer {token}") == 200
    assert demo.status_of("/api/v1/customers?search=duong", Authorization=f"Bearer {token}x") == 401
    assert "customers.spending" in demo.make("manage", "CMD=projections")
    assert all(alive(process) for process in demo.processes())


def test_no_name_and_no_phone_of_anybody_stands_in_the_log(demo: RunningDemo) -> None:
    said = dict(line.removeprefix("export ").split("=", 1) for line in demo.order("env").stdout.splitlines())
    with psycopg.connect(said["DATABASE_OWNER_URL"].strip("'")) as owner:
        people = owner.execute("select first_name, last_name from customers_customer").fetchall()
        log = owner.execute("select name, payload::text || metadata::text from event.event").fetchall()
    names = {name for person in people for name in (*person, " ".join(person)) if " " in name or not name.isascii()}
    assert len(people) > 300
    assert len(names) > 150
    everything = "\n".join(text for name, text in log if not name.startswith("pos."))  # shops have names and phones that are nobody's
    for place in ("Lê Lợi", "Ánh Dương"):  # a street and a shop, which segments and rewards of the demo name
        everything = everything.replace(place, "")
    assert len(everything) > 10**6
    assert {name for name in names if name in everything} == set()
    assert re.findall(r"(?<![\w-])(?:\+|0|84|48)[1-9]\d{8,10}(?![\w-])", everything) == []
    assert "912345678" not in everything


def test_all_processes_run_and_web_listens_on_loopback_only(demo: RunningDemo) -> None:
    assert len(demo.processes()) == 5
    assert all(alive(process) for process in demo.processes())
    listening = Path("/proc/net/tcp").read_text().splitlines()
    web = [line.split()[1] for line in listening if line.split()[3] == "0A" and line.split()[1].endswith(f":{demo.port:04X}")]
    assert web == [f"0100007F:{demo.port:04X}"]


def test_a_second_start_is_told_that_it_runs(demo: RunningDemo) -> None:
    again = demo.order("demo")
    assert again.returncode == 1
    assert f"The demo already runs at http://127.0.0.1:{demo.port}" in again.stdout + again.stderr


def test_ctrl_c_stops_everything_and_it_starts_again_with_what_it_had(demo: RunningDemo) -> None:
    processes = demo.processes()
    os.killpg(demo.process.pid, signal.SIGINT)  # as a terminal does
    assert demo.process.wait(60) == 0
    assert nothing_runs(demo, processes)
    demo.said.clear()
    assert demo.start() < 60
    assert any("already" in line for line in demo.said)


def test_stop_ends_a_demo_that_was_killed(demo: RunningDemo) -> None:
    processes = demo.processes()
    demo.process.kill()
    demo.process.wait()
    assert demo.order("stop").returncode == 0
    assert wait_until(lambda: nothing_runs(demo, processes), 30)
