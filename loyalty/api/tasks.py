"""What the API needs done at night."""

from __future__ import annotations

from celery import shared_task

from loyalty.api.idempotency import forget_old_answers
from loyalty.tenancy.models import Tenant


@shared_task(name="api.forget_old_answers")
def forget_old_answers_of_all() -> int:
    """Delete answers that no repeated request may ask for any more; answers with their number."""
    return sum(forget_old_answers(tenant.pk) for tenant in Tenant.objects.all())
