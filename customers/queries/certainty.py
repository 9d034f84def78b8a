"""Whether somebody may say who they are."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from customers.budgets import fact_key, fact_keys_of, waits_until
from customers.domain.challenge import KINDS
from customers.queries.here import tenant_here
from customers.queries.register import contacts, erased


def has_to_wait(customer_id: UUID) -> bool:
    """Whether somebody said something else than is known of a customer so often that a second fact cannot be said at this moment."""
    if erased([customer_id]):
        return False
    tenant_id, reached = tenant_here(), contacts(customer_id)
    theirs = [(kind, getattr(reached, kind)) for kind in KINDS]
    keys = [key for kind, value in theirs if value for key in fact_keys_of(kind, value, tenant_id)]
    return waits_until(tenant_id, [fact_key(customer_id, tenant_id), *keys], timezone.now()) is not None
