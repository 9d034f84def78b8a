"""Long work of earning."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import structlog
from celery import shared_task
from django.utils import timezone

from earning.attempts import forget_old_attempts
from earning.imports import PurchaseImporter, PurchaseOptions
from earning.past import KIND, count_past
from earning.references import forget_old
from earning.timekeeping import note_time, settle_levels
from loyalty.imports.carry_out import carry_out_upload, may_go_on
from loyalty.jobs.tasks import job_task
from loyalty.jobs.work import Work
from loyalty.tenancy.current import database_is_away
from loyalty.tenancy.models import Tenant

log = structlog.get_logger()


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


@shared_task(name="earning.forget_old_references")
def forget_old_references_of_all() -> int:
    """Delete what documents said of customers whom nobody knew for 24 months; answers with the number of references."""
    now = timezone.now()
    return sum(forget_old(tenant.pk, now) for tenant in Tenant.objects.all())


@shared_task(name="earning.forget_old_attempts")
def forget_old_attempts_of_all() -> int:
    """Delete the tries of days long over; answers with the number of rows."""
    now = timezone.now()
    return sum(forget_old_attempts(tenant.pk, now) for tenant in Tenant.objects.all())


@shared_task(name="earning.note_time")
def note_time_of_all() -> int:
    """Note which points and levels ended, became active or will end soon; answers with the number of facts."""
    return sum(_noted(work, tenant.pk) for tenant in Tenant.objects.all() for work in (note_time, settle_levels))


def _noted(work: Callable[[int], int], tenant_id: int) -> int:
    """One tenant's failure is logged, and holds up no other; without a database there is none to go on with."""
    try:
        return work(tenant_id)
    except Exception as failure:
        if database_is_away(failure):
            raise
        log.exception("time not noted", tenant=tenant_id)
        return 0
