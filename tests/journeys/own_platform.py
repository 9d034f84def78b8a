"""A platform of a test's own whose every process may be killed: durable Postgres, Valkey, gunicorn, projector."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connections

from loyalty.embedded import Embedded
from loyalty.embedded.process import began, children, wait_until
from loyalty.embedded.supervisor import CONFIG
from loyalty.settings import database
from tests.embedded.places import new_place, remove
from tests.support.server import ROOT, free_port, wait_until_live

ALIASES = {"default": "DATABASE_URL", "projector": "DATABASE_PROJECTOR_URL", "owner": "DATABASE_OWNER_URL"}


class Killable:
    """A process of the platform with all its children; `kill` is SIGKILL for the whole family."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self.command, self.environment = command, environment
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen([sys.executable, "-W", "ignore", *self.command], cwd=ROOT, env=self.environment)

    def family(self) -> list[int]:
        return [self.process.pid, *children(self.process.pid)]

    def kill(self) -> None:
        family = self.family()
        for pid in family:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(10)
        assert wait_until(lambda: all(began(pid) is None for pid in family), 10)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)


class Web(Killable):
    """gunicorn as the image starts it, on a port that it keeps."""

    def __init__(self, environment: dict[str, str], workers: int) -> None:
        self.port = free_port()
        options = ["--bind", f"127.0.0.1:{self.port}", "--workers", str(workers), "--preload", "--no-control-socket"]
        super().__init__(["-m", "gunicorn", *CONFIG, "loyalty.wsgi:application", *options, "--log-level", "critical"], environment)

    def start(self) -> None:
        super().start()
        wait_until_live(self.port, self.process)

    def kill_a_worker(self) -> None:
        """The master notices and starts another one."""
        os.kill(children(self.process.pid)[0], signal.SIGKILL)


class OwnPlatform:
    """`own_platform()` gives one that runs; this process speaks to its database too."""

    def __init__(self, place: Path) -> None:
        self.services = Embedded(home=place, durable=True, environ={"EMBEDDED_ELASTICSEARCH": "off"})
        addresses = {n: v for n, v in self.services.up(("postgres", "valkey")).items() if n.endswith("_URL")}
        kept = {name: value for name, value in os.environ.items() if name != "ELASTICSEARCH_URL"}
        self.environment = kept | addresses | {"LOYALTY_MODE": "test"}

    def serve(self, workers: int = 3) -> None:
        self.web = Web(self.environment, workers)
        self.projector = Killable(["manage.py", "project"], self.environment)

    def kill_postgres(self) -> None:
        """The postmaster and all its children at once; it recovers from its log when it starts again."""
        self.services.postgres.kill()
        self.services.postgres.restart()

    def kill_web(self) -> None:
        self.web.kill()
        self.web.start()

    def kill_projector(self) -> None:
        self.projector.kill()
        self.projector.start()

    def end(self) -> None:
        for name in ("web", "projector"):
            if hasattr(self, name):
                getattr(self, name).kill()
        self.services.down(force=True)


@contextmanager
def own_platform() -> Iterator[OwnPlatform]:
    """A migrated platform of the test's own; inside, Django's connections of this process lead to its database."""
    place = new_place()
    platform = None
    try:
        platform = OwnPlatform(place)
        with reached(platform.environment):
            call_command("migrate", verbosity=0)
            yield platform
    finally:
        if platform is not None:
            platform.end()
        remove(place)


@contextmanager
def reached(environment: dict[str, str]) -> Iterator[None]:
    """Inside, all aliases lead to the databases of `environment`."""
    before: dict[str, dict[str, Any]] = {}
    for alias, variable in ALIASES.items():
        connections[alias].close()
        settings = connections[alias].settings_dict
        before[alias] = dict(settings)
        settings.update({name: value for name, value in database(environment[variable]).items() if name != "ENGINE"})
    try:
        yield
    finally:
        for alias, settings in before.items():
            connections[alias].close()
            connections[alias].settings_dict.update(settings)
