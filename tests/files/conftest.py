"""A till, a customer's app, and a folder for the photos of one test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from loyalty.staff.models import User
from loyalty.tenancy.models import Tenant
from tests.pos.counter import Till
from tests.pos.given import a_customer
from tests.support.client import ApiClient


@pytest.fixture
def till(tenant: Tenant, seller_user: User) -> Till:
    """The till LL-1 with a seller at it."""
    return Till(tenant, seller_user)


@pytest.fixture
def me(tenant: Tenant, api: ApiClient) -> ApiClient:
    """The app of a customer."""
    return ApiClient(api.post(f"/api/v1/customers/{a_customer(tenant)}/tokens", {}).json()["token"], tenant.hosts[0])


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    """Where the photos of this test lie."""
    kept = settings.STORAGES["photos"] | {"OPTIONS": {"location": tmp_path, "allow_overwrite": True}}
    settings.STORAGES = settings.STORAGES | {"photos": kept}
    return tmp_path
