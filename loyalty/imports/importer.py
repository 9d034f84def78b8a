"""Carries an import out: the file is read and staged, then taken in owner by owner, and every row is accounted for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from loyalty.bus import Outcome, carried_out, dispatch_all
from loyalty.domain.command import Command
from loyalty.domain.errors import DomainError
from loyalty.domain.identity import derived_id, new_id
from loyalty.eventstore.store import wake
from loyalty.imports.csv_file import CsvFile, Row, UnreadableFile
from loyalty.imports.sharing import Helpers
from loyalty.imports.staging import END, LATER, Staging
from loyalty.jobs.models import name_counts
from loyalty.jobs.work import Line, Work
from loyalty.tenancy import reading

T = TypeVar("T")
K = TypeVar("K")
TRIES = 3
ROWS, RECORDED, UNCHANGED, REFUSED = "rows", "recorded", "unchanged", "refused"
name_counts(
    {
        ROWS: _("rows read"),
        RECORDED: _("rows recorded"),
        UNCHANGED: _("rows that were there before"),
        REFUSED: _("rows refused"),
    }
)


class Importer(Generic[T]):
    """Takes one file in as `work`. Taken up again after a crash it goes on with the rows that are still staged.

    The counts are in `work.summary`. Every row read is counted once more: as recorded, unchanged, refused, or as what a
    subclass adds; those that were not taken in have a line in the report.
    """

    shape: ClassVar[type[Any]]
    """Of a row, once it is understood."""
    labels: ClassVar[Mapping[str, Any]]
    """The fields as people read them."""
    rows_at_once: ClassVar[int] = 2_000
    is_shared: ClassVar[bool] = False
    """Whether several processes may take in rows of different owners at the same time."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.tenant_id = work.tenant_id
        self.staging: Staging[T] = Staging(work.tenant_id, work.run_id, self.shape)
        self._taker = new_id()
        self._read = 0
        self._refused: list[tuple[int, DomainError]] = []

    # -- for contexts -----------------------------------------------------------------------------

    def understand(self, header: Sequence[str]) -> Callable[[Row], tuple[str, str, T]]:
        """How to read a row: to its unit (what is taken in whole), its owner ("": nobody) and what it says.

        Raises UnreadableFile for a header that does not fit; the function raises DomainError for a row that does not.
        """
        raise NotImplementedError

    def take(self, groups: Sequence[list[T]]) -> None:
        """Record the rows of some owners, and account for each of them."""
        raise NotImplementedError

    # -- for jobs and commands --------------------------------------------------------------------

    @property
    def is_read(self) -> bool:
        """Whether the file was read to its end: what is left of it is staged."""
        return ROWS in self.work.summary

    def run(self, file: CsvFile | None, limit: int | None = None, forget_file: Callable[[], object] = lambda: None) -> None:
        """Read the file unless that is done, then take it in; `forget_file` is called in between.

        The same file again changes nothing. Raises UnreadableFile for what cannot be read, and without a `file` that is needed.
        """
        if not self.is_read:
            self._stage(file, limit)
        elif self.staging.left() < self.work.summary[ROWS] - self.work.done:
            raise UnreadableFile("imports.forgotten", field="file")
        forget_file()
        self.work.expect(self.work.summary[ROWS])
        self.staging.give_back()
        with Helpers(self.work, self.work.summary[ROWS] if self.is_shared else 0):
            self.take_share()
        self.staging.give_back()
        self.take_share()
        self._take_all(LATER, END)
        wake()

    def take_share(self, go_on: Callable[[], bool] = lambda: True) -> None:
        """Take in what no other process of this import has, while there is any, and while `go_on`; but for what comes last."""
        self._take_all("", LATER, go_on)

    def tried(self, file: CsvFile, rows: int) -> tuple[int, list[tuple[int, DomainError]]]:
        """How many of the first `rows` can be understood, and line and reason of the others. Nothing is kept."""
        seen = sum(1 for _row in self._understood(file, rows))
        problems, self._refused = self._refused, []
        return max(seen, self._read) - len(problems), problems

    def dispatch(self, commands: Sequence[Command[Any]], keys: Iterable[object] = ()) -> list[Outcome]:
        """Carry commands out in one transaction. Those with a key are known again when the run is taken up after a crash."""
        ids = [derived_id("import", self.work.run_id, key) for key in keys] or [new_id() for _ in commands]
        return self._carried_out(commands, ids)

    def taken_before(self, keys: Collection[K]) -> set[K]:
        """Those of `keys` whose commands this run carried out already, before it broke off."""
        ids = {derived_id("import", self.work.run_id, key): key for key in keys}
        with reading(self.tenant_id):
            return {ids[i] for i in carried_out(ids)} if ids else set()

    def refuse(self, lines: Iterable[int], problem: DomainError) -> None:
        """Report rows that cannot be taken in, each with its field and reason."""
        self.work.report([self._line(line, problem) for line in lines])

    # -- inside -----------------------------------------------------------------------------------

    def _take_all(self, after: str, until: str, go_on: Callable[[], bool] = lambda: True) -> None:
        while go_on() and (groups := self.staging.take(self._taker, self.rows_at_once, after, until)):
            owners = [owner for owner, _rows in groups]
            self.take([rows for _owner, rows in groups])
            self.work.finish(sum(len(rows) for _owner, rows in groups), partial(self.staging.remove, owners, self._taker))
            after = owners[-1]

    def _carried_out(self, commands: Sequence[Command[Any]], ids: Sequence[UUID], tries: int = TRIES) -> list[Outcome]:
        """One by one where somebody else took, at the same moment, what one of them needs: that one is then refused for it."""
        try:
            return dispatch_all(commands, tenant_id=self.tenant_id, actor=self.work.actor, channel="import", command_ids=ids, wake=False)
        except IntegrityError:
            if not tries:
                raise
        return [outcome for one, i in zip(commands, ids, strict=True) for outcome in self._carried_out([one], [i], tries - 1)]

    def _stage(self, file: CsvFile | None, limit: int | None) -> None:
        if file is None:
            raise UnreadableFile("imports.file_needed", field="file")
        summary = self.work.summary
        summary.clear()
        self.work.done = self._read = 0
        try:
            self.staging.put(self._understood(file, limit), self._told)
        except UnreadableFile:
            self.staging.clear()
            raise
        self._report_refused()
        self.staging.settle()
        for rows in self.staging.disputed():
            self.disputed(rows)
        summary[ROWS] = self._read
        self.work.done = self._read - self.staging.left()
        self.work.tell()

    def disputed(self, rows: Sequence[T]) -> None:
        """Refuse the rows of units that several owners claim."""
        raise NotImplementedError

    def _understood(self, file: CsvFile, limit: int | None) -> Iterator[tuple[str, str, T]]:
        read = self.understand(file.header())
        for row in file.rows(limit):
            self._read += 1
            try:
                row.refuse_nul()
                yield read(row)
            except DomainError as problem:
                self.unreadable(row.line, problem)

    def unreadable(self, line: int, problem: DomainError) -> None:
        """Refuse a row that cannot be understood, while the file is read."""
        self._refused.append((line, problem))
        if len(self._refused) == 1000:
            self._report_refused()

    def _report_refused(self) -> None:
        if self._refused:
            self.work.report([self._line(line, problem) for line, problem in self._refused])
            self.work.count(REFUSED, len(self._refused))
            self._refused.clear()

    def _told(self, _staged: int) -> None:
        """Between two transactions of reading: say how far it is, and that the run is alive."""
        self._report_refused()
        self.work.done = self._read
        self.work.tell()

    def _line(self, line: int, problem: DomainError) -> Line:
        """Everything that is wrong with the row, each with its field."""
        return Line.of(line, REFUSED, problem, self.labels)
