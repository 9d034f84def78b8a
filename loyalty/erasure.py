"""What is forgotten with a person: each context says it for what it keeps beside the log, in its module `erasure`.

    @forgets("omnichannel.messages")
    def messages(person: Person) -> Iterator[Statement]:
        yield "delete from omnichannel_message where tenant_id = %s and customer_id = %s", (person.tenant_id, person.id)

It happens in the transaction of the command that erases somebody, and the person's key goes with it: what events hold of them
cannot be read any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from loyalty.eventstore.keys import SubjectKeys
from loyalty.unit import Unit

Statement = tuple[str, tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Person:
    """Who is erased, with what pointed to them: identifiers in their normal forms, by kind."""

    tenant_id: int
    id: UUID
    identifiers: Mapping[str, str]


Forget = Callable[[Person], Iterable[Statement]]
FORGETS: dict[str, Forget] = {}


def forgets(name: str) -> Callable[[Forget], Forget]:
    """Register what is done to forget a person. Raises ValueError for a name that is taken."""

    def register(forget: Forget) -> Forget:
        if name in FORGETS:
            raise ValueError(f"{name} is forgotten by {FORGETS[name]}")
        FORGETS[name] = forget
        return forget

    return register


def erase_person(unit: Unit, person: Person) -> None:
    """Forget a person in the transaction of a command, and destroy their key: nobody can make them another one."""
    for _name, forget in sorted(FORGETS.items()):
        for sql, params in forget(person):
            unit.execute(sql, params)
    SubjectKeys().destroy(person.id)
