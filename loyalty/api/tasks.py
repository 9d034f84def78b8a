"""What the API needs done at night."""

from __future__ import annotations

from loyalty.api.idempotency import forget_old_answers
from loyalty.jobs.periodic import periodic
from loyalty.jobs.slots import Run


@periodic("api.forget_old_answers")
def forget_old_answers_of_all(run: Run) -> int:
    """Delete answers that no repeated request may ask for any more; answers with their number."""
    return forget_old_answers(run.tenant_id)
