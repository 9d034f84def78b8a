"""What read models keep of where gifts are sent: ciphertext, bound to tenant, coupon and field."""

from __future__ import annotations

from uuid import UUID

from loyalty.lookup import seal_alike, unseal


def sealed(text: str, field: str, tenant_id: int, coupon_id: UUID) -> bytes:
    """`text` as ciphertext; the same again in a rebuild."""
    return seal_alike(text.encode(), "rewards_gift", field, tenant_id, coupon_id)


def opened(ciphertext: bytes | None, field: str, tenant_id: int, coupon_id: UUID) -> str:
    """What `sealed` closed; "" for nothing."""
    return "" if ciphertext is None else unseal(ciphertext, "rewards_gift", field, tenant_id, coupon_id).decode()
