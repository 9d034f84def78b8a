"""Processes under one supervisor start together and stop together, whoever ends them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from honcho.printer import Message

from loyalty.embedded import Embedded, EmbeddedError
from loyalty.embedded.demo import Demo, stop
from loyalty.embedded.process import alive, identity, wait_until
from loyalty.embedded.supervisor import Supervisor, processes

CHECKOUT = Path(__file__).resolve().parents[2]
SUPERVISE = """
import json, os, sys
from loyalty.embedded.supervisor import Supervisor
commands = json.loads(sys.argv[1])
sys.exit(Supervisor(commands, os.environ, ".").run(lambda supervisor: print(json.dumps(supervisor.identities()), flush=True)))
"""
STAY = [sys.executable, "-c", "import time; time.sleep(300)"]
WITH_A_CHILD = [sys.executable, "-c", "import subprocess; subprocess.run(['sleep', '301'])"]


def supervise(**commands: list[str]) -> tuple[subprocess.Popen[str], list[dict[str, object]]]:
    supervisor = subprocess.Popen(
        [sys.executable, "-c", SUPERVISE, json.dumps(commands)], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert supervisor.stdout is not None
    return supervisor, json.loads(next(line for line in supervisor.stdout if line.startswith("[{")))


@pytest.mark.parametrize("asked_by", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_asked_to_stop_it_ends_all_and_is_content(asked_by: signal.Signals) -> None:
    supervisor, started = supervise(one=STAY, two=WITH_A_CHILD)
    assert all(alive(process) for process in started)
    supervisor.send_signal(asked_by)
    assert supervisor.wait(30) == 0
    assert not any(alive(process) for process in started)


def test_when_one_process_ends_all_end_and_it_is_a_failure() -> None:
    supervisor, started = supervise(short=[sys.executable, "-c", "import time; time.sleep(1)"], long=STAY)
    assert supervisor.wait(30) == 1
    assert not any(alive(process) for process in started)


def test_it_knows_when_all_have_begun_their_work(capsys: pytest.CaptureFixture[str]) -> None:
    supervisor = Supervisor(dict.fromkeys(processes(1), STAY), os.environ, ".")
    said = {
        "worker": b"celery@host ready.\n",
        "webhooks": b"webhooks@host ready.\n",
        "beat": b"beat: Starting...\n",
        "projector": b"Projector follows the event log.\n",
    }
    for name, line in said.items():
        assert not supervisor.at_work()
        supervisor.printer.write(Message("line", line, datetime.now(UTC), name, None))
    assert supervisor.at_work()
    assert capsys.readouterr().out.count("\n") == 4


def test_every_process_of_the_platform_has_a_command_and_web_listens_on_loopback() -> None:
    commands = processes(8123, workers=2)
    assert set(commands) == {"web", "worker", "webhooks", "beat", "projector"}
    assert commands["web"][commands["web"].index("--bind") + 1] == "127.0.0.1:8123"


def test_a_taken_port_is_told_with_what_to_do(place: Path) -> None:
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        demo = Demo(Embedded(place, environ={}), port)
        with pytest.raises(EmbeddedError, match=f"Port {port} is taken by another program: .*`make demo PORT={port + 1}`"):
            demo.run()


def test_a_port_that_the_system_keeps_is_told(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loyalty.embedded.demo.why_not", lambda port: PermissionError(13, "Permission denied"))
    with pytest.raises(EmbeddedError, match="Port 81 is kept for the administrator of this machine: choose one above 1023"):
        Demo(Embedded(place, environ={}), 81).run()


@pytest.mark.parametrize("port", [0, 65_536, 99_999])
def test_what_is_no_port_is_told(place: Path, port: int) -> None:
    with pytest.raises(EmbeddedError, match=f"{port} is no port: choose one from 1 to 65535"):
        Demo(Embedded(place, environ={}), port).run()


def test_a_second_demo_of_one_folder_is_told_where_the_first_is(place: Path) -> None:
    demo = Demo(Embedded(place, environ={}), 8123)
    demo.notes |= {"process": identity(os.getpid()), "address": "http://127.0.0.1:8000"}
    with pytest.raises(EmbeddedError, match=r"already runs at http://127.0.0.1:8000: `make stop`"):
        demo.run()


def test_stop_ends_what_a_killed_demo_left_behind(place: Path) -> None:
    left = subprocess.Popen(STAY, start_new_session=True)
    demo = Demo(Embedded(place, environ={}), 8123)
    demo.notes |= {"process": {"pid": 1, "began": "never"}, "children": [identity(left.pid)]}
    demo.notes.save()
    stop(Embedded(place, environ={}))
    assert wait_until(lambda: left.poll() == -signal.SIGTERM, 10)
    assert not demo.notes.place.exists()
