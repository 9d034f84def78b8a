"""Long work of rewards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from loyalty.imports.carry_out import carry_out_upload, may_go_on
from loyalty.imports.sharing import takes_in
from loyalty.jobs.periodic import periodic
from loyalty.jobs.slots import Run
from loyalty.jobs.tasks import job_task
from loyalty.jobs.work import Work
from rewards import exporting, forsaken, giving, guesses, listed, making, uploading


@job_task(giving.KIND)
def give_to_segment(work: Work, **params: Any) -> None:
    """Give a reward to everybody in a segment."""
    giving.give_to_segment(work, params["cause"], params["reward"], params["segment"])


@job_task(making.KIND)
def make_codes(work: Work, **params: Any) -> None:
    """Make the codes of a batch."""
    making.make_codes(work, params["cause"])


@job_task(exporting.KIND)
def export_codes(work: Work, **params: Any) -> None:
    """Write the codes of a batch into a file."""
    exporting.export_codes(work, params["cause"])


@takes_in(uploading.KIND)
def codes_importer(work: Work, params: Mapping[str, Any]) -> uploading.CodesImporter:
    return uploading.CodesImporter(work, UUID(params["reward"]), params["mapping"])


@job_task(uploading.KIND, may_go_on=may_go_on)
def upload_codes(work: Work, **params: Any) -> None:
    """Take in the file of codes that was uploaded."""
    carry_out_upload(codes_importer, work)


@takes_in(listed.KIND)
def listed_importer(work: Work, params: Mapping[str, Any]) -> listed.ListedImporter:
    return listed.ListedImporter(work, UUID(params["reward"]), params["digest"], params["mapping"])


@job_task(listed.KIND, may_go_on=may_go_on)
def give_to_listed(work: Work, **params: Any) -> None:
    """Give a reward to the customers of the file that was uploaded."""
    carry_out_upload(listed_importer, work)


@periodic("rewards.forget_old_guesses")
def forget_old_guesses_of_all(run: Run) -> int:
    """Delete what was counted of wrong codes a day ago; answers with the number of rows."""
    return guesses.forget_old(run.tenant_id, run.now)


@periodic("rewards.end_forsaken")
def end_forsaken_of_all(run: Run) -> int:
    """Cancel coupons of which all came back that had brought them while a basket kept them whose time is over; how many there were."""
    return forsaken.end(run.tenant_id, run.now)
