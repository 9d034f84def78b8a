"""What is searched of a customer: the words of the names. Phones, emails, cards and codes are found by digest, never here."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from loyalty.search import SearchDocument, SearchIndex

CUSTOMERS = SearchIndex(name="customers", text=("first_name", "last_name"), moments=("changed_at",), sortable=("last_name", "first_name"))
"""`changed_at`: when the names were given or last changed, so that what another engine does not show yet can be asked for."""


def document(*, tenant_id: int, customer_id: UUID, version: int, first_name: str, last_name: str, changed_at: datetime) -> SearchDocument:
    """The search document of a customer; `version` is the position of the event that it stands on."""
    return SearchDocument(
        tenant_id=tenant_id,
        id=customer_id,
        version=version,
        values={"first_name": first_name, "last_name": last_name, "changed_at": changed_at},
    )
