"""The demo: servers, migrations, a lively company, and every process of the platform under one supervisor."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from types import FrameType

from loyalty.embedded.failures import EmbeddedError
from loyalty.embedded.notes import Notes
from loyalty.embedded.paths import CHECKOUT
from loyalty.embedded.process import alive, end, end_group, identity, wait_until, why_not
from loyalty.embedded.progress import say, step
from loyalty.embedded.stack import Embedded
from loyalty.embedded.supervisor import Supervisor, processes

READY_SECONDS = 60
PORTS = 65_536


class Demo:
    """One demo on one port, with the servers of one folder."""

    def __init__(self, services: Embedded, port: int) -> None:
        self.services, self.port = services, port
        self.address = f"http://127.0.0.1:{port}"
        self.notes = Notes(services.home / "demo.json")
        self.accounts = services.home / "accounts.txt"
        self.environment: dict[str, str] = {}
        self.is_ready = False

    def run(self) -> int:
        """Bring everything up, say where it is, stay until somebody stops it, take everything down. Returns an exit code."""
        self._check()
        signal.signal(signal.SIGTERM, leave)
        signal.signal(signal.SIGHUP, leave)
        try:
            self._prepare()
            supervisor = Supervisor(processes(self.port), self.environment, str(CHECKOUT))
            code = supervisor.run(self._when_started)
        except KeyboardInterrupt:
            code = 130
        finally:
            self.services.down()
            self.notes.place.unlink(missing_ok=True)
        return code if self.is_ready or code else 1

    def _check(self) -> None:
        if alive(self.notes.get("process")):
            raise EmbeddedError(f"The demo already runs at {self.notes['address']}: `make stop` stops it.")
        if not 0 < self.port < PORTS:
            raise EmbeddedError(f"{self.port} is no port: choose one from 1 to {PORTS - 1}, as in `make demo PORT=8001`.")
        reason = why_not(self.port)
        if isinstance(reason, PermissionError):
            kept = f"Port {self.port} is kept for the administrator of this machine"
            raise EmbeddedError(f"{kept}: choose one above 1023, as in `make demo PORT=8001`.")
        if reason:
            raise EmbeddedError(f"Port {self.port} is taken by another program: choose another one with `make demo PORT={self.port + 1}`.")

    def _prepare(self) -> None:
        """Migrations and Elasticsearch's start take about as long, so they go side by side."""
        self.services.up(("postgres", "valkey"))
        self._refresh()
        with ThreadPoolExecutor(1) as pool:
            search = pool.submit(self.services.up)
            self.prepare("database")
            search.result()
        self._refresh()
        self.prepare("world", str(self.port), str(self.accounts))

    def _refresh(self) -> None:
        self.environment = dict(os.environ) | self.services.environment() | {"PYTHONUNBUFFERED": "1"}

    def prepare(self, *part: str) -> None:
        """Prepare one part in a process of its own, which tells what goes on and what fails."""
        command = [sys.executable, "-m", "loyalty.embedded.prepare", *part]
        if code := subprocess.run(command, check=False, cwd=CHECKOUT, env=self.environment, stdin=subprocess.DEVNULL).returncode:
            raise EmbeddedError(f"The demo is not ready to start: preparing its {part[0]} ended with {code}, as told above.")

    def _when_started(self, supervisor: Supervisor) -> None:
        """Write down who runs, wait until the web answers, print addresses and log-ins."""
        self.notes |= {"process": identity(os.getpid()), "address": self.address, "children": supervisor.identities()}
        self.notes.save()
        try:
            self._announce(supervisor)
        except EmbeddedError as reason:
            say(str(reason))
        if not self.is_ready or os.environ.get("DEMO_EXIT_AFTER_READY"):
            supervisor.stop()

    def _announce(self, supervisor: Supervisor) -> None:
        with step("wait for web, workers, beat and projector"):
            wait_until(lambda: supervisor.ended() or (supervisor.at_work() and self.answers()), READY_SECONDS, every=0.1)
        if not self.answers():
            raise EmbeddedError(f"{self.address}/health/ready does not say that all is well; the lines above tell why.")
        self.is_ready = True
        print(f"\n{self.accounts.read_text().strip()}\n\nThe demo runs at {self.address}/ (Ctrl-C or `make stop` ends it)\n", flush=True)

    def answers(self) -> bool:
        """Whether the web says that it and all it stands on are ready."""
        line = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            line.request("GET", "/health/ready")
            return line.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            line.close()


def leave(number: int, frame: FrameType | None) -> None:
    """Leave by the ordinary way, so that servers are stopped."""
    raise KeyboardInterrupt


def stop(services: Embedded) -> None:
    """Stop a running demo, what a killed one left behind, and the servers."""
    notes = Notes(services.home / "demo.json")
    with step("stop the demo"):
        end(notes.get("process"), 60)
        for child in notes.get("children", []):
            end_group(child)
    notes.place.unlink(missing_ok=True)
    services.down(force=True)
