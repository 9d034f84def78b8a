"""Who is meant by what was typed or scanned at a till."""

from __future__ import annotations

from uuid import UUID

from customers import queries as customers
from customers.commands import ReadMemberCode
from loyalty.bus import dispatch
from loyalty.domain.errors import NotFound
from pos.views.access import Till

EXACT: tuple[customers.IdentifierKind, ...] = ("phone", "code", "card")


def shown_by(till: Till, typed: str) -> UUID | None:
    """Who showed what was read from their screen; None for what is nothing of that kind. Raises DomainError where it is over."""
    if not customers.is_member_code(typed):
        return None
    try:
        command = ReadMemberCode(text=typed)
        return dispatch(command, tenant_id=till.tenant.id, actor=till.principal.actor, channel="till").customer_id
    except NotFound:
        return None


def exactly(till: Till, typed: str) -> list[customers.CustomerCard]:
    """Whose phone, code or card it is. Needs an open `reading`."""
    found = (customers.customer_by(kind, typed, till.region) for kind in EXACT)
    return [card for card in found if card is not None]
