"""When a customer signed in, or an app was let in for them, as timelines tell it."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils.translation import gettext

from customers.models import CustomerToken
from customers.queries.here import tenant_here
from customers.queries.merging import sides
from loyalty.timeline import Before, Moment


def sign_ins(customer_id: UUID, before: Before, limit: int) -> Iterator[Moment]:
    """The beginning of each session and token, and its end where somebody ended it. They are kept for a month after it."""
    rows = CustomerToken.objects.filter(tenant_id=tenant_here(), customer_id__in=[*sides(customer_id)])
    for row in _latest(rows, "issued_at", before, limit):
        title = gettext("Signed in") if row.device else gettext("An app was let in")
        yield Moment(row.issued_at, f"{row.pk}.begun", "customers.signed_in", title, row.issued_by, facts=_facts(row))
    for row in _latest(rows.filter(revoked_at__isnull=False), "revoked_at", before, limit):
        yield Moment(row.revoked_at, f"{row.pk}.ended", "customers.signed_out", gettext("Session ended"), "", facts=_facts(row))  # type: ignore[arg-type]


def _latest(rows: QuerySet[CustomerToken], field: str, before: Before, limit: int) -> list[CustomerToken]:
    """Those at the time in question too: what tells two of them apart is known to the page."""
    found = rows.filter(**{f"{field}__lte": before[0]}) if before else rows
    return list(found.order_by(F(field).desc(), "-pk")[:limit])


def _facts(row: CustomerToken) -> tuple[tuple[str, str], ...]:
    return ((gettext("Device"), row.device),) if row.device and row.device != "?" else ()
