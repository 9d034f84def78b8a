"""Which streams tell of a customer."""

from __future__ import annotations

from uuid import UUID

from customers.domain.consents import consents_id
from customers.domain.memberships import memberships_id


def streams_about(tenant_id: int, customer_id: UUID) -> list[UUID]:
    """The person, the segments, what they agreed to."""
    return [customer_id, memberships_id(tenant_id, customer_id), consents_id(tenant_id, customer_id)]
