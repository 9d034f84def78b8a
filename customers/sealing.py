"""How the read model keeps what is shown but never searched in: as ciphertext bound to the customer and the field."""

from __future__ import annotations

from uuid import UUID

from loyalty.lookup import seal_alike, unseal


def sealed(text: str, field: str, tenant_id: int, customer_id: UUID) -> bytes:
    """`text` as ciphertext; the same again in a rebuild."""
    return seal_alike(text.encode(), "customers_customer", field, tenant_id, customer_id)


def opened(ciphertext: bytes | None, field: str, tenant_id: int, customer_id: UUID) -> str | None:
    """What `sealed` closed; None for nothing."""
    return None if ciphertext is None else unseal(ciphertext, "customers_customer", field, tenant_id, customer_id).decode()
