"""Carries an import out: customers, sales and returns in batches, with a line of report for each row that was not taken in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from customers.commands import RegisterCustomer
from customers.queries import identified
from earning.commands import PurchaseAnswer
from earning.domain.matching import SoldLine
from earning.imports import staging
from earning.imports.columns import ImportRow, PurchaseColumns
from earning.imports.documents import Plan, Planned, document_of, plan
from earning.imports.recorded import RecordedLine, recorded_lines
from loyalty.bus import Outcome, dispatch_all
from loyalty.domain.command import Command
from loyalty.domain.errors import DomainError
from loyalty.eventstore.store import wake
from loyalty.imports import CsvFile, Row
from loyalty.jobs.work import Line, Work
from loyalty.tenancy import reading
from pos.queries import SalePlace

LARGEST_BATCH = 400
MOST_LINES = 3_000
STAGED = "staged"


@dataclass(frozen=True, slots=True)
class PurchaseImport:
    """One file for one point of sale. `party_kind` is what the customer column holds: external_id, phone, email, card or code.

    With `create_customers` an external id that nobody has becomes a new customer; the purchases of other unknown customers
    are kept without one.
    """

    place: SalePlace
    columns: PurchaseColumns
    party_kind: Any
    actor: str
    create_customers: bool = False


class Importer:
    """Carries `job` out as `work`. Taken up again after a crash it goes on with the rows that are still staged.

    The counts are in `work.summary`: staged, customers, purchases, returns, unchanged (documents that were there),
    refused (rows), unmatched (returned rows that no sale, or not enough of one, answers for).
    """

    def __init__(self, job: PurchaseImport, work: Work) -> None:
        self.job = job
        self.work = work
        self.tenant_id = work.tenant_id

    def run(self, file: CsvFile, limit: int | None = None) -> None:
        """Stage the file unless that is done, then take it in. The same file again changes nothing. Raises UnreadableFile."""
        if STAGED not in self.work.summary:
            self.work.summary[STAGED] = staging.stage(self.tenant_id, self.work.run_id, self._understood(file.rows(limit)))
        self.work.expect(self.work.summary[STAGED])
        self.work.tell()
        for groups in staging.groups(self.tenant_id, self.work.run_id):
            self._take(groups)
            staging.done(self.tenant_id, self.work.run_id, groups)
            self.work.advance(sum(map(len, groups)))
        wake()

    def _understood(self, rows: Iterable[Row]) -> Iterator[ImportRow]:
        for row in rows:
            try:
                yield self.job.columns.read(row)
            except DomainError as problem:
                self._refuse([row.line], problem)

    def _take(self, groups: Sequence[Sequence[ImportRow]]) -> None:
        people = self._customers([g[0].party for g in groups if g[0].party])
        with reading(self.tenant_id):
            recorded = recorded_lines(list(people.values()), self.job.place.merchant_id)
        plans = [self._plan(people.get(g[0].party), g, recorded) for g in groups]
        left_over = [left for p in plans for left in p.left_over]
        self.work.count("unmatched", len(left_over))
        self.work.report(
            Line(back.row, "unmatched", "imports.return_unmatched", f"{back.document} {back.sku} {quantity / 1000:g}")
            for back, quantity in left_over
        )
        for batch in _batches(step for p in plans for step in p.steps):
            self._carry_out(batch)

    def _plan(self, customer_id: UUID | None, rows: Sequence[ImportRow], recorded: Mapping[UUID, Sequence[RecordedLine]]) -> Plan:
        here = {document_of(self.tenant_id, self.job.place, r) for r in rows if not r.comes_back}
        backs = {r.document for r in rows if r.comes_back}
        before = [
            SoldLine(str(line.purchase_id), line.purchased_at, line.line, line.sku, left, line.by_amount)
            for line in (recorded.get(customer_id, ()) if customer_id and backs else ())
            if line.purchase_id not in here and (left := line.left_but_for(backs)) > 0
        ]
        return plan(self.tenant_id, self.job.place, customer_id, rows, before)

    def _customers(self, parties: Sequence[str]) -> dict[str, UUID]:
        with reading(self.tenant_id):
            known = dict(identified(self.job.party_kind, parties))
        missing = [p for p in parties if p not in known]
        if not (self.job.create_customers and self.job.party_kind == "external_id" and missing):
            return known
        made = self._dispatch([RegisterCustomer(external_id=p, pos_id=self.job.place.pos_id) for p in missing])
        for party, outcome in zip(missing, made, strict=True):
            if outcome.refusal is None:
                self.work.count("customers")
                known[party] = outcome.result.customer_id
        return known

    def _carry_out(self, batch: Sequence[Planned]) -> None:
        for step, outcome in zip(batch, self._dispatch([s.command for s in batch]), strict=True):
            if outcome.refusal is not None:
                self._refuse(step.rows, outcome.refusal)
            elif outcome.result.duplicate:
                self.work.count("unchanged")
            else:
                self.work.count("purchases" if isinstance(outcome.result, PurchaseAnswer) else "returns")

    def _dispatch(self, commands: Sequence[Command[Any]]) -> list[Outcome]:
        return dispatch_all(commands, tenant_id=self.tenant_id, actor=self.job.actor, channel="import", wake=False)

    def _refuse(self, rows: Sequence[int], problem: DomainError) -> None:
        self.work.count("refused", len(rows))
        self.work.report(Line.refused(row, problem) for row in rows)


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
