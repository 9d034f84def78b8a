"""Whether it is the customer who uses a session: a code, or their password, has shown that lately.

A session alone shows who holds the device. Whoever picks it up for a moment must not be able to keep the account, nor to end it: what
leads to somebody else from then on, or to nobody, asks here first.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.utils import timezone

from customers import queries, tokens
from loyalty.bus import Unit
from loyalty.domain.errors import DomainError
from loyalty.tenancy import reading


def is_proven(tenant_id: int, customer_id: UUID, session_id: UUID) -> bool:
    """Whether that is so now. For the edge, before it asks for anything: the command decides."""
    with reading(tenant_id):
        until = tokens.proven_until(tenant_id, queries.sides(customer_id), session_id)
    return until is not None and until > timezone.now()


def refuse_unproven(tenant_id: int, customer_id: UUID, session_id: UUID) -> None:
    """The same for who is about to be sent a code. Raises DomainError `customers.proof_needed`."""
    if not is_proven(tenant_id, customer_id, session_id):
        raise proof_needed()


def demand(unit: Unit, sides: Collection[UUID], session_id: UUID) -> None:
    """In the transaction of a command that has the customers `sides` locked, who are one. Raises DomainError `customers.proof_needed`."""
    if not tokens.is_proven(unit, sides, session_id):
        raise proof_needed()


def proof_needed(field: str | None = None) -> DomainError:
    """One refusal for whatever a session alone may not do."""
    return DomainError("customers.proof_needed", field=field)
