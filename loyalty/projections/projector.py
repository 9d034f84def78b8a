"""The process that keeps what follows the log level with it: woken by a notification, with polling as the safety net.

It sees all tenants and always runs, so it looks after the log itself too: see `loyalty.eventstore.upkeep`.
"""

from __future__ import annotations

import random
import signal
from collections.abc import Callable
from pathlib import Path
from threading import Event
from types import FrameType

import structlog
from django.db import InterfaceError, OperationalError, connections

from loyalty.eventstore import store
from loyalty.eventstore.upkeep import Upkeep
from loyalty.projections.runner import BATCH, ensure_checkpoints, following, project_once

USING = "projector"
POLL_SECONDS = 1.0
LOOK_AGAIN_SECONDS = 0.06
"""A writer wakes at most once in `bus.WAKING_SECONDS`: what it wrote just after is found by looking a little later than that."""
REST_SECONDS = 0.25
"""Between rounds that found little: what comes meanwhile is taken in together, at a fraction of the cost."""
log = structlog.get_logger()


class Projector:
    """Runs until told to stop; survives a database that goes away and comes back.

    `heartbeat` is a file that is touched whenever it has asked for work and got an answer: who finds it old finds the
    projector stuck, or cut off from the database.
    """

    def __init__(self, say: Callable[[str], None] = lambda line: None, heartbeat: Path | None = None) -> None:
        self.stopping = Event()
        self.say = say
        self.heartbeat = heartbeat
        self.upkeep = Upkeep(USING)

    def stop(self, signum: int | None = None, frame: FrameType | None = None) -> None:
        self.stopping.set()

    def run(self) -> None:
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        while not self.stopping.is_set():
            try:
                ensure_checkpoints(USING)
                self._follow()
            except (OperationalError, InterfaceError) as lost:
                log.warning("projector_lost_database", failure=type(lost).__name__)
                connections[USING].close()
                self.stopping.wait(1)

    def _follow(self) -> None:
        for woken in store.wait_for_events(POLL_SECONDS):
            self._come_level()
            if woken and not self.stopping.wait(LOOK_AGAIN_SECONDS):
                self._come_level()
            if self.stopping.is_set():
                return

    def _come_level(self) -> None:
        while not self.stopping.is_set() and (moved := self._round()):
            if moved < BATCH:
                self.stopping.wait(REST_SECONDS)

    def _round(self) -> int:
        """Every chunk once, and what the log needs; returns how far the checkpoints moved in all."""
        work = [(p, chunk) for p in following() for chunk in range(p.chunks)]
        random.shuffle(work)
        moved = 0
        for projection, chunk in work:
            if self.stopping.is_set():
                break
            moved += project_once(projection, chunk, using=USING)
            self._beat()
        self.upkeep.when_due()
        return moved

    def _beat(self) -> None:
        if self.heartbeat is not None:
            self.heartbeat.touch()
