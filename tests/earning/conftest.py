"""Shops of the test's tenant."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from earning.commands import (
    RecordPurchase,
)
from loyalty.tenancy.models import Tenant
from pos.queries import forget_places
from tests.earning.counter import Counter
from tests.earning.given import line
from tests.earning.shops import Shops
from tests.pos.given import say


@pytest.fixture
def shops(tenant: Tenant) -> Iterator[Shops]:
    """A café and an electronics shop, a rule of 1 point for each 10,000 ₫, a customer."""
    forget_places()
    yield Shops.of(tenant)
    forget_places()


@pytest.fixture
def sold(shops: Shops, tenant: Tenant) -> Callable[..., UUID]:
    """`sold("A-1", line(…), …)`: the id of a purchase of a minute ago in the café, of coffee and bread unless told otherwise."""

    def sell(number: str, *lines: Any, store: bool = False, **changes: Any) -> UUID:
        made = lines or (line(90_000, 2, sku="CF-1", name="Cà phê sữa"), line(30_000, 1, name="Bánh mì"))
        plain = {
            "customer_id": shops.customer,
            "merchant_id": shops.tech if store else shops.cafe,
            "pos_id": shops.store if store else shops.corner,
            "document_scope": "merchant" if store else "pos",
            "purchased_at": datetime.now(UTC) - timedelta(minutes=1),
        }
        command = RecordPurchase(
            document_number=number, zone=tenant.time_zone, currency="VND", total=sum(made_line.total for made_line in made), lines=made,
            **plain | changes,
        )  # fmt: skip
        return say(tenant, command).purchase_id

    return sell


@pytest.fixture
def counter(tenant) -> Counter:
    made = Counter(tenant)
    made.rule()
    return made
