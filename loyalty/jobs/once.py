"""Long work that is to be done once for each cause: for a fact of the log, or for a day."""

from __future__ import annotations

from typing import Any

from django.db import connection

from loyalty.jobs.models import JobRun
from loyalty.jobs.tasks import go_on
from loyalty.jobs.work import begin
from loyalty.tenancy import reading

IN_TURN = "select pg_advisory_xact_lock(hashtextextended('jobs.once/' || %s || '/' || %s || '/' || %s, 0))"


def set_going_once(tenant_id: int, kind: str, title: str, actor: str, cause: str, **params: Any) -> bool:
    """Begin the work unless that was done for this `cause`, however many ask at once; take it up again where it failed or was killed.

    Answers whether it is going now because of this. What somebody stopped stays so.
    """
    with reading(tenant_id):
        with connection.cursor() as cursor:
            cursor.execute(IN_TURN, [str(tenant_id), kind, cause])
        run = JobRun.objects.filter(tenant_id=tenant_id, kind=kind, params__cause=cause).first()
        if run is None:
            run_id = begin(tenant_id, kind, title, actor, cause=cause, **params)
            run = JobRun.objects.get(tenant_id=tenant_id, pk=run_id)
    open_still = run.state in {JobRun.State.WAITING, JobRun.State.FAILED} or run.is_silent
    return open_still and go_on(run)
