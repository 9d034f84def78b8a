"""The processes of the platform under one roof: they start together and stop together."""

import os
import shlex
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from honcho import manager as honcho
from honcho.printer import Message, Printer

from loyalty.embedded.process import identity

PATIENCE = 15
CONFIG = ("--config", "python:loyalty.serving")
WEBHOOKS = ("--queues", "webhooks", "--pool", "threads", "--concurrency", "16", "--hostname", "webhooks@%h")
"""Of a worker that mostly waits for other systems."""
READY_WORDS = {"worker": " ready.", "webhooks": " ready.", "beat": "beat: Starting", "projector": "follows the event log"}
"""What a process says when it has begun its work; web is asked over HTTP instead."""


def processes(port: int, workers: int | None = None) -> dict[str, list[str]]:
    """The command of each process. Web listens on the loopback address only."""
    # Warnings of libraries (no collected static files, a worker of root's) are true in production only.
    python = [sys.executable, "-W", "ignore::UserWarning"]
    celery = [*python, "-m", "celery", "-A", "loyalty", "--quiet"]
    worker = ["worker", "--loglevel", "warning", "--without-gossip", "--without-mingle"]
    web = [*CONFIG, "--bind", f"127.0.0.1:{port}", "--workers", str(workers or (os.cpu_count() or 1) + 1), "--log-level", "warning"]
    return {
        "web": [*python, "-m", "gunicorn", "loyalty.wsgi:application", *web, "--preload", "--graceful-timeout", "5", "--no-control-socket"],
        "worker": [*celery, *worker, "--queues", "celery", "--concurrency", "2"],
        "webhooks": [*celery, *worker, *WEBHOOKS],
        "beat": [*celery, "beat", "--loglevel", "warning", "--pidfile="],
        "projector": [*python, "manage.py", "project"],
    }


class QuietPrinter(Printer):  # type: ignore[misc]
    """Passes on what the processes say, and of the supervisor's own words only the end of a process."""

    def __init__(self) -> None:
        super().__init__(sys.stdout)
        self.at_work: set[str] = set()

    def write(self, message: Message) -> None:
        """Print one message, and note who has begun its work."""
        said = message.data.decode(errors="replace") if isinstance(message.data, bytes) else str(message.data)
        if message.name in READY_WORDS and READY_WORDS[message.name] in said:
            self.at_work.add(message.name)
        if message.name != honcho.SYSTEM_PRINTER_NAME or "stopped" in said:
            super().write(message)


class Supervisor:
    """Runs processes until one of them ends or somebody asks to stop; then ends all."""

    def __init__(self, commands: Mapping[str, list[str]], environment: Mapping[str, str], folder: str) -> None:
        honcho.KILL_WAIT = PATIENCE
        self.printer = QuietPrinter()
        self.manager = honcho.Manager(self.printer)
        self.asked_to_stop = False
        for name, command in commands.items():
            self.manager.add_process(name, "exec " + shlex.join(command), env=dict(environment), cwd=folder)

    def run(self, beside: Callable[["Supervisor"], None]) -> int:
        """Run all; `beside` is called in a thread once they are started. 0 when they were asked to stop, else 1."""
        for number in (signal.SIGHUP,):
            signal.signal(number, lambda *_: self.stop())
        threading.Thread(target=self._watch, args=(beside,), daemon=True).start()
        self.manager.loop()
        return 0 if self.asked_to_stop or self.manager.returncode in (130, 143) else 1

    def stop(self) -> None:
        """Ask all to end, as Ctrl-C does."""
        self.asked_to_stop = True
        os.kill(os.getpid(), signal.SIGTERM)

    def identities(self) -> list[dict[str, Any]]:
        """The processes, in a form that recognizes them later."""
        return [identity(known["pid"]) for known in self.manager._processes.values() if "pid" in known]

    def at_work(self) -> bool:
        """Whether all that say so have begun their work."""
        return (READY_WORDS.keys() & set(self.manager._processes)) <= self.printer.at_work

    def ended(self) -> bool:
        """Whether one of them has ended, so that all will."""
        return any("returncode" in known for known in self.manager._processes.values())

    def _watch(self, beside: Callable[["Supervisor"], None]) -> None:
        while not self.manager._all_started():
            time.sleep(0.05)
        beside(self)
