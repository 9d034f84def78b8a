"""What tills need done at night."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from loyalty.tenancy.models import Tenant
from pos.slips import forget_old_slips


@shared_task(name="pos.forget_old_slips")
def forget_old_slips_of_all() -> int:
    """Delete slips of sales that no till sends again; answers with their number."""
    now = timezone.now()
    return sum(forget_old_slips(tenant.pk, now) for tenant in Tenant.objects.all())
