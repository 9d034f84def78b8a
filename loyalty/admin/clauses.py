"""How a long form stands on the page: clauses with what is always seen, and parts that stay closed until they are used."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django import forms

from loyalty.admin.groups import FieldGroup
from loyalty.admin.rows import Rows


@dataclass(frozen=True, slots=True)
class Block:
    """Rows on the page: what they are, and the button that adds one."""

    rows: Rows
    title: Any
    more: Any
    fields: list[list[forms.BoundField]]

    @property
    def groups(self) -> list[FieldGroup]:
        """The same for the page."""
        return [FieldGroup("", row) for row in self.fields]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a clause: closed, unless something is in it or went wrong."""

    key: str
    title: Any
    note: Any
    fields: list[forms.BoundField]
    blocks: list[Block]
    used: bool


@dataclass(frozen=True, slots=True)
class Clause:
    """“When …”: fields and rows that are always seen, and parts."""

    title: Any
    fields: list[forms.BoundField]
    parts: list[Part]
    blocks: list[Block] = field(default_factory=list)
