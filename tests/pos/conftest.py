"""A till with a seller at it."""

from __future__ import annotations

import pytest

from loyalty.staff.models import User
from loyalty.tenancy.models import Tenant
from tests.pos.counter import Till


@pytest.fixture
def till(tenant: Tenant, seller_user: User) -> Till:
    """The till LL-1, where the seller may sell and Nguyễn Văn Đường (0912 345 678) is known."""
    return Till(tenant, seller_user)
