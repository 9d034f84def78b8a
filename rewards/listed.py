"""A file of customers who get a reward: each whom a row names gets one without points, the others are reported."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from customers.phones import region_of
from customers.queries import named
from loyalty.domain.errors import DomainError, NotFound
from loyalty.domain.identity import derived_id
from loyalty.imports import Row, columns_by_name
from loyalty.imports.columns import Cells
from loyalty.imports.importer import RECORDED, REFUSED, UNCHANGED, Importer
from loyalty.jobs.models import name_fields, name_kinds
from loyalty.jobs.work import Work
from loyalty.tenancy import reading
from loyalty.tenancy.middleware import tenant_of_id
from rewards.commands import GiveReward

KIND = "rewards.give_to_listed"
LONGEST = 200
FIELDS: dict[str, tuple[str, ...]] = {
    "customer": (
        *("customer", "customer code", "member", "phone", "email", "card", "khach hang", "ma khach hang", "so dien thoai", "dien thoai"),
        *("klient", "kod klienta", "telefon", "e mail", "karta"),
    )
}
LABELS: dict[str, Any] = {"customer": _("Code, phone, email, card or external id")}
IN_BLOCK = 100
"""Customers of one transaction."""
name_kinds({KIND: _("A reward for a list of customers")})
name_fields(KIND, LABELS)


@dataclass(frozen=True, slots=True)
class ListedRow:
    """Somebody named in a line of the file."""

    line: int
    text: str


class ListedImporter(Importer[ListedRow]):
    """Gives a reward to each customer of a file, once, also when the same file (its `digest`) comes again."""

    shape = ListedRow
    labels: ClassVar[Mapping[str, Any]] = LABELS
    rows_at_once = IN_BLOCK

    def __init__(self, work: Work, reward_id: UUID, digest: str, mapping: Mapping[str, str]) -> None:
        super().__init__(work)
        self.reward_id, self.digest, self.mapping = reward_id, digest, mapping
        self.region = region_of(tenant_of_id(work.tenant_id).time_zone)

    def understand(self, header: Sequence[str]) -> Callable[[Row], tuple[str, str, ListedRow]]:
        cells, numbers = Cells(columns_by_name(header, self.mapping, ["customer"])), count()

        def read(row: Row) -> tuple[str, str, ListedRow]:
            text = cells.needed(row, "customer", LONGEST)
            block = f"{next(numbers) // IN_BLOCK:09}"
            return block, block, ListedRow(row.line, text)

        return read

    def disputed(self, rows: Sequence[ListedRow]) -> None:
        raise TypeError("a block of lines has one owner")

    def take(self, groups: Sequence[list[ListedRow]]) -> None:
        for rows in groups:
            if known := [*self._known(rows)]:
                self._give(known)

    def _known(self, rows: Sequence[ListedRow]) -> Iterator[tuple[int, UUID]]:
        with reading(self.tenant_id):
            meant = [(row.line, named(row.text, self.region)) for row in rows]
        for line, card in meant:
            if card is None:
                self._refuse(line, NotFound("customers.not_found", field="customer"))
            else:
                yield line, card.id

    def _give(self, known: Sequence[tuple[int, UUID]]) -> None:
        lines: dict[UUID, int] = {}
        for line, whose in known:
            lines.setdefault(whose, line)
        if len(lines) < len(known):
            self.work.count(UNCHANGED, len(known) - len(lines))
        orders = [GiveReward(customer_id=whose, reward_id=self.reward_id, way="imported") for whose in lines]
        ids = [derived_id("rewards.listed", self.reward_id, self.digest, whose) for whose in lines]
        for line, outcome in zip(lines.values(), self._carried_out(orders, ids), strict=True):
            if outcome.refusal is None:
                self.work.count(RECORDED)
            elif outcome.refusal.code == "command.applied":
                self.work.count(UNCHANGED)
            else:
                self._refuse(line, outcome.refusal)

    def _refuse(self, line: int, problem: DomainError) -> None:
        self.refuse([line], problem)
        self.work.count(REFUSED)
