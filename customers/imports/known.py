"""Who of a file is there already, and whether the file says the same of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from customers.finding import holders_of_each
from customers.imports.columns import IDENTIFIERS, CustomerRow, facts
from customers.models import Customer
from customers.sealing import opened
from loyalty.domain.errors import Conflict, DomainError, NotFound

SEALED = ("phone", "email", "card", "external_id", "address", "company", "tax_number")


class Known:
    """The customers that rows may mean. Needs an open `reading`, in two queries."""

    def __init__(self, rows: Sequence[CustomerRow], tenant_id: int) -> None:
        self.holders = holders_of_each({item for row in rows for item in row.identifiers.items()}, tenant_id)
        self.customers = {c.id: c for c in Customer.objects.filter(id__in=set(self.holders.values()))} if self.holders else {}

    def is_there(self, row: CustomerRow) -> bool:
        """Whether somebody holds one of the row's identifiers, and the row says nothing else of them.

        Raises DomainError naming the field that differs, that somebody else holds, or that nobody has.
        """
        held = dict(self._held(row))
        if "code" in row.identifiers and "code" not in held:
            raise NotFound("customers.not_found", field="code")
        if not held:
            return False
        holder = next(iter(held.values()))
        for kind, other in held.items():
            if other != holder:
                raise Conflict(f"customers.{kind}_taken", field=kind)
        self._compare(row, _told(self.customers[holder]))
        return True

    def _held(self, row: CustomerRow) -> Iterator[tuple[str, UUID]]:
        for kind in IDENTIFIERS:
            if kind in row.identifiers and (holder := self.holders.get((kind, row.identifiers[kind]))) is not None:
                yield kind, holder

    @staticmethod
    def _compare(row: CustomerRow, told: Mapping[str, Any]) -> None:
        for name, value in (*row.identifiers.items(), *facts(row).items()):
            if told[name] != value:
                raise DomainError("imports.customer_differs", field=name)


def _told(customer: Customer) -> dict[str, Any]:
    plain = {name: getattr(customer, name) for name in ("code", "first_name", "last_name", "gender", "birth_date", "language", "labels")}
    return plain | {name: opened(getattr(customer, f"{name}_sealed"), name, customer.tenant_id, customer.id) for name in SEALED}
