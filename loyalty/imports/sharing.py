"""Several processes take in one import: the one that has the run starts the others, and waits for them.

They take owner by owner from the same table, and count in the same run. One that is killed takes nothing with it: what it had is taken in
by the one that has the run. When that one is killed, the others end after the rows that they have.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import structlog
from django.conf import settings
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import get_language

from loyalty.jobs.models import JobRun
from loyalty.jobs.work import Cancelled, Work, joined
from loyalty.tenancy import reading

if TYPE_CHECKING:
    from loyalty.imports.importer import Importer

MakeImporter = Callable[[Work, Mapping[str, Any]], "Importer[Any]"]
M = TypeVar("M", bound=MakeImporter)
FEWEST = 5_000
"""Rows for which another process is worth its start."""
PATIENCE = 30.0
"""Seconds that others get to end by themselves."""
IMPORTERS: dict[str, MakeImporter] = {}
"""By the kind of long work."""
log = structlog.get_logger(__name__)


def takes_in(kind: str) -> Callable[[M], M]:
    """Register what makes the importer of a kind of long work, in the module `tasks` of a context."""

    def register(make: M) -> M:
        IMPORTERS[kind] = make
        return make

    return register


def take_share(tenant_id: int, run_id: UUID, parent: int) -> None:
    """Take in rows of a run that the process `parent` has, until there are none, somebody asked to stop, or that process is no more."""
    autodiscover_modules("tasks")
    work = joined(tenant_id, run_id)
    with reading(tenant_id):
        kind = JobRun.objects.values_list("kind", flat=True).get(tenant_id=tenant_id, pk=run_id)
    with suppress(Cancelled):
        IMPORTERS[kind](work, work.params).take_share(lambda: os.getppid() == parent)


class Helpers:
    """The other processes of an import of so many rows: as many as IMPORT_PROCESSES allows and as are worth it, perhaps none."""

    def __init__(self, work: Work, rows: int) -> None:
        self.work, self.number = work, min(settings.IMPORT_PROCESSES, rows // FEWEST) - 1
        self.processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Helpers:
        work, language = self.work, get_language() or settings.LANGUAGE_CODE
        told = [str(work.run_id), f"--tenant-id={work.tenant_id}", f"--parent={os.getpid()}", f"--language={language}"]
        command = [sys.executable, "-W", "ignore", str(settings.BASE_DIR / "manage.py"), "share_import", *told]
        with suppress(OSError):  # who cannot start others takes in all alone
            for _ in range(self.number):
                self.processes.append(subprocess.Popen(command, cwd=settings.BASE_DIR, stdin=subprocess.DEVNULL))
        return self

    def __exit__(self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if failure is None:
                self._wait()
        finally:
            self._end(kind is None or issubclass(kind, Cancelled))

    def _wait(self) -> None:
        """Until all have ended, who ends by themselves. Raises Cancelled."""
        while any(process.poll() is None for process in self.processes):
            self.work.advance(0)
            time.sleep(0.05)

    def _end(self, by_themselves: bool) -> None:
        for process in self.processes:
            if not by_themselves:
                process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.returncode:
                log.warning("a process of an import ended early", job=str(self.work.run_id), code=process.returncode)
