"""Long work of rewards."""

from __future__ import annotations

from typing import Any

from loyalty.jobs.periodic import periodic
from loyalty.jobs.slots import Run
from loyalty.jobs.tasks import job_task
from loyalty.jobs.work import Work
from rewards import giving, guesses, making


@job_task(giving.KIND)
def give_to_segment(work: Work, **params: Any) -> None:
    """Give a reward to everybody in a segment."""
    giving.give_to_segment(work, params["cause"], params["reward"], params["segment"])


@job_task(making.KIND)
def make_codes(work: Work, **params: Any) -> None:
    """Make the codes of a batch."""
    making.make_codes(work, params["cause"])


@periodic("rewards.forget_old_guesses")
def forget_old_guesses_of_all(run: Run) -> int:
    """Delete what was counted of wrong codes a day ago; answers with the number of rows."""
    return guesses.forget_old(run.tenant_id, run.now)
