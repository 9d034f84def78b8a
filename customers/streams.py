"""Which streams tell of a customer."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from customers.domain.consents import consents_id
from customers.domain.memberships import memberships_id
from customers.models import Invitation


def streams_about(tenant_id: int, customer_id: UUID) -> list[UUID]:
    """The person, the segments, what they agreed to, and friends: whom they brought, and who brought them."""
    own = [customer_id, memberships_id(tenant_id, customer_id), consents_id(tenant_id, customer_id)]
    theirs = Q(referrer_id=customer_id) | Q(customer_id=customer_id)
    return [*own, *Invitation.objects.filter(theirs, tenant_id=tenant_id).values_list("id", flat=True)]
