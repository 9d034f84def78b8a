"""What customers agree to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from customers.domain.purposes import PURPOSES, ConsentPurpose, ConsentSource
from customers.models import Consent
from customers.queries.here import tenant_here


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentCard:
    """What a customer said last about a purpose. `text_version` is the wording they agreed to, also where they withdrew it since."""

    purpose: ConsentPurpose
    given: bool
    text_version: str
    source: ConsentSource
    changed_by: str
    changed_at: datetime


def consents(customer_id: UUID) -> list[ConsentCard]:
    """What a customer said about each purpose they were asked about, in the order of the purposes."""
    found = {row.purpose: row for row in Consent.objects.filter(tenant_id=tenant_here(), customer_id=customer_id)}
    return [_card(found[purpose]) for purpose in PURPOSES if purpose in found]


def _card(row: Consent) -> ConsentCard:
    return ConsentCard(
        purpose=row.purpose,  # type: ignore[arg-type]
        given=row.given,
        text_version=row.text_version,
        source=row.source,  # type: ignore[arg-type]
        changed_by=row.changed_by,
        changed_at=row.changed_at,
    )
