"""Carries an import of purchases out: customers, sales and returns in batches, and a line of report for what was not taken in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from customers.queries import home_region, normal_identifier
from earning.commands import RecordPurchase
from earning.domain.document import document_id
from earning.domain.matching import ComingBack, SoldLine
from earning.imports.columns import LABELS, ImportRow, PurchaseColumns, unreadable
from earning.imports.customers import customers_of
from earning.imports.documents import Plan, Planned, documents, plan
from earning.imports.recorded import lines_left
from loyalty.domain.errors import DomainError
from loyalty.domain.money import Money
from loyalty.imports import Row, everything_wrong
from loyalty.imports.importer import RECORDED, REFUSED, UNCHANGED, Importer
from loyalty.jobs.models import name_counts, name_fields, name_kinds, name_outcomes
from loyalty.jobs.work import Line, Work
from loyalty.lookup import lookup_digest
from loyalty.tenancy import reading
from pos.queries import SalePlace, sale_place

LARGEST_BATCH = 400
MOST_LINES = 3_000
UNMATCHED, PURCHASES, RETURNS = "unmatched", "purchases", "returns"
name_kinds({"earning.import_purchases": _("Import of purchases")})
name_fields("earning.import_purchases", LABELS)
name_counts({UNMATCHED: _("rows returned without a sale"), PURCHASES: _("purchases"), RETURNS: _("returns")})
name_outcomes({UNMATCHED: _("No sale")})


@dataclass(frozen=True, slots=True)
class PurchaseOptions:
    """How a file of purchases of one point of sale is to be read.

    `customer_kind` is what the customer column holds: external_id, phone, email, card or code. With `create_customers`
    one whom nobody knows becomes a new customer; without, their documents are refused. `prices_without_tax` is so of documents that do
    not say whether their prices include tax.
    """

    pos_id: UUID
    mapping: Mapping[str, str]
    customer_kind: str = "external_id"
    create_customers: bool = False
    prices_without_tax: bool = False
    time_format: str = ""
    decimal_comma: bool = False

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> PurchaseOptions:
        """From the parameters of a run."""
        known = {name: params[name] for name in cls.__dataclass_fields__ if name in params}
        return cls(**known | {"pos_id": UUID(params["pos_id"])})


@dataclass(slots=True)
class Tally:
    """What became of rows, each counted once: the worst that was said of it."""

    said: dict[int, str] = field(default_factory=dict)

    def say(self, lines: Iterable[int], outcome: str) -> None:
        order = (UNCHANGED, RECORDED, UNMATCHED, REFUSED)
        for line in lines:
            self.said[line] = max(self.said.get(line, UNCHANGED), outcome, key=order.index)

    def count(self, work: Work) -> None:
        for outcome in sorted(set(self.said.values())):
            work.count(outcome, sum(said == outcome for said in self.said.values()))


class PurchaseImporter(Importer[ImportRow]):
    """One file for one point of sale. A document is taken in whole or not at all."""

    shape = ImportRow
    is_shared = True
    labels = LABELS

    def __init__(self, work: Work, options: PurchaseOptions) -> None:
        super().__init__(work)
        self.options = options
        with reading(self.tenant_id):
            self.place: SalePlace = sale_place(options.pos_id)
            self.region = home_region()

    def understand(self, header: Sequence[str]) -> Callable[[Row], tuple[str, str, ImportRow]]:
        options = self.options
        zone = ZoneInfo(self.place.zone)
        columns = PurchaseColumns.of(
            header,
            options.mapping,
            zone=zone,
            currency=self.place.currency,
            time_format=options.time_format,
            decimal_comma=options.decimal_comma,
        )
        return _Reader(self, columns, self.region).read

    def document_of(self, number: str, at: datetime) -> UUID:
        """The document that a number means at a time here."""
        place = self.place
        return document_id(self.tenant_id, place.merchant_id, place.document_scope, place.pos_id, number, at, place.zone)

    def take(self, groups: Sequence[list[ImportRow]]) -> None:
        tally = Tally()
        known = customers_of(self, {party: rows for rows in groups if (party := _party(rows))})
        plans = list(self._plans(groups, known, tally))
        self._report(plans, tally)
        for batch in _batches(step for p in plans for step in p.steps):
            self._carry_out(batch, tally)
        tally.count(self.work)

    def disputed(self, rows: Sequence[ImportRow]) -> None:
        self.refuse([row.line for row in rows if row.at], DomainError("imports.several_customers", field="customer"))
        self.work.count(REFUSED, sum(row.at is not None for row in rows))

    def _plans(self, groups: Sequence[list[ImportRow]], known: Mapping[str, UUID | DomainError | None], tally: Tally) -> Iterator[Plan]:
        found: list[tuple[UUID | None, list[ImportRow]]] = []
        for rows in groups:
            holder = known[party] if (party := _party(rows)) else None
            if isinstance(holder, DomainError):
                self._refuse([row.line for row in rows if row.at], holder, tally)
            else:
                found.append((holder, rows))
        before = self._sold_before(found)
        for holder, rows in found:
            yield plan(self.place, holder, rows, before.get(holder, ()) if holder else (), with_tax=not self.options.prices_without_tax)

    def _sold_before(self, found: Sequence[tuple[UUID | None, list[ImportRow]]]) -> Mapping[UUID, Sequence[SoldLine]]:
        """What customers with returns bought before; returns that this very file told when it was read earlier do not count."""
        who = [holder for holder, rows in found if holder and any(row.comes_back for row in rows)]
        if not who:
            return {}
        _sales, backs = documents([row for _holder, rows in found for row in rows])
        with reading(self.tenant_id):
            return lines_left(who, self.place.merchant_id, {self.document_of(back.number, back.at) for back in backs})

    def _report(self, plans: Sequence[Plan], tally: Tally) -> None:
        incomplete = [row.line for p in plans for row in p.incomplete]
        self._refuse(incomplete, DomainError("imports.document_incomplete", field="document"), tally)
        self._refuse([row.line for p in plans for row in p.mixed], DomainError("imports.several_currencies", field="currency"), tally)
        undecided = [row.line for p in plans for row in p.undecided]
        self._refuse(undecided, DomainError("imports.tax_included_differs", field="prices_include_tax"), tally)
        left_over = [left for p in plans for left in p.left_over]
        self.work.report(self._unmatched(back, left) for back, left in left_over)
        tally.say([back.row for back, _left in left_over], UNMATCHED)

    def _unmatched(self, back: ComingBack, left: int) -> Line:
        quantity = Money(left, back.currency).major if back.by_amount else Decimal(left) / 1000
        problem = DomainError("imports.return_unmatched", quantity=f"{quantity:f}", sku=back.sku, document=back.document)
        return Line.of(back.row, UNMATCHED, problem)

    def _carry_out(self, batch: Sequence[Planned], tally: Tally) -> None:
        for step, outcome in zip(batch, self.dispatch([s.command for s in batch], map(_key, batch)), strict=True):
            here_before = outcome.refusal is not None and outcome.refusal.code == "command.applied"
            if outcome.refusal is not None and not here_before:
                self._refuse(step.rows, outcome.refusal, tally)
            elif not here_before and outcome.result.duplicate:
                tally.say(step.rows, UNCHANGED)
            else:
                tally.say(step.rows, RECORDED)
                self.work.count(PURCHASES if isinstance(step.command, RecordPurchase) else RETURNS)

    def _refuse(self, lines: Sequence[int], problem: DomainError, tally: Tally) -> None:
        self.refuse(lines, problem)
        tally.say(lines, REFUSED)


class _Reader:
    """Reads rows, and keeps the place in its document of one that cannot be understood."""

    def __init__(self, importer: PurchaseImporter, columns: PurchaseColumns, region: str) -> None:
        self.importer, self.columns = importer, columns
        self.kind: Any = importer.options.customer_kind
        self.region = region
        self.last, self.homeless = ("", ""), ""
        self.known = lru_cache(maxsize=20_000)(self._known)
        self.unit_of = lru_cache(maxsize=1_000)(self._unit_of)

    def read(self, row: Row) -> tuple[str, str, ImportRow]:
        try:
            document = self.columns.document(row)
        except DomainError as problem:
            raise self._everything_wrong(row, problem) from None
        try:
            party, owner = self.known(self.columns.party(row))
            found = self.columns.read(row, party, self.unit_of)
        except DomainError as problem:
            return self._unreadable(row, self._unit_of_unreadable(document), self._everything_wrong(row, problem))
        if document == self.homeless:
            self.homeless = ""
            return self._unreadable(row, found.unit, DomainError("imports.document_incomplete", field="document"))
        self.last = (document, found.unit)
        return found.unit, owner, found

    def _everything_wrong(self, row: Row, problem: DomainError) -> DomainError:
        return everything_wrong(problem, [lambda: self.known(self.columns.party(row)), *self.columns.readers(row)])

    def _unreadable(self, row: Row, unit: str, problem: DomainError) -> tuple[str, str, ImportRow]:
        self.importer.unreadable(row.line, problem)
        return unit, "", unreadable(row, unit)

    def _unit_of_unreadable(self, document: str) -> str:
        """Its time may be what is wrong. Where numbers begin anew, it is of the row before or behind it with the same number."""
        if self.importer.place.document_scope in {"merchant", "pos"}:
            return self.unit_of(document, datetime(2000, 1, 1, tzinfo=UTC))
        if self.last[0] == document:
            return self.last[1]
        self.homeless = document
        return f"unreadable {document}"

    def _unit_of(self, number: str, at: datetime) -> str:
        return self.importer.document_of(number, at).hex

    def _known(self, party: str) -> tuple[str, str]:
        """A customer as the file has it, in normal form, and a digest of it that does not tell who it is."""
        if not party:
            return "", ""
        try:
            normal = normal_identifier(self.kind, party, self.region)
        except DomainError as problem:
            raise problem.at("customer") from None
        return normal, lookup_digest(f"import {self.kind}", normal, tenant_id=self.importer.tenant_id).hex()


def _party(rows: Sequence[ImportRow]) -> str:
    """The customer of rows of one owner: some may leave it empty."""
    return next((row.party for row in rows if row.party), "")


def _key(step: Planned) -> str:
    c = step.command
    if isinstance(c, RecordPurchase):
        return f"{c.document_number}/{c.purchased_at}"
    return f"{c.document_number}/{c.returned_at}/{c.purchase_id}"


def _batches(steps: Iterable[Planned]) -> Iterator[list[Planned]]:
    batch: list[Planned] = []
    lines = 0
    for step in steps:
        lines += len(step.rows)
        batch.append(step)
        if len(batch) == LARGEST_BATCH or lines >= MOST_LINES:
            yield batch
            batch, lines = [], 0
    if batch:
        yield batch
