"""Whose rows a query reads."""

from __future__ import annotations

from loyalty.tenancy import current_tenant_id


def tenant_here() -> int:
    """The tenant of the open `reading(tenant_id)`. Raises RuntimeError without one."""
    if (tenant_id := current_tenant_id()) is None:
        raise RuntimeError("a query of earning needs an open reading(tenant_id)")
    return tenant_id
