"""What tills need done at night."""

from __future__ import annotations

from loyalty.jobs.periodic import periodic
from loyalty.jobs.slots import Run
from pos.slips import forget_old_slips


@periodic("pos.forget_old_slips")
def forget_old_slips_of_all(run: Run) -> int:
    """Delete slips of sales that no till sends again; answers with their number."""
    return forget_old_slips(run.tenant_id, run.now)
