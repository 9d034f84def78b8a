"""Lists of customers who come into a segment, or go out of it: typed, or a file."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import count
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from customers.commands import EnterSegment, LeaveSegment
from customers.domain.identifiers import KINDS, normal
from customers.imports.columns import FIELDS, IDENTIFIERS, LABELS, LONGEST
from customers.meant import holders_of, the_one
from customers.phones import phone, region_of
from loyalty.domain.errors import DomainError
from loyalty.imports import Cells, Row, UnreadableFile, columns_by_name
from loyalty.imports.importer import RECORDED, REFUSED, UNCHANGED, Importer
from loyalty.jobs.models import name_fields, name_kinds
from loyalty.jobs.work import Work
from loyalty.tenancy import reading
from loyalty.tenancy.middleware import tenant_of_id

BATCH = 200
ANY = "customer"
"""The column of what may be any identifier."""
MEMBER_FIELDS: dict[str, tuple[str, ...]] = {
    **{kind: FIELDS[kind] for kind in IDENTIFIERS},
    ANY: ("customer", "member", "khach hang", "klient"),
}
MEMBER_LABELS: dict[str, Any] = {**{kind: LABELS[kind] for kind in IDENTIFIERS}, ANY: _("Code, phone, email, card or external id")}
name_kinds({"customers.import_members": _("List of a segment")})
name_fields("customers.import_members", MEMBER_LABELS)


@dataclass(frozen=True, slots=True)
class MemberRow:
    """Somebody named in a row by one identifier in its normal form; `kind` ANY stands for text that may be one of any kind."""

    line: int
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class MemberOptions:
    """Which segment a list is for, and whether its customers go out of it; `typed` lists have no line of titles."""

    segment_id: UUID
    leave: bool
    typed: bool
    mapping: Mapping[str, str]

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> MemberOptions:
        """From the parameters of a run."""
        return cls(UUID(params["segment_id"]), params["leave"], params["typed"], params["mapping"])


def typed_list(names: Iterable[str]) -> bytes:
    """What was typed, as a file that the importer takes in."""
    out = StringIO()
    csv.writer(out, lineterminator="\n").writerows([[ANY], *([name] for name in names)])
    return out.getvalue().encode()


class MembersImporter(Importer[MemberRow]):
    """Puts those whom the rows name into a segment, or takes them out. Nobody is registered; who is unknown is reported."""

    shape = MemberRow
    labels = MEMBER_LABELS
    rows_at_once = BATCH

    def __init__(self, work: Work, options: MemberOptions) -> None:
        super().__init__(work)
        self.options = options
        self.region = region_of(tenant_of_id(work.tenant_id).time_zone)

    def understand(self, header: Sequence[str]) -> Callable[[Row], tuple[str, str, MemberRow]]:
        places = columns_by_name(header, self.options.mapping, ())
        if not places:
            raise UnreadableFile("imports.unmapped", field="code", fields=", ".join(MEMBER_FIELDS), columns=", ".join(header))
        cells, numbers = Cells(places), count()

        def read(row: Row) -> tuple[str, str, MemberRow]:
            found = self._row(cells, row)
            batch = f"{next(numbers) // BATCH:09}"
            return batch, batch, found

        return read

    def take(self, groups: Sequence[list[MemberRow]]) -> None:
        for rows in groups:
            self._order(self._known(rows))

    def disputed(self, rows: Sequence[MemberRow]) -> None:
        raise AssertionError("no row of a list has an owner")

    def unreadable(self, line: int, problem: DomainError) -> None:
        super().unreadable(self._number(line), problem)

    def _row(self, cells: Cells, row: Row) -> MemberRow:
        for kind in IDENTIFIERS:
            if text := cells.text(row, kind, LONGEST):
                return MemberRow(row.line, kind, phone(text, self.region) if kind == "phone" else normal(kind, text))
        return MemberRow(row.line, ANY, cells.needed(row, ANY, LONGEST))

    def _known(self, rows: Sequence[MemberRow]) -> list[tuple[MemberRow, UUID]]:
        """Each row with the customer it names; the others are refused."""
        holders: dict[str, dict[str, set[UUID]]] = {}
        with reading(self.tenant_id):
            for kind in dict.fromkeys(row.kind for row in rows):
                kinds = KINDS if kind == ANY else [one for one in KINDS if one == kind]
                holders[kind] = holders_of({row.text for row in rows if row.kind == kind}, self.tenant_id, self.region, kinds)
        known = []
        for row in rows:
            try:
                known.append((row, the_one(holders[row.kind].get(row.text))))
            except DomainError as problem:
                self._refuse(row, problem)
        return known

    def _order(self, known: Sequence[tuple[MemberRow, UUID]]) -> None:
        if not known:
            return
        make, segment = LeaveSegment if self.options.leave else EnterSegment, self.options.segment_id
        commands = [make(segment_id=segment, customer_id=customer_id, way="import") for _row, customer_id in known]
        outcomes = self.dispatch(commands, [row.line for row, _customer in known])
        for (row, _customer), outcome in zip(known, outcomes, strict=True):
            if outcome.refusal is None:
                self.work.count(RECORDED if outcome.result.changed else UNCHANGED)
            elif outcome.refusal.code == "command.applied":
                self.work.count(RECORDED)
            else:
                self._refuse(row, outcome.refusal)

    def _refuse(self, row: MemberRow, problem: DomainError) -> None:
        self.refuse([self._number(row.line)], problem)
        self.work.count(REFUSED)

    def _number(self, line: int) -> int:
        return line - 1 if self.options.typed else line
