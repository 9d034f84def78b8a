"""Shops of the test's tenant."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from loyalty.tenancy.models import Tenant
from pos.queries import forget_places
from tests.earning.shops import Shops


@pytest.fixture
def shops(tenant: Tenant) -> Iterator[Shops]:
    """A café and an electronics shop, a rule of 1 point for each 10,000 ₫, a customer."""
    forget_places()
    yield Shops.of(tenant)
    forget_places()
