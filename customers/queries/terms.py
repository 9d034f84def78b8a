"""What customers agree to by joining. Needs an open `reading`."""

from __future__ import annotations

from customers.domain.terms import PublishedTerms, version_number
from customers.models import Terms
from customers.queries.here import tenant_here


def terms(version: str = "") -> PublishedTerms | None:
    """The version of this name ("": the one that holds); None where the programme published none, or none of this name."""
    rows = Terms.objects.filter(tenant_id=tenant_here())
    if version:
        if (number := version_number(version)) is None:
            return None
        rows = rows.filter(number=number)
    row = rows.order_by("-number").first()
    return None if row is None else PublishedTerms(row.number, row.texts, row.published_at)
