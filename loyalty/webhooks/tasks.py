"""Webhooks leave in the background, each endpoint's by a task of its own, which workers of their own do: who waits for other systems holds
up nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from loyalty.jobs.periodic import periodic
from loyalty.jobs.slots import Run
from loyalty.jobs.tasks import TenantTask
from loyalty.messages.tasks import BROKER_AWAY
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from loyalty.webhooks import endpoints
from loyalty.webhooks.deliveries import endpoints_due, forget_old, next_in_turn
from loyalty.webhooks.sending import send_waiting
from loyalty.webhooks.transport import HttpOutlet

SOON = timedelta(minutes=1)
"""What failed and may leave again within this time is not left to the beat, which looks once a minute."""


@shared_task(base=TenantTask, name="webhooks.send")
def send_webhooks(tenant_id: int, endpoint_id: str) -> int:
    """Send what is due for one endpoint, for half a minute; what is left then is another task's, behind those of others. Whoever waited
    for a place among the tenant's gets that of who is done.
    """
    key = UUID(endpoint_id)
    sent = send_waiting(tenant_id, key, HttpOutlet())
    if sent.tried and (waits := next_in_turn(tenant_id, key, timezone.now())):
        _ask(tenant_id, waits)
    left = sent.again_at - timezone.now() if sent.again_at else SOON
    if sent.unfinished:
        _ask(tenant_id, key)
    elif left < SOON:
        _ask(tenant_id, key, max(left.total_seconds(), 0) + 0.1)
    return sent.taken


@shared_task(name="webhooks.send_all")
def send_webhooks_of_all() -> int:
    """Have sent what is due for any endpoint; answers with their number."""
    return sum(send_due(tenant.pk) for tenant in Tenant.objects.all())


@periodic("webhooks.forget_old")
def forget_old_webhooks_of_all(run: Run) -> int:
    """Delete deliveries older than 30 days and secrets that have ended; answers with the number of deliveries."""
    gone = forget_old(run.tenant_id, run.now)
    with reading(run.tenant_id):
        endpoints.forget_secrets(run.tenant_id, run.now)
    return gone


def send_soon(tenant_id: int, told: Iterable[UUID]) -> None:
    """Have what was written for endpoints sent at once; while the broker is away it leaves within a minute. After the commit."""
    for endpoint_id in told:
        _ask(tenant_id, endpoint_id)


def send_due(tenant_id: int) -> int:
    """Have sent what is due for a tenant's endpoints; answers with their number. After the commit."""
    found = endpoints_due(tenant_id, timezone.now())
    send_soon(tenant_id, found)
    return len(found)


def _ask(tenant_id: int, endpoint_id: UUID, seconds: float = 0) -> None:
    with suppress(*BROKER_AWAY):
        send_webhooks.apply_async((tenant_id, str(endpoint_id)), retry=False, countdown=seconds, expires=seconds + 60)
