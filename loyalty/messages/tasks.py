"""Messages leave in the background."""

from __future__ import annotations

from contextlib import suppress

import structlog
from celery import shared_task
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from loyalty.jobs.periodic import periodic
from loyalty.jobs.slots import Run
from loyalty.messages.outbox import forget_old, send_waiting
from loyalty.messages.sending import MessageSender, sender
from loyalty.tenancy.current import database_is_away
from loyalty.tenancy.models import Tenant

log = structlog.get_logger(__name__)
BROKER_AWAY = (OperationalError, RedisError, OSError)
"""Of a new connection, and of one that was kept."""


@shared_task(name="messages.send_all")
def send_messages_of_all() -> int:
    """Send what waits in every outbox; answers with the number sent. Where nothing can send, it waits.

    Each message is claimed by itself, so that many may do this at once.
    """
    found = sender()
    return 0 if found is None else sum(_sent(tenant.pk, found) for tenant in Tenant.objects.all())


@shared_task(name="messages.send")
def send_messages(tenant_id: int) -> int:
    """Send what waits in one tenant's outbox; answers with the number sent."""
    found = sender()
    return 0 if found is None else _sent(tenant_id, found)


def send_soon(tenant_id: int) -> None:
    """Have what was written sent at once; while the broker is away it leaves within a minute. After the commit."""
    with suppress(*BROKER_AWAY):
        send_messages.apply_async((tenant_id,), retry=False, expires=60)


@periodic("messages.forget_old")
def forget_old_messages_of_all(run: Run) -> int:
    """Delete messages older than 90 days, and those to customers who are not there any more; answers with their number."""
    return forget_old(run.tenant_id, run.now)


def _sent(tenant_id: int, found: MessageSender) -> int:
    """What one tenant's outbox refuses holds up no other's."""
    try:
        return send_waiting(tenant_id, found)
    except Exception as failure:
        if database_is_away(failure):
            raise
        log.warning("outbox not sent", tenant=tenant_id, reason=type(failure).__name__)
        return 0
