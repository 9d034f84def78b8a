"""Tenants and what their people share."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from loyalty.staff.tenants import create_tenant
from loyalty.tenancy.middleware import forget_hosts
from loyalty.tenancy.models import Tenant

PASSWORD = "correct horse battery staple"
"""Of every member of staff in tests."""


def new_tenant(**given: Any) -> Tenant:
    """A committed tenant that answers at `t<id>.localhost`."""
    made = create_tenant(f"t{uuid4().hex[:12]}", given.pop("name", "Quán Thử"), **given)
    made.hosts = [f"t{made.id}.localhost"]
    made.save()
    forget_hosts()
    return made
