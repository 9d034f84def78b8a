"""Long work of earning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from earning.attempts import forget_old_attempts
from earning.imports import PurchaseImporter, PurchaseOptions
from earning.past import KIND, count_past
from earning.references import forget_old
from earning.timekeeping import note_time, settle_levels
from loyalty.imports.carry_out import carry_out_upload, may_go_on
from loyalty.imports.sharing import takes_in
from loyalty.jobs.periodic import periodic
from loyalty.jobs.slots import Run
from loyalty.jobs.tasks import job_task
from loyalty.jobs.work import Work


@takes_in("earning.import_purchases")
def importer(work: Work, params: Mapping[str, Any]) -> PurchaseImporter:
    return PurchaseImporter(work, PurchaseOptions.of(params))


@job_task("earning.import_purchases", may_go_on=may_go_on)
def import_purchases(work: Work, **params: Any) -> None:
    """Take in the file of purchases that was uploaded."""
    carry_out_upload(importer, work)


@job_task(KIND)
def count_past_purchases(work: Work, **params: Any) -> None:
    """Count earlier purchases towards levels."""
    count_past(work)


@periodic("earning.forget_old_references")
def forget_old_references_of_all(run: Run) -> int:
    """Delete what documents said of customers whom nobody knew for 24 months; answers with the number of references."""
    return forget_old(run.tenant_id, run.now)


@periodic("earning.forget_old_attempts")
def forget_old_attempts_of_all(run: Run) -> int:
    """Delete the tries of days long over; answers with the number of rows."""
    return forget_old_attempts(run.tenant_id, run.now)


@periodic("earning.note_time")
def note_time_of_all(run: Run) -> int:
    """Note which points ended, became active or will end soon; answers with the number of facts."""
    return note_time(run.tenant_id, run.now, run.go_on)


@periodic("earning.settle_levels")
def settle_levels_of_all(run: Run) -> int:
    """Note which levels ended or will end soon; answers with the number of facts."""
    return settle_levels(run.tenant_id, run.now, run.go_on)
