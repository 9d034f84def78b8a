"""Carries an import out: customers, sales and returns in batches, with progress, a stop, and a line for each row that was not taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from customers.queries import identified

from customers.commands import RegisterCustomer
from earning.commands import PurchaseAnswer
from earning.domain.matching import SoldLine
from earning.imports import staging
from earning.imports.columns import ImportRow, PurchaseColumns
from earning.imports.documents import Plan, Planned, document_of, plan
from earning.queries import RecordedLine, sold_lines
from loyalty.bus import Outcome, dispatch_all
from loyalty.domain.command import Command
from loyalty.domain.errors import DomainError
from loyalty.eventstore.store import wake
from loyalty.imports import CsvFile, Row
from loyalty.tenancy import reading
from pos.queries import SalePlace

LARGEST_BATCH = 400
MOST_LINES = 3_000


class Watch(Protocol):
    """Who looks on: told how far it is, asked whether to stop, given each row that was not taken in."""

    def advance(self, done: int, total: int, cursor: str) -> None: ...

    def cancelled(self) -> bool: ...

    def report(self, row: int, problem: DomainError) -> None: ...


@dataclass(slots=True)
class Tally:
    """What an import did: documents and rows by what became of them."""

    rows: int = 0
    customers: int = 0
    purchases: int = 0
    returns: int = 0
    unchanged: int = 0
    refused_rows: int = 0
    unmatched_returns: int = 0
    cancelled: bool = False


@dataclass(slots=True)
class PurchaseImport:
    """One file for one point of sale. `party_kind` is what the customer column holds: external_id, phone, email, card or code.

    With `create_customers` an external id that nobody has becomes a new customer; other unknown customers' purchases are
    kept without a customer. `cursor` resumes behind the last group of rows that was done.
    """

    tenant_id: int
    job_id: UUID
    place: SalePlace
    columns: PurchaseColumns
    party_kind: str
    actor: str
    create_customers: bool = False
    cursor: str = ""
    tally: Tally = field(default_factory=Tally)


ANONYMOUS = "\x01"
"""Leads the cursor of the second part, the rows without a customer; no cell can hold it."""
Group = tuple[str, list[list[ImportRow]]]


class Importer:
    """Carries `job` out under the eyes of `watch`."""

    def __init__(self, job: PurchaseImport, watch: Watch) -> None:
        self.job = job
        self.watch = watch
        self.tally = job.tally

    def stage(self, file: CsvFile, limit: int | None = None) -> int:
        """Read the file into the staging table; rows that cannot be understood are reported. Returns how many were staged."""
        return staging.stage(self.job.tenant_id, self.job.job_id, self._understood(file.rows(limit)))

    def run(self) -> Tally:
        """Carry out what is staged, from the job's cursor on. Doing it again changes nothing."""
        job = self.job
        total = staging.count(job.tenant_id, job.job_id)
        for cursor, groups in self._groups():
            if self.watch.cancelled():
                self.tally.cancelled = True
                return self.tally
            self._take(groups)
            job.cursor = cursor
            self.tally.rows += sum(map(len, groups))
            self.watch.advance(self.tally.rows, total, cursor)
        staging.discard(job.tenant_id, job.job_id)
        wake()
        return self.tally

    def _understood(self, rows: Iterable[Row]) -> Iterator[ImportRow]:
        for row in rows:
            try:
                yield self.job.columns.read(row)
            except DomainError as problem:
                self._refuse([row.line], problem)

    def _groups(self) -> Iterator[Group]:
        job = self.job
        if not job.cursor.startswith(ANONYMOUS):
            yield from staging.by_party(job.tenant_id, job.job_id, job.cursor)
            job.cursor = ANONYMOUS
        for last, rows in staging.anonymous(job.tenant_id, job.job_id, job.cursor.removeprefix(ANONYMOUS)):
            yield ANONYMOUS + last, [rows]

    def _take(self, groups: Sequence[Sequence[ImportRow]]) -> None:
        people = self._customers([g[0].party for g in groups if g[0].party])
        with reading(self.job.tenant_id):
            recorded = sold_lines(list(people.values()), self.job.place.merchant_id)
        plans = [self._plan(people.get(g[0].party), g, recorded) for g in groups]
        for back, quantity in (left for p in plans for left in p.left_over):
            self.tally.unmatched_returns += 1
            self.watch.report(back.row, DomainError("imports.return_unmatched", field="document", document=back.document, left=quantity))
        for batch in _batches(step for p in plans for step in p.steps):
            self._carry_out(batch)

    def _plan(self, customer_id: UUID | None, rows: Sequence[ImportRow], recorded: Mapping[UUID, Sequence[RecordedLine]]) -> Plan:
        here = {document_of(self.job.tenant_id, self.job.place, r) for r in rows if not r.comes_back}
        backs = {r.document for r in rows if r.comes_back}
        before = [
            SoldLine(str(line.purchase_id), line.purchased_at, line.line, line.sku, left, line.by_amount)
            for line in (recorded.get(customer_id, ()) if customer_id else ())
            if line.purchase_id not in here and (left := line.left_but_for(backs))
        ]
        return plan(self.job.tenant_id, self.job.place, customer_id, rows, before)

    def _customers(self, parties: Sequence[str]) -> dict[str, UUID]:
        with reading(self.job.tenant_id):
            known = identified(self.job.party_kind, parties)
        missing = [p for p in parties if p not in known]
        if not (self.job.create_customers and self.job.party_kind == "external_id" and missing):
            return known
        made = self._dispatch([RegisterCustomer(external_id=p, pos_id=self.job.place.pos_id) for p in missing])
        for party, outcome in zip(missing, made, strict=True):
            if outcome.refusal is None:
                self.tally.customers += 1
                known[party] = outcome.result.customer_id
        return known

    def _carry_out(self, batch: Sequence[Planned]) -> None:
        for step, outcome in zip(batch, self._dispatch([s.command for s in batch]), strict=True):
            if outcome.refusal is not None:
                self._refuse(step.rows, outcome.refusal)
            elif outcome.result.duplicate:
                self.tally.unchanged += 1
            elif isinstance(outcome.result, PurchaseAnswer):
                self.tally.purchases += 1
            else:
                self.tally.returns += 1

    def _dispatch(self, commands: Sequence[Command[Any]]) -> list[Outcome]:
        return dispatch_all(commands, tenant_id=self.job.tenant_id, actor=self.job.actor, channel="import", wake=False)

    def _refuse(self, rows: Sequence[int], problem: DomainError) -> None:
        self.tally.refused_rows += len(rows)
        for row in rows:
            self.watch.report(row, problem)


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
