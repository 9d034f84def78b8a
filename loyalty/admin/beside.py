"""What one context knows of the rows of another's list, such as the levels of customers: told in its `admin`, asked for by name.

beside.tell_of("customers", "level", Levels())
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from django.db.models import Expression, QuerySet
from django.http import HttpRequest


class Beside(Protocol):
    """A column of a list and a filter on it, for who has the permission."""

    permission: str

    def told(self, ids: Sequence[UUID]) -> Mapping[UUID, str]:
        """What stands in the column for each of these rows; whoever is unknown is left out."""

    def choices(self) -> list[tuple[str, str]]:
        """What can be filtered by: value and title."""

    def narrowed(self, rows: QuerySet[Any], choice: str) -> QuerySet[Any]:
        """Those of the rows, which have a key `id`, of which it is so."""

    def rank(self) -> Expression:
        """By what rows with a key `id` are sorted in this column: a number, 0 where there is nothing."""


KNOWN: dict[tuple[str, str], Beside] = {}


def tell_of(things: str, what: str, beside: Beside) -> None:
    """Let lists of `things` show `what`."""
    KNOWN[things, what] = beside


def known(request: HttpRequest, things: str, what: str) -> Beside | None:
    """Who tells it, where the reader may see it."""
    beside = KNOWN.get((things, what))
    return beside if beside is not None and request.user.has_perm(beside.permission) else None
