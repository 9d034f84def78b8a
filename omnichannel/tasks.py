"""Messages leave in the background."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.utils import timezone

from loyalty.tenancy.current import database_is_away
from loyalty.tenancy.models import Tenant
from omnichannel.outbox import forget_old, send_waiting
from omnichannel.sending import MessageSender, sender

log = structlog.get_logger(__name__)


@shared_task(name="omnichannel.send_messages")
def send_messages_of_all() -> int:
    """Send what waits in every outbox; answers with the number sent. Where nothing can send, it waits."""
    found = sender()
    return 0 if found is None else sum(_sent(tenant.pk, found) for tenant in Tenant.objects.all())


@shared_task(name="omnichannel.forget_old_messages")
def forget_old_messages_of_all() -> int:
    """Delete messages older than 90 days, and those to customers who are not there any more; answers with their number."""
    now = timezone.now()
    return sum(forget_old(tenant.pk, now) for tenant in Tenant.objects.all())


def _sent(tenant_id: int, found: MessageSender) -> int:
    """What one tenant's outbox refuses holds up no other's."""
    try:
        return send_waiting(tenant_id, found)
    except Exception as failure:
        if database_is_away(failure):
            raise
        log.warning("outbox not sent", tenant=tenant_id, reason=type(failure).__name__)
        return 0
