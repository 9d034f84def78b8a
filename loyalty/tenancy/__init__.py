"""Whose data this is: the only doors through which a tenant is set."""

from loyalty.tenancy.current import current_tenant_id, reading

__all__ = ["current_tenant_id", "reading"]
