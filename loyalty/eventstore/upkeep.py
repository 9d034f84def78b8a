"""What the log needs again and again: partitions ahead of it, and anchors of its past, in the database and outside."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import monotonic

import structlog
from django.conf import settings
from django.db import DatabaseError, connections

from loyalty.eventstore.anchors import AnchorsDisagree, make_anchors, write_down
from loyalty.eventstore.partitions import add_partitions

EVERY_SECONDS = 60.0
log = structlog.get_logger()


class Upkeep:
    """Looks after the log once in `every` seconds. Several processes may; they wait for each other where they must."""

    def __init__(self, using: str = "projector", every: float = EVERY_SECONDS, clock: Callable[[], float] = monotonic) -> None:
        self.using, self.every, self.clock = using, every, clock
        self._due = clock()

    def when_due(self) -> None:
        """Do all that is due. What fails is told as an error and done again next time; only a lost connection is raised."""
        if self.clock() < self._due:
            return
        self._due = self.clock() + self.every
        for task in (self._add_partitions, self._anchor, self._write_down):
            try:
                task()
            except (AnchorsDisagree, OSError) as problem:
                log.error("anchors_not_written_down", reason=str(problem))
            except DatabaseError as failure:
                if connections[self.using].connection is None or connections[self.using].connection.closed:
                    raise
                log.error("upkeep_failed", task=task.__name__.strip("_"), failure=type(failure).__name__)

    def _add_partitions(self) -> None:
        if made := add_partitions(using=self.using):
            log.info("partitions_added", partitions=made)

    def _anchor(self) -> None:
        make_anchors(using=self.using)

    def _write_down(self) -> None:
        if settings.LOYALTY_ANCHOR_FILE:
            write_down(Path(settings.LOYALTY_ANCHOR_FILE), using=self.using)
