"""How the administration shows what is known of a customer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language, gettext

from customers import queries
from customers.models import Consent, Customer, Doors, Spending, Terms
from customers.permissions import SEE, SEE_CONTACTS
from customers.sealing import opened
from loyalty.house import formats
from loyalty.staff.models import PrivilegedRead
from loyalty.tenancy.middleware import tenant_of_id
from loyalty.tenancy.models import Tenant

NOTHING = "–"


def spending_of(row: Customer) -> Spending | None:
    return getattr(row, "spending", None)


def bought_by(row: Any) -> queries.Bought:
    """What a customer bought, with those who were merged into them."""
    own, more = spending_of(row), getattr(row, "more", None) or queries.Bought(0, 0, None, None)
    if own is None:
        return more
    last = max(filter(None, (own.last_purchase_at, more.last_purchase_at)), default=None)
    return queries.Bought(own.purchases + more.purchases, own.total + more.total, last, own.currency or more.currency)


def state_said(row: Any) -> str:
    """Also of somebody who was merged."""
    return gettext("Merged") if row.absorbed is not None else str(row.get_state_display())


def tenant_of(row: Customer | Doors | Terms) -> Tenant:
    return tenant_of_id(row.tenant_id)


def language() -> str:
    return get_language() or formats.FALLBACK


def moment(row: Customer | Doors | Terms, at: datetime | None) -> str:
    return formats.day_and_clock(at, tenant_of(row).zone, language()) if at else NOTHING


def note_contacts(request: HttpRequest, subject: str) -> None:
    user: Any = request.user
    if user.has_perm(SEE) and user.has_perm(SEE_CONTACTS):
        PrivilegedRead.note(user.principal, SEE_CONTACTS, subject)


def consent_said(row: Customer, card: queries.ConsentCard) -> str:
    """“Offers by SMS: yes, 2026-01, at the till, 27 Nov 2026, 15:05”."""
    said = gettext("yes") if card.given else gettext("withdrawn")
    parts = [said, card.text_version, str(Consent.Source(card.source).label), moment(row, card.changed_at)]
    return f"{Consent.Purpose(card.purpose).label}: {', '.join(filter(None, parts))}"


def opened_of(row: Customer, field: str) -> str | None:
    return opened(getattr(row, f"{field}_sealed"), field, row.tenant_id, row.id)
