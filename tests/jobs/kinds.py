"""Kinds of long work to try the jobs on; a real worker loads this module too."""

from __future__ import annotations

import os
import signal
import time

from loyalty.domain.errors import DomainError
from loyalty.domain.money import Money
from loyalty.jobs.periodic import periodic
from loyalty.jobs.slots import Run
from loyalty.jobs.tasks import job_task
from loyalty.jobs.work import Line, Work


@job_task("toy.count")
def count(work: Work, *, rows: int, batch: int = 10, pause: float = 0.0, fails_at: int = 0) -> None:
    """Count rows in batches; every tenth is reported."""
    work.expect(rows)
    while work.done < rows:
        if fails_at and work.done >= fails_at:
            raise DomainError("money.too_large", most=Money(1, "VND"))
        time.sleep(pause)
        size = min(batch, rows - work.done)
        numbers = range(work.done + 1, work.done + size + 1)
        work.report(Line(n, "skipped", "toy.tenth", f"=row {n}") for n in numbers if n % 10 == 0)
        work.count("counted", size)
        work.advance(size)


@job_task("toy.die")
def die(work: Work) -> None:
    """Its process is killed in the middle, the first time."""
    work.expect(20)
    if work.done == 0:
        work.done = 10
        work.tell()
        os.kill(os.getpid(), signal.SIGKILL)
    work.advance(10)


TICKED: list[int] = []
"""The tenants that the clock came by for."""


@periodic("toy.tick")
def tick(run: Run) -> int:
    """By the clock; it takes a moment, so that others come meanwhile."""
    TICKED.append(run.tenant_id)
    time.sleep(0.2)
    return 1
