"""Messages leave in the background."""

from __future__ import annotations

from celery import shared_task

from loyalty.tenancy.models import Tenant
from omnichannel.outbox import send_waiting
from omnichannel.sending import sender


@shared_task(name="omnichannel.send_messages")
def send_messages_of_all() -> int:
    """Send what waits in every outbox; answers with the number sent. Where nothing can send, it waits."""
    found = sender()
    return 0 if found is None else sum(send_waiting(tenant.pk, found) for tenant in Tenant.objects.all())
