"""What is forgotten with a person: each context says it for what it keeps beside the log, in its module `erasure`.

    @forgets("customers.tokens")
    def tokens(person: Person) -> Iterator[Statement]:
        yield "delete from customers_token where tenant_id = %s and customer_id = %s", (person.tenant_id, person.id)

It happens in the transaction of the command that erases somebody, and the person's key goes with it: what events hold of them
cannot be read any more. What somebody loses by it, each context says beside it, for who has to decide:

    @loses("omnichannel.messages")
    def waiting(customer_id: UUID) -> Iterator[str]:
        yield ngettext("%(number)s message that waits", …)
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from loyalty.eventstore.keys import SubjectKeys
from loyalty.lookup import lookup_digests
from loyalty.unit import Unit

Statement = tuple[str, tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Person:
    """Who is erased, with what points to them, and `former`: what pointed to them before; (kind, normal form) each."""

    tenant_id: int
    id: UUID
    identifiers: Mapping[str, str]
    former: Collection[tuple[str, str]] = ()

    @property
    def known_by(self) -> list[tuple[str, str]]:
        """All that points, or pointed, to them: kind and normal form."""
        return sorted({*self.identifiers.items(), *self.former})

    def digests(self, *kinds: str) -> list[bytes]:
        """By what all of that is found, under every key in use; of `kinds` only, where some are named."""
        wanted = [(kind, text) for kind, text in self.known_by if not kinds or kind in kinds]
        return [digest for kind, text in wanted for digest in lookup_digests(kind, text, self.tenant_id)]


Forget = Callable[[Person], Iterable[Statement]]
Loss = Callable[[UUID], Iterable[str]]
FORGETS: dict[str, Forget] = {}
LOSSES: dict[str, Loss] = {}


def forgets(name: str) -> Callable[[Forget], Forget]:
    """Register what is done to forget a person. Raises ValueError for a name that is taken."""

    def register(forget: Forget) -> Forget:
        if name in FORGETS:
            raise ValueError(f"{name} is forgotten by {FORGETS[name]}")
        FORGETS[name] = forget
        return forget

    return register


def loses(name: str) -> Callable[[Loss], Loss]:
    """Register what a person loses who is forgotten. Raises ValueError for a name that is taken."""

    def register(loss: Loss) -> Loss:
        if name in LOSSES:
            raise ValueError(f"what is lost of {name} is told by {LOSSES[name]}")
        LOSSES[name] = loss
        return loss

    return register


def losses(customer_id: UUID) -> list[str]:
    """What goes with a person, line by line in the reader's language. Needs an open `reading`."""
    return [line for _name, loss in sorted(LOSSES.items()) for line in loss(customer_id)]


def erase_person(unit: Unit, person: Person) -> None:
    """Forget a person in the transaction of a command, and destroy their key: nobody can make them another one."""
    for _name, forget in sorted(FORGETS.items()):
        for sql, params in forget(person):
            unit.execute(sql, params)
    SubjectKeys().destroy(person.id)
