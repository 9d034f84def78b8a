"""Customers of the test's tenant."""

from __future__ import annotations

import pytest

from customers.commands import RegisterCustomer
from loyalty.bus import dispatch
from loyalty.tenancy.models import Tenant
from tests.customers.given import Register


@pytest.fixture
def register(tenant: Tenant) -> Register:
    """`register(first_name=…)`: the answer to a registration."""
    return lambda **facts: dispatch(RegisterCustomer(**facts), tenant_id=tenant.id, actor="system", channel="test")
