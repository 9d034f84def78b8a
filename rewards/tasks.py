"""Long work of rewards."""

from __future__ import annotations

from typing import Any

from loyalty.jobs.tasks import job_task
from loyalty.jobs.work import Work
from rewards import giving


@job_task(giving.KIND)
def give_to_segment(work: Work, **params: Any) -> None:
    """Give a reward to everybody in a segment."""
    giving.give_to_segment(work, params["cause"], params["reward"], params["segment"])
