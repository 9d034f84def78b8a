"""What earning forgets with a person."""

from __future__ import annotations

from collections.abc import Iterator

from earning.domain.references import KINDS, Reference
from earning.references import forgetting
from loyalty.erasure import Person, Statement, forgets

ATTEMPTS = "delete from earning_attempts where tenant_id = %s and customer_id = %s"


@forgets("earning.references")
def references(person: Person) -> Iterator[Statement]:
    """What documents of purchases without a customer said of them."""
    known = [Reference(kind, text) for kind, text in person.identifiers.items() if kind in KINDS]
    return forgetting(known, person.tenant_id)


@forgets("earning.attempts")
def attempts(person: Person) -> Iterator[Statement]:
    """How often they guessed at receipts, and at who can receive points."""
    yield ATTEMPTS, (person.tenant_id, person.id)
