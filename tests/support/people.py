"""Tenants and what their people share."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from loyalty.staff.tenants import create_tenant
from loyalty.tenancy.models import Tenant

PASSWORD = "correct horse battery staple"
"""Of every member of staff in tests."""


def new_tenant(**given: Any) -> Tenant:
    """A committed tenant that answers at `<code>.localhost`."""
    code = f"t{uuid4().hex[:12]}"
    return create_tenant(code, given.pop("name", "Quán Thử"), hosts=(f"{code}.localhost",), **given)
