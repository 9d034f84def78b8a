"""What imports need done at night."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from loyalty.imports.models import StagedBlock, Upload, UploadPart
from loyalty.jobs.models import SILENT, JobRun
from loyalty.jobs.periodic import periodic
from loyalty.jobs.slots import Run
from loyalty.tenancy import reading

KEPT = timedelta(days=7)
"""How long the rest of an import that was stopped waits for somebody to go on with it."""


@periodic("imports.forget_abandoned")
def forget_abandoned_of_all(run: Run) -> int:
    """Delete files and rows that wait for nobody any more, or in which somebody may stand who was erased: they name people. Answers with
    the number of runs.
    """
    return forget_abandoned(run.tenant_id)


def forget_abandoned(tenant_id: int) -> int:
    """The same of one tenant."""
    with reading(tenant_id):
        old = Q(heard_at__lt=timezone.now() - KEPT) | Q(heard_at=None, created_at__lt=timezone.now() - KEPT)
        old = Q(old, params__has_key="encoding") | Q(heard_at__lt=timezone.now() - SILENT, params__has_key="forget")
        runs = list(JobRun.objects.filter(old, tenant_id=tenant_id).exclude(params__has_key="forgotten"))
        for run in runs:
            _forget(run)
        return len(runs)


def forget_marked(tenant_id: int, run_id: UUID) -> None:
    """Delete what is left of a run that ends, if somebody was erased while it was at work."""
    with reading(tenant_id):
        for run in JobRun.objects.filter(tenant_id=tenant_id, pk=run_id, params__has_key="forget").exclude(params__has_key="forgotten"):
            _forget(run)


def _forget(run: JobRun) -> None:
    StagedBlock.objects.filter(tenant_id=run.tenant_id, run_id=run.pk).delete()
    if upload := run.params.get("upload"):
        UploadPart.objects.filter(tenant_id=run.tenant_id, upload_id=upload).delete()
        Upload.objects.filter(tenant_id=run.tenant_id, pk=upload).delete()
    run.params["forgotten"] = True
    if not run.is_finished:
        run.state, run.finished_at = JobRun.State.CANCELLED, timezone.now()
    run.save(update_fields=["params", "state", "finished_at"])
