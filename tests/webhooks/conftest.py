"""A programme that tells another system what happens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from loyalty.tenancy.models import Tenant
from tests.webhooks.hooked import Hooked
from tests.webhooks.receiver import LOOPBACK, Receiver, receiving


@pytest.fixture
def hooked(tenant: Tenant) -> Hooked:
    return Hooked(tenant)


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A real one, which only tests may reach."""
    monkeypatch.setattr("loyalty.webhooks.handlers.policy", lambda: LOOPBACK)
    with receiving() as made:
        yield made
