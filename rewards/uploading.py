"""A file of codes that others made: every row that is a code and not there yet goes into a batch, the others are reported."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from loyalty.bus import dispatch
from loyalty.domain.errors import Conflict, DomainError
from loyalty.domain.identity import derived_id
from loyalty.imports import CsvFile, Row, columns_by_name
from loyalty.imports.columns import Cells
from loyalty.imports.importer import RECORDED, REFUSED, ROWS, Importer
from loyalty.jobs.models import JobRun, name_fields, name_kinds
from loyalty.jobs.work import Cancelled, Work
from loyalty.lookup import lookup_digests
from loyalty.tenancy import reading
from rewards.commands import BeginUploaded
from rewards.domain.batch import MOST_CODES
from rewards.domain.code import LONGEST_GIVEN, check_sparse, given_code, normal_code
from rewards.making import FROM_FILE, fill
from rewards.models import CodeBatch
from rewards.stock import KIND as DIGEST_KIND
from rewards.stock import put_codes

KIND = FROM_FILE
FIELDS: dict[str, tuple[str, ...]] = {"code": ("code", "codes", "voucher", "coupon", "ma", "ma so", "ma uu dai", "kod", "kody", "kupon")}
LABELS: dict[str, Any] = {"code": pgettext_lazy("coupon", "Code")}
IN_BLOCK = 1_000
KNOWN = """select w.line, c.batch_id, c.number from unnest(%s::int[], %s::bytea[]) w (line, digest)
    join rewards_code c on c.tenant_id = %s and c.digest = w.digest"""
Place = tuple[UUID | None, int | None]
"""A batch, and a number in it."""
name_kinds({KIND: _("Codes from a file")})
name_fields(KIND, LABELS)


@dataclass(frozen=True, slots=True)
class GivenCode:
    """A code, and its line in the file, which is its number in the batch."""

    line: int
    code: str


class CodesImporter(Importer[GivenCode]):
    """Takes a file of codes in. The batch begins with the first code that was not there."""

    shape = GivenCode
    labels: ClassVar[Mapping[str, Any]] = LABELS

    def __init__(self, work: Work, reward_id: UUID, mapping: Mapping[str, str]) -> None:
        super().__init__(work)
        self.reward_id, self.mapping = reward_id, mapping
        self.batch_id = derived_id("rewards.uploaded", work.run_id)

    def understand(self, header: Sequence[str]) -> Callable[[Row], tuple[str, str, GivenCode]]:
        cells = Cells(columns_by_name(header, self.mapping, ["code"]))

        def read(row: Row) -> tuple[str, str, GivenCode]:
            if row.line > MOST_CODES + 1:
                raise DomainError("rewards.too_many_codes", field="code", most=MOST_CODES)
            code = given_code(cells.needed(row, "code", LONGEST_GIVEN))
            block = f"{row.line // IN_BLOCK:08}"
            return block, block, GivenCode(row.line, code)

        return read

    def disputed(self, rows: Sequence[GivenCode]) -> None:
        raise TypeError("a block of lines has one owner")

    def run(self, file: CsvFile | None, limit: int | None = None, forget_file: Callable[[], object] = lambda: None) -> None:
        """As any import; then its codes can be had."""
        super().run(file, limit, forget_file)
        with reading(self.tenant_id):
            there = CodeBatch.objects.filter(tenant_id=self.tenant_id, id=self.batch_id, state="making").exists()
        if there:
            fill(self.work, self.batch_id)

    def take(self, groups: Sequence[list[GivenCode]]) -> None:
        rows = self._sparse([row for group in groups for row in group])
        known = self._known(rows)
        if fresh := [(row.line, row.code) for row in rows if row.line not in known]:
            self._begin()
            with reading(self.tenant_id):
                if CodeBatch.objects.filter(tenant_id=self.tenant_id, id=self.batch_id, state="withdrawn").exists():
                    raise Cancelled
                put_codes(self.tenant_id, self.reward_id, self.batch_id, fresh)
        self._account(rows, self._known(rows) if fresh else known)

    def _sparse(self, rows: Sequence[GivenCode]) -> list[GivenCode]:
        """Those whose codes nobody guesses among as many as the file has; the others are reported."""
        good, lines = [], []
        for row in rows:
            try:
                check_sparse(row.code, self.work.summary[ROWS])
                good.append(row)
            except DomainError as refusal:
                lines.append(self._line(row.line, refusal))
        if lines:
            self.work.report(lines)
            self.work.count(REFUSED, len(lines))
        return good

    def _begin(self) -> None:
        """The batch of this file, once. Its work says so before it is there: whatever stops in between, its page leads here."""
        with reading(self.tenant_id):
            runs = JobRun.objects.filter(tenant_id=self.tenant_id, pk=self.work.run_id)
            if (params := runs.get().params).get("cause") != str(self.batch_id):
                runs.update(params=params | {"cause": str(self.batch_id)})
        try:
            dispatch(
                BeginUploaded(reward_id=self.reward_id),
                tenant_id=self.tenant_id,
                actor=self.work.actor,
                channel="import",
                command_id=self.batch_id,
            )
        except Conflict as applied:
            if applied.code != "command.applied":
                raise

    def _account(self, rows: Sequence[GivenCode], known: Mapping[int, Place]) -> None:
        """Count what is in the batch, and report what was there before: earlier in this file, or anywhere in the programme."""
        others = {row.line: known[row.line] for row in rows if known[row.line] != (self.batch_id, row.line)}
        lines = [self._line(line, self._there(*place)) for line, place in others.items()]
        self.work.report(lines)
        self.work.count(RECORDED, len(rows) - len(lines))
        if lines:
            self.work.count(REFUSED, len(lines))

    def _there(self, batch_id: UUID | None, number: int | None) -> DomainError:
        if batch_id == self.batch_id:
            return Conflict("rewards.code_twice", field="code", line=number)
        return Conflict("rewards.code_there", field="code")

    def _known(self, rows: Sequence[GivenCode]) -> dict[int, Place]:
        """Line → batch and number of the code that is there, whatever key found it."""
        digests = {row.line: lookup_digests(DIGEST_KIND, normal_code(row.code), self.tenant_id) for row in rows}
        wanted = [(line, digest) for line, several in digests.items() for digest in several]
        with reading(self.tenant_id), connection.cursor() as cursor:
            cursor.execute(KNOWN, [[line for line, _d in wanted], [digest for _l, digest in wanted], self.tenant_id])
            return {line: (batch_id, number) for line, batch_id, number in cursor.fetchall()}
