"""What tests of the register say again and again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from customers.domain.customer import Customer
from customers.domain.profile import Profile

NOW = datetime(2025, 3, 1, 9, 30, tzinfo=UTC)
LATER = datetime(2025, 3, 2, 10, 0, tzinfo=UTC)


def profile(**facts: Any) -> Profile:
    return Profile(**({"first_name": "Hương", "last_name": "Đỗ"} | facts)).checked(NOW.date())


def a_customer(customer_id: UUID | None = None, *, active: bool = True, **identifiers: str) -> Customer:
    """Somebody who joined, as their events tell."""
    customer = Customer(customer_id or uuid4())
    customer.register("0000000A", profile(), identifiers or {"phone": "+84912345678"}, pos_id=None, active=active, now=NOW)  # type: ignore[arg-type]
    return Customer.replay(customer.id, customer.pending)
