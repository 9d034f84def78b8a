"""Who stands for a customer, as commands find them: locked."""

from __future__ import annotations

from uuid import UUID

from customers.domain.customer import Customer
from loyalty.bus import StreamRef, Unit

SIDES = "select id from customers_absorbed where tenant_id = %s and survivor_id = %s order by id"


def whole(unit: Unit, customer_id: UUID) -> Customer:
    """The customer who stands for this one: themselves, unless they were merged. Who is on the way is locked, too."""
    found = opened(unit, customer_id)
    while found.merged is not None:
        found = opened(unit, found.merged.survivor_id)
    return found


def opened(unit: Unit, customer_id: UUID) -> Customer:
    """A customer, locked, whether the command declared them or not."""
    if not unit.has(customer_id):
        unit.open([StreamRef(Customer, customer_id)])
    return unit.load(Customer, customer_id)


def absorbed_by(unit: Unit, customer_id: UUID) -> list[UUID]:
    """Who was merged into a customer who is locked, and stands for them."""
    return [row[0] for row in unit.execute(SIDES, (unit.tenant_id, customer_id))]
