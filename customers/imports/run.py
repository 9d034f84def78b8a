"""Carries an import of customers out: in batches of the file's order, each row recorded, there already, or refused.

Several processes take batches at the same time. So a row with an identifier that stood in an earlier row comes last, after all that may
decide what becomes of it; such rows are taken in one after another, in their order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any, cast
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from customers.commands import CompleteCustomer, RegisterCustomer
from customers.imports.columns import FIELDS, LABELS, CustomerColumns, CustomerRow, facts
from customers.imports.known import Known
from customers.imports.seen import Seen
from customers.phones import region_of
from loyalty.domain.errors import DomainError
from loyalty.imports import Cells, Row, UnreadableFile, columns_by_name
from loyalty.imports.importer import RECORDED, REFUSED, UNCHANGED, Importer
from loyalty.imports.staging import LATER
from loyalty.jobs.models import name_counts, name_fields, name_kinds
from loyalty.jobs.work import Work
from loyalty.tenancy import reading
from loyalty.tenancy.middleware import tenant_of_id

BATCH = 200
BY_FILE = "import"
"""The version of the text where the file says none."""
name_kinds({"customers.import_customers": _("Import of customers")})
name_fields("customers.import_customers", LABELS)
name_counts({"customers": _("new customers")})


@dataclass(frozen=True, slots=True)
class CustomerOptions:
    """How a file of customers is to be read; `pos_id` is where they joined."""

    mapping: Mapping[str, str]
    pos_id: UUID | None = None
    time_format: str = ""

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> CustomerOptions:
        """From the parameters of a run."""
        return cls(params["mapping"], UUID(params["pos_id"]) if params["pos_id"] else None, params["time_format"])


class CustomerImporter(Importer[CustomerRow]):
    """Registers those whom nobody knows. Of who is there already it completes what nobody knew; where the file says otherwise, they stay as
    they are, and it is reported.
    """

    shape = CustomerRow
    labels = LABELS
    rows_at_once = BATCH
    is_shared = True

    def __init__(self, work: Work, options: CustomerOptions) -> None:
        super().__init__(work)
        self.options = options
        self.tenant = tenant_of_id(work.tenant_id)

    def understand(self, header: Sequence[str]) -> Callable[[Row], tuple[str, str, CustomerRow]]:
        places = columns_by_name(header, self.options.mapping, ())
        if not places:
            raise UnreadableFile("imports.unmapped", field="phone", fields=", ".join(FIELDS), columns=", ".join(header))
        family_first = self.tenant.default_language == "vi"
        today = datetime.now(UTC).astimezone(self.tenant.zone).date()
        columns = CustomerColumns(Cells(places, self.options.time_format), region_of(self.tenant.time_zone), family_first, today)
        first, later, seen = count(), count(), Seen()

        def read(row: Row) -> tuple[str, str, CustomerRow]:
            found = columns.read(row)
            again = [seen.add(f"{kind} {text}") for kind, text in found.identifiers.items()]
            batch = f"{LATER}{next(later) // BATCH:09}" if any(again) else f"{next(first) // BATCH:09}"
            return batch, batch, found

        return read

    def take(self, groups: Sequence[list[CustomerRow]]) -> None:
        for rows in groups:
            self._carry_out_rows(self._orders(rows))

    def disputed(self, rows: Sequence[CustomerRow]) -> None:
        raise AssertionError("no row of customers has an owner")

    def _orders(self, rows: Sequence[CustomerRow]) -> list[tuple[CustomerRow, RegisterCustomer | CompleteCustomer]]:
        """What those rows order that tell something new; the others are told to be unchanged, or refused."""
        with reading(self.tenant_id):
            known = Known(rows, self.tenant_id)
        orders: list[tuple[CustomerRow, RegisterCustomer | CompleteCustomer]] = []
        there: list[CustomerRow] = []
        for row in rows:
            try:
                found = known.found(row)
            except DomainError as problem:
                self._refuse(row, problem)
                continue
            if found is None:
                orders.append((row, self._registering(row)))
            elif found.new:
                orders.append((row, CompleteCustomer(customer_id=found.customer_id, told=found.new)))
            else:
                there.append(row)
        before = self.taken_before([row.line for row in there])
        for row in there:
            self.work.count(RECORDED if row.line in before else UNCHANGED)
        return orders

    def _carry_out_rows(self, orders: Sequence[tuple[CustomerRow, RegisterCustomer | CompleteCustomer]]) -> None:
        if not orders:
            return
        outcomes = self.dispatch([order for _row, order in orders], [row.line for row, _order in orders])
        for (row, _order), outcome in zip(orders, outcomes, strict=True):
            if outcome.refusal is not None and outcome.refusal.code != "command.applied":
                self._refuse(row, outcome.refusal)
            else:
                self.work.count(RECORDED)

    def _registering(self, row: CustomerRow) -> RegisterCustomer:
        told = {"language": self.tenant.default_language} | facts(row) | row.identifiers
        agreed = {"consents": row.consents, "consent_text": row.consent_text or BY_FILE, "consent_source": "import"}
        return RegisterCustomer(**cast(Any, told | agreed), pos_id=self.options.pos_id)

    def _refuse(self, row: CustomerRow, problem: DomainError) -> None:
        self.refuse([row.line], problem)
        self.work.count(REFUSED)
