"""Who of a file is there already, and what the file tells of them that nobody knew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from customers.domain.completing import lacking
from customers.finding import holders_of_each
from customers.imports.columns import IDENTIFIERS, CustomerRow, facts
from customers.models import Customer
from customers.sealing import opened
from loyalty.domain.errors import Conflict, NotFound

SEALED = ("phone", "email", "card", "external_id", "address", "company", "tax_number")


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody who is there already, and what of a row is `new` to what is known of them, by field."""

    customer_id: UUID
    new: dict[str, Any]


class Known:
    """The customers that rows may mean. Needs an open `reading`, in two queries."""

    def __init__(self, rows: Sequence[CustomerRow], tenant_id: int) -> None:
        self.holders = holders_of_each({item for row in rows for item in row.identifiers.items()}, tenant_id)
        self.customers = {c.id: c for c in Customer.objects.filter(id__in=set(self.holders.values()))} if self.holders else {}

    def found(self, row: CustomerRow) -> Found | None:
        """Who holds one of the row's identifiers, and what the row tells that nobody knew of them; None for nobody.

        Raises DomainError naming the field of which something else is known, that somebody else holds, or that nobody has.
        """
        held = dict(self._held(row))
        if "code" in row.identifiers and "code" not in held:
            raise NotFound("customers.not_found", field="code")
        if not held:
            return None
        holder = next(iter(held.values()))
        for kind, other in held.items():
            if other != holder:
                raise Conflict(f"customers.{kind}_taken", field=kind)
        told: dict[str, Any] = {str(kind): text for kind, text in row.identifiers.items()}
        return Found(holder, lacking(_told(self.customers[holder]), told | facts(row)))

    def _held(self, row: CustomerRow) -> Iterator[tuple[str, UUID]]:
        for kind in IDENTIFIERS:
            if kind in row.identifiers and (holder := self.holders.get((kind, row.identifiers[kind]))) is not None:
                yield kind, holder


def _told(customer: Customer) -> dict[str, Any]:
    plain = {name: getattr(customer, name) for name in ("code", "first_name", "last_name", "gender", "birth_date", "language", "labels")}
    return plain | {name: opened(getattr(customer, f"{name}_sealed"), name, customer.tenant_id, customer.id) for name in SEALED}
