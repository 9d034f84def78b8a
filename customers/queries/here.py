"""Whose rows are asked for."""

from __future__ import annotations

from loyalty.tenancy.current import current_tenant_id


def tenant_here() -> int:
    """The tenant of the open `reading`. Raises RuntimeError without one."""
    found = current_tenant_id()
    if found is None:
        raise RuntimeError("a query needs an open reading(tenant_id)")
    return found
