"""What each context holds against its guards: rows that decide who was first, compared with what the log says.

Guards are write side: nobody makes them anew while commands run. When one disagrees with the log, a person must look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import connections, transaction
from django.utils.module_loading import autodiscover_modules

OWNER = "owner"
SNAPSHOT = "set transaction isolation level repeatable read, read only"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A guard of a tenant that does not hold what the events of `stream_id` say. Never holds personal data."""

    tenant_id: int
    stream_id: UUID
    what: str

    def __str__(self) -> str:
        return f"tenant {self.tenant_id}, stream {self.stream_id}: {self.what}"


Check = Callable[[str], Iterator[Disagreement]]
"""Compares one guard of all tenants with the log, on the database alias it is given, in a transaction that sees one moment."""
CHECKS: dict[str, Check] = {}


def checks_guard(name: str) -> Callable[[Check], Check]:
    """Register the check of the guard `name`, in the module `guards` of a context. Raises ValueError for a second one."""

    def register(check: Check) -> Check:
        if name in CHECKS:
            raise ValueError(f"the guard {name} is checked by {CHECKS[name]}")
        CHECKS[name] = check
        return check

    return register


def disagreements(*, using: str = OWNER) -> Iterator[tuple[str, Disagreement]]:
    """What all guards hold against the log, with the guard's name. Each is compared at one moment, while commands go on."""
    autodiscover_modules("guards")
    for name, check in sorted(CHECKS.items()):
        with transaction.atomic(using=using), connections[using].cursor() as cursor:
            cursor.execute(SNAPSHOT)
            for found in check(using):
                yield name, found
