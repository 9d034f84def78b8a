"""Which streams tell of a customer."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from customers.domain.consents import consents_id
from customers.domain.memberships import memberships_id
from customers.models import Invitation
from customers.queries.merging import sides


def streams_about(tenant_id: int, customer_id: UUID) -> list[UUID]:
    """The person, the segments, what they agreed to, and friends: whom they brought, and who brought them; of all who turned out to be one
    with them. Needs an open `reading`.
    """
    whose = sides(customer_id)
    own = [stream for side in whose for stream in (side, memberships_id(tenant_id, side), consents_id(tenant_id, side))]
    theirs = Q(referrer_id__in=whose) | Q(customer_id__in=whose)
    return [*own, *Invitation.objects.filter(theirs, tenant_id=tenant_id).values_list("id", flat=True)]
